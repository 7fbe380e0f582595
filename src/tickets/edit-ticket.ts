import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { priorityById } from '#workflow/workflow.ts'
import { indexTicket } from './index-ticket.ts'
import { withdrawScheduled } from './release-reply.ts'
import { forgetSpamSender, rememberSpamSender } from './spam-sender.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketEdited, ticketMoved } from './ticket-events.ts'
import { afterPriority } from './ticket-rules.ts'
import { saveTicket, type Ticket, type TicketPlace } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

export const EditTicketInput = z.object({
  subject: z.string().trim().min(1).max(255).optional(),
  priority: z.number().int().optional(),
  topic: z.number().int().nullable().optional(),
})

/** Changes a ticket's subject, priority or help topic; a new priority moves its due time. Errors: NotFound, Forbidden, Invalid. */
export async function editTicket(ctx: Context, ref: TicketRef, input: z.input<typeof EditTicketInput>): Promise<Ticket> {
  const given = parseInput(EditTicketInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.edit')
    let next: Ticket = { ...ticket, subject: given.subject ?? ticket.subject }
    if (given.topic !== undefined) {
      if (given.topic !== null && !(await readHelpTopics(ctx)).some((topic) => topic.id === given.topic && !topic.isArchived))
        throw invalid('/topic', 'unknownChoice')
      next = { ...next, helpTopicId: given.topic }
    }
    if (given.priority !== undefined && given.priority !== ticket.priorityId) {
      next = afterPriority(next, await priorityById(ctx, given.priority), await readSettings(ctx))
    }
    const changes: Record<string, { from: unknown; to: unknown }> = {}
    if (next.subject !== ticket.subject) changes.subject = { from: ticket.subject, to: next.subject }
    if (next.priorityId !== ticket.priorityId) changes.priority = { from: ticket.priorityId, to: next.priorityId }
    if (next.helpTopicId !== ticket.helpTopicId) changes.topic = { from: ticket.helpTopicId, to: next.helpTopicId }
    if (Object.keys(changes).length === 0) return ticket
    const saved = await saveTicket(ctx, ticket, next)
    if (changes.subject) await indexTicket(ctx, saved)
    await emit(
      ctx,
      ticketEdited({
        subject: { kind: 'ticket', id: ticket.id },
        data: { changes, undo: undoFields(ticket, saved) },
        facts: factsOf(saved),
      }),
    )
    return saved
  })
}

/** To spam or trash, and back to the desk. Spam remembers its sender until it is taken back. Errors: NotFound, Forbidden. */
export async function moveTicket(ctx: Context, ref: TicketRef, place: TicketPlace): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, place === 'trash' ? 'ticket.delete' : 'ticket.edit')
    if (ticket.place === place) return ticket
    if (place !== 'desk') await withdrawScheduled(ctx, ticket)
    const saved = await saveTicket(ctx, ticket, { ...ticket, place, placedAt: place === 'desk' ? null : ctx.clock.now() })
    const sender =
      place === 'spam'
        ? (await rememberSpamSender(ctx, saved)) && ('remembered' as const)
        : ticket.place === 'spam' &&
          place === 'desk' &&
          (await forgetSpamSender(ctx, saved.requesterId)) &&
          ('forgotten' as const)
    await emit(
      ctx,
      ticketMoved({
        subject: { kind: 'ticket', id: ticket.id },
        data: { from: ticket.place, to: place, ...(sender ? { sender } : {}), undo: undoFields(ticket, saved) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}
