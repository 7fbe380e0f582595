import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { dueOf } from '#sla/due.ts'
import { previewOf, readEntry, visibleText } from '#threads/entries.ts'
import { entriesLeft, splitThread } from '#threads/move-entries.ts'
import { numberCandidates, statusByKey } from '#workflow/workflow.ts'
import { indexTicket } from './index-ticket.ts'
import { relate } from './link.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketOpened, ticketSplit } from './ticket-events.ts'
import { insertTicket, saveTicket, type Ticket } from './ticket-store.ts'

export const SplitInput = z.object({
  /** A customer's message. */
  entry: z.number().int(),
  /** Of the new ticket; the old one's when left out. */
  subject: z.string().trim().max(255).optional(),
})

/**
 * Makes a ticket of its own from a customer's message: its files and its mail go along, so that an answer to it finds the new one.
 * Both are related. Errors: NotFound, Forbidden, Invalid at /entry, Conflict (the only message).
 */
export async function splitMessage(ctx: Context, ref: TicketRef, input: z.input<typeof SplitInput>): Promise<Ticket> {
  const given = parseInput(SplitInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.edit')
    if (!ctx.actor.may('ticket.create', { department: ticket.departmentId })) throw forbidden()
    const entry = await readEntry(ctx, given.entry)
    if (entry?.threadId !== ticket.threadId || entry.kind !== 'message') throw invalid('/entry', 'unknownChoice')
    if ((await entriesLeft(ctx, ticket.threadId)).messages < 2) throw new AppError('conflict', 'onlyMessage')

    const thread = await splitThread(ctx, 'ticket', ticket.threadId, entry.id)
    const status = await statusByKey(ctx, 'open')
    const settings = await readSettings(ctx)
    const waits = { state: status.state, waitingSince: entry.createdAt, firstResponseAt: null, urgency: ticket.urgency }
    const due = dueOf(waits, settings)
    const made = await insertTicket(
      ctx,
      {
        threadId: thread,
        subject: given.subject || ticket.subject,
        preview: previewOf(visibleText(entry)),
        requesterId: entry.author.kind === 'user' && entry.author.id !== null ? entry.author.id : ticket.requesterId,
        departmentId: ticket.departmentId,
        helpTopicId: ticket.helpTopicId,
        statusId: status.id,
        state: status.state,
        priorityId: ticket.priorityId,
        urgency: ticket.urgency,
        assigneeId: null,
        teamId: null,
        channel: entry.channel,
        mailboxId: ticket.mailboxId,
        place: 'desk',
        createdAt: ctx.clock.now(),
        waitingSince: entry.createdAt,
        lastMessageAt: entry.createdAt,
        lastResponseAt: null,
        firstResponseAt: null,
        dueAt: due.at,
        dueKind: due.kind,
        statusReason: null,
        resolvedAt: null,
        closedAt: null,
        reopenedAt: null,
        lastEntryId: entry.id,
        continuesId: null,
        referredTo: [],
      },
      numberCandidates(ctx),
    )
    const { newest } = await entriesLeft(ctx, ticket.threadId)
    const saved = await saveTicket(ctx, ticket, { ...ticket, lastEntryId: newest })
    await relate(ctx, ticket.id, made.id, 'split')
    await indexTicket(ctx, made)
    await emit(
      ctx,
      ticketSplit({
        subject: { kind: 'ticket', id: ticket.id },
        data: { entry: entry.id, to: made.id, number: made.number },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    await emit(
      ctx,
      ticketOpened({
        subject: { kind: 'ticket', id: made.id },
        data: {
          entry: entry.id,
          channel: entry.channel,
          trace: [],
          autorespond: false,
          alert: false,
          verdict: entry.verdict,
          byAgent: true,
          tellRequester: false,
        },
        facts: factsOf(made),
      }),
    )
    return made
  })
}
