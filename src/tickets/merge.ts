import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { addCollaborators, collaboratorsOf, namedCollaborators, proposeCollaborators } from '#threads/collaborators.ts'
import { moveDrafts } from '#threads/drafts.ts'
import { moveEntries } from '#threads/move-entries.ts'
import { aliasNumbers } from '#workflow/number-aliases.ts'
import { statusByKey } from '#workflow/workflow.ts'
import { addFollowers, followersOf } from './follow.ts'
import { indexTicket } from './index-ticket.ts'
import { hideMerged, type Moved, moveMentions, reparent } from './merge-store.ts'
import { keepReferrals } from './referrals.ts'
import { changeTags, tagsOf } from './tag-ticket.ts'
import { accessTicket, factsOf, mayTicket, seeTicket, type TicketRef } from './ticket-access.ts'
import { ticketMergedInto, ticketsMerged } from './ticket-events.ts'
import { afterMerge } from './ticket-rules.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { differenceOf } from './undo-data.ts'

const MOST = 20

export const MergeInput = z.object({
  /** Numbers of the tickets that go into this one. */
  tickets: z.array(z.string().trim().min(1).max(20)).min(1).max(MOST),
  /** Whoever asked in those, and their people on copy, come onto copy here and get the answers. */
  addPeople: z.boolean(),
})

export interface MergePreview {
  tickets: Array<{ id: number; number: string; subject: string }>
  /** Who would get the answers that does not now. */
  people: Array<{ name: string; address: string }>
}

/** What a merge would do, before it is done. Errors: NotFound, Forbidden, Invalid at /tickets/0. */
export async function previewMerge(ctx: Context, ref: TicketRef, numbers: readonly string[]): Promise<MergePreview> {
  const target = await accessTicket(ctx, ref, 'ticket.merge')
  const sources = await sourcesOf(ctx, target, numbers.slice(0, MOST))
  const here = new Set([target.requesterId, ...(await collaboratorsOf(ctx, target.threadId)).map((one) => one.endUserId)])
  const people = new Map<number, { name: string; address: string }>()
  for (const source of sources) {
    const requester = await findEndUser(ctx, source.requesterId)
    if (requester && !here.has(requester.id)) people.set(requester.id, { name: requester.name, address: requester.address })
    for (const one of await collaboratorsOf(ctx, source.threadId))
      if (!here.has(one.endUserId)) people.set(one.endUserId, { name: one.name, address: one.address })
  }
  return { tickets: sources.map(({ id, number, subject }) => ({ id, number, subject })), people: [...people.values()] }
}

/** Errors: Invalid at /tickets/0 for what is not there, is the ticket itself, or comes twice. */
async function sourcesOf(ctx: Context, target: Ticket, numbers: readonly string[]): Promise<Ticket[]> {
  const found: Ticket[] = []
  for (const [index, number] of numbers.entries()) {
    const source = await seeTicket(ctx, { number: number.replace(/^#/, '') }).catch(() => null)
    if (!source) throw invalid(`/tickets/${index}`, 'ticketUnknown', { number })
    if (source.id === target.id) throw invalid(`/tickets/${index}`, 'mergeItself')
    if (!found.some((one) => one.id === source.id)) found.push(source)
  }
  return found
}

/**
 * Puts other tickets into this one: their messages stand here in the order of time, their numbers and mail lead here, their tags and
 * followers come along. The others are gone from every list until the merge is undone.
 * Errors: NotFound, Forbidden, Conflict (one was merged meanwhile), Invalid at /tickets/0.
 */
export async function mergeTickets(ctx: Context, ref: TicketRef, input: z.input<typeof MergeInput>): Promise<Ticket> {
  const given = parseInput(MergeInput, input)
  return transact(ctx, async (ctx) => {
    const peek = await seeTicket(ctx, ref)
    // Asked before anything is said of the others; asked again of the locked row.
    if (!mayTicket(ctx.actor, peek, 'ticket.merge')) throw forbidden()
    const ids = [peek.id, ...(await sourcesOf(ctx, peek, given.tickets)).map((source) => source.id)].sort((a, b) => a - b)
    // The rows are locked lowest id first, so that two merges of the same tickets wait for each other instead of crossing.
    const held = new Map<number, Ticket>()
    for (const id of ids) {
      const ticket = await accessTicket(ctx, { id }, 'ticket.merge')
      if (ticket.id !== id) throw new AppError('conflict', 'conflict')
      held.set(id, ticket)
    }
    const target = held.get(peek.id)!
    const sources = ids.filter((id) => id !== peek.id).map((id) => held.get(id)!)
    const merges: number[] = []
    for (const source of sources) merges.push(await mergeOne(ctx, target, source, given.addPeople))

    const next = afterMerge(target, sources, await statusByKey(ctx, 'open'), await readSettings(ctx))
    const saved = await saveTicket(ctx, target, next)
    await keepReferrals(ctx, saved, target.referredTo)
    await indexTicket(ctx, saved)
    await emit(
      ctx,
      ticketsMerged({
        subject: { kind: 'ticket', id: target.id },
        data: {
          from: sources.map((source) => ({ ticket: source.id, number: source.number })),
          undo: { kind: 'merge', merges, ...differenceOf(target, saved) },
        },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

async function mergeOne(ctx: Context, target: Ticket, source: Ticket, addPeople: boolean): Promise<number> {
  const tags = (await tagsOf(ctx, source.id)).map((tag) => tag.id)
  const { onCopy, proposed } = await namedCollaborators(ctx, source.threadId)
  const people = [source.requesterId, ...onCopy.map((one) => one.endUserId)]
  const entries = await moveEntries(ctx, source.threadId, target.threadId)
  await moveMentions(ctx, source.id, target.id)
  const moved: Moved = {
    ...entries,
    numbers: await aliasNumbers(ctx, source.number, source.id, target.id),
    tags: (await changeTags(ctx, target.id, tags, [])).added,
    followers: await addFollowers(ctx, target.id, await followersOf(ctx, source.id)),
    copies: addPeople
      ? await addCollaborators(
          ctx,
          target.threadId,
          people.filter((person) => person !== target.requesterId),
          'merge',
        )
      : [],
    children: await reparent(ctx, source.id, target.id),
    drafts: await moveDrafts(ctx, source.threadId, target.threadId),
    proposed: await proposeCollaborators(
      ctx,
      target.threadId,
      proposed.map((one) => one.endUserId).filter((person) => person !== target.requesterId),
      'merge',
    ),
  }
  const merge = await hideMerged(ctx, target.id, source.id, moved)
  const facts = factsOf(source, { internal: true })
  await emit(
    ctx,
    ticketMergedInto({
      subject: { kind: 'ticket', id: source.id },
      data: { into: target.id, number: target.number },
      facts,
    }),
  )
  afterCommit(ctx, () => ctx.live.tell({ id: 0, verb: ticketMergedInto.verb, subject: { kind: 'ticket', id: target.id }, facts }))
  return merge
}
