import { eraseMessages } from '#channels/erase-messages.ts'
import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { emit, eraseEventWords } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { eraseDocument } from '#search/erase-document.ts'
import { readSettings } from '#settings/settings.ts'
import { eraseThread } from '#threads/erase-thread.ts'
import { findTicketIds } from './find-tickets.ts'
import { mergedInto } from './merge-store.ts'
import { accessTicket, factsOf } from './ticket-access.ts'
import { statusChanged, ticketErased, ticketForwarded } from './ticket-events.ts'
import { eraseTicketRow, type Ticket } from './ticket-store.ts'

const BATCH = 200

/** "Empty now": erases what lies in spam or trash and the actor may delete, for good. Returns how many. Errors: Forbidden. */
export async function emptyPlace(ctx: Context, place: 'spam' | 'trash'): Promise<number> {
  if (!ctx.actor.may('ticket.delete')) throw forbidden()
  let erased = 0
  let last = 0
  for (;;) {
    const { ids } = await findTicketIds(ctx, { place, after: last }, BATCH)
    if (ids.length === 0) return erased
    last = ids.at(-1)!
    for (const id of ids) if (await eraseOne(ctx, id, place, null).catch(refusedIsFalse)) erased++
  }
}

const refusedIsFalse = (error: unknown): false => {
  if ((error as { code?: string }).code === 'forbidden' || (error as { code?: string }).code === 'not_found') return false
  throw error
}

/** What lay in spam or trash for long enough; run by the scheduler as the system, a batch a time. Returns how many were erased. */
export async function emptyPlaces(ctx: Context): Promise<number> {
  const days = (await readSettings(ctx))['tickets.emptyPlacesAfterDays']
  const before = new Date(ctx.clock.now().getTime() - days * 86_400_000)
  const rows = await ctx.db
    .selectFrom('ticket')
    .select(['id', 'place'])
    .where('place', '<>', 'desk')
    .where('deleted_at', 'is', null)
    .where('placed_at', '<=', before)
    .orderBy('placed_at')
    .limit(BATCH)
    .execute()
  let erased = 0
  for (const row of rows) if (await eraseOne(ctx, row.id, row.place as 'spam' | 'trash', before)) erased++
  return erased
}

/** Whoever took it back meanwhile keeps it. */
async function eraseOne(ctx: Context, id: number, place: 'spam' | 'trash', before: Date | null): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, { id }, 'ticket.delete')
    if (ticket.place !== place || (before && (!ticket.placedAt || ticket.placedAt > before))) return false
    await erase(ctx, ticket)
    return true
  })
}

/** What a ticket's history says in words: what an undo would put back, old subjects, a reason, addresses of a forward. */
const WORDS = [
  { path: ['undo'] },
  { path: ['changes', 'subject'] },
  { path: ['reason'], verb: statusChanged.verb },
  { path: ['to'], verb: ticketForwarded.verb },
]

/**
 * Its words, files, mails and people are gone, and those of tickets that were merged into it; number and history stay, so that
 * neither is ever given to another.
 */
async function erase(ctx: Context, ticket: Ticket): Promise<void> {
  for (const { id, threadId } of await mergedInto(ctx, ticket)) {
    await eraseThread(ctx, threadId)
    await eraseMessages(ctx, id)
    await eraseDocument(ctx, 'ticket', id)
    await eraseTicketRow(ctx, id)
    await eraseEventWords(ctx, { kind: 'ticket', id }, WORDS)
  }
  await emit(
    ctx,
    ticketErased({
      subject: { kind: 'ticket', id: ticket.id },
      data: { from: ticket.place },
      facts: factsOf(ticket, { internal: true }),
    }),
  )
}
