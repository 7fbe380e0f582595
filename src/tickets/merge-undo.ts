import { revokeTokens } from '#access/one-time-tokens.ts'
import type { Context } from '#core/context.ts'
import { removeCollaborator, withdrawProposals } from '#threads/collaborators.ts'
import { moveDrafts } from '#threads/drafts.ts'
import { returnEntries } from '#threads/move-entries.ts'
import { returnNumbers } from '#workflow/number-aliases.ts'
import { indexTicket } from './index-ticket.ts'
import { dropFollowers, moveMentions, reparent, showAgain, standingMerges } from './merge-store.ts'
import { scheduleWake } from './snooze.ts'
import { changeTags } from './tag-ticket.ts'
import { lockTickets } from './ticket-store.ts'

/** The tickets that some merges concern, for locking them all in one order before anything is put back. */
export async function ticketsOfMerges(ctx: Context, merges: readonly number[]): Promise<number[]> {
  return (await standingMerges(ctx, merges)).flatMap((merge) => [merge.target, merge.source])
}

/** Puts back what merges moved and added: the tickets stand apart as they did. What came since stays where it came. */
export async function unmerge(ctx: Context, merges: readonly number[]): Promise<void> {
  for (const merge of await standingMerges(ctx, merges)) {
    const held = await lockTickets(ctx, [merge.target, merge.source])
    const target = held.find((ticket) => ticket.id === merge.target)!
    const source = held.find((ticket) => ticket.id === merge.source)!
    const { moved } = merge
    await returnEntries(ctx, target.threadId, source.threadId, moved)
    await moveMentions(ctx, target.id, source.id, moved.entries)
    await returnNumbers(ctx, moved.numbers, source.number, source.id)
    await changeTags(ctx, target.id, [], moved.tags)
    await dropFollowers(ctx, target.id, moved.followers)
    for (const person of moved.copies) {
      await removeCollaborator(ctx, target.threadId, person)
      await revokeTokens(ctx, 'ticket', { ticket: target.id, endUser: person })
    }
    await withdrawProposals(ctx, target.threadId, moved.proposed ?? [])
    await reparent(ctx, target.id, source.id, moved.children)
    await moveDrafts(ctx, target.threadId, source.threadId, moved.drafts ?? [])
    await showAgain(ctx, merge)
    const free = { ...source, mergedIntoId: null }
    // Its time may have passed while it was hidden: the job then runs at once.
    if (free.snoozedUntil) await scheduleWake(ctx, free)
    await indexTicket(ctx, free)
  }
}
