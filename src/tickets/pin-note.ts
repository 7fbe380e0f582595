import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { readEntry } from '#threads/entries.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { notePinned } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

/** Keeps one note above the conversation; null takes it down. Errors: NotFound, Forbidden, Invalid at /entry. */
export async function pinNote(ctx: Context, ref: TicketRef, entry: number | null): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.note')
    if (entry !== null) {
      const note = await readEntry(ctx, entry)
      if (note?.threadId !== ticket.threadId || note.kind !== 'note') throw invalid('/entry', 'unknownChoice')
    }
    const saved = await saveTicket(ctx, ticket, { ...ticket, pinnedEntryId: entry })
    if (saved === ticket) return ticket
    await emit(
      ctx,
      notePinned({
        subject: { kind: 'ticket', id: ticket.id },
        data: { entry, undo: undoFields(ticket, saved) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}
