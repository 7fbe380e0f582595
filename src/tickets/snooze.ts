import { z } from 'zod'
import { type Context, onBehalfOf } from '#core/context.ts'
import { AppError, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { defineJob, dequeue, enqueue } from '#core/jobs.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { statusByKey } from '#workflow/workflow.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { statusChanged, ticketSnoozed, ticketWoke } from './ticket-events.ts'
import { afterStatus } from './ticket-rules.ts'
import { lockTickets, markUnseen, saveTicket, type Ticket } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

export const wakeTicketJob = defineJob<{ ticket: number }>('wake-ticket')
const keyOf = (ticket: number): string => `wake:${ticket}`

const YEAR_MS = 366 * 86_400_000

export const SnoozeInput = z.object({
  /** When it comes back: ISO 8601 with zone, at most a year from now. */
  until: z.iso.datetime({ offset: true }),
})

/**
 * Puts a ticket out of the work queues until a time, or until its customer writes more than thanks. Clocks that run go on running.
 * Errors: NotFound, Forbidden, Invalid at /until, Conflict (resolved or closed).
 */
export async function snoozeTicket(ctx: Context, ref: TicketRef, input: z.input<typeof SnoozeInput>): Promise<Ticket> {
  const given = parseInput(SnoozeInput, input)
  const until = new Date(given.until)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.status')
    const now = ctx.clock.now().getTime()
    if (until.getTime() <= now) throw invalid('/until', 'inThePast')
    if (until.getTime() > now + YEAR_MS) throw invalid('/until', 'withinAYear')
    if (ticket.state === 'resolved' || ticket.state === 'closed') throw new AppError('conflict', 'notOpen')
    const saved = await saveTicket(ctx, ticket, { ...ticket, snoozedUntil: until, snoozedBy: ctx.actor.id })
    if (saved === ticket) return ticket
    await enqueue(ctx, wakeTicketJob, { ticket: ticket.id }, { runAt: until, key: keyOf(ticket.id) })
    await emit(
      ctx,
      ticketSnoozed({
        subject: { kind: 'ticket', id: ticket.id },
        data: { until: until.toISOString(), undo: undoFields(ticket, saved) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** "Wake now". Errors: NotFound, Forbidden. */
export async function wakeTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.status')
    if (!ticket.snoozedUntil) return ticket
    const saved = await saveTicket(ctx, ticket, { ...ticket, snoozedUntil: null, snoozedBy: null })
    await dequeue(ctx, keyOf(ticket.id))
    await emit(
      ctx,
      ticketWoke({
        subject: { kind: 'ticket', id: ticket.id },
        data: { cause: 'agent', undo: undoFields(ticket, saved) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** The customer wrote: what lay aside is work again. The caller holds the ticket and saves what is returned. */
export async function wakeForCustomer(
  ctx: Context,
  ticket: Ticket,
  author: { id: number | null; name: string },
): Promise<Ticket> {
  if (!ticket.snoozedUntil) return ticket
  await dequeue(ctx, keyOf(ticket.id))
  await emit(
    onBehalfOf(ctx, { kind: 'user', ...author }),
    ticketWoke({
      subject: { kind: 'ticket', id: ticket.id },
      data: { cause: 'customer' },
      facts: factsOf(ticket, { internal: true }),
    }),
  )
  return { ...ticket, snoozedUntil: null, snoozedBy: null }
}

/**
 * Its time has come: it is back in the work queues, open, and unread for whoever wanted it back. Runs as the system; one that was
 * woken or put off meanwhile is left alone.
 */
export async function wakeByClock(ctx: Context, id: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [ticket] = await lockTickets(ctx, [id])
    const now = ctx.clock.now()
    if (!ticket?.snoozedUntil || ticket.snoozedUntil > now || ticket.mergedIntoId !== null) return
    const awake = { ...ticket, snoozedUntil: null, snoozedBy: null }
    const reopens = ticket.state === 'on_hold'
    const open = await statusByKey(ctx, 'open')
    const saved = await saveTicket(
      ctx,
      ticket,
      reopens ? afterStatus(awake, { at: now, status: open, reason: null }, await readSettings(ctx)) : awake,
    )
    if (ticket.snoozedBy !== null) await markUnseen(ctx, ticket.snoozedBy, id)
    const subject = { kind: 'ticket', id }
    await emit(ctx, ticketWoke({ subject, data: { cause: 'clock' }, facts: factsOf(saved, { internal: true }) }))
    if (reopens) {
      await emit(
        ctx,
        statusChanged({
          subject,
          data: {
            from: ticket.statusId,
            to: saved.statusId,
            fromState: ticket.state,
            toState: saved.state,
            reason: null,
            cause: 'woke',
          },
          facts: factsOf(saved),
        }),
      )
    }
  })
}

/** After a change put the time back, so must the job that wakes it be. */
export async function scheduleWake(ctx: Context, ticket: Ticket): Promise<void> {
  if (ticket.snoozedUntil)
    await enqueue(ctx, wakeTicketJob, { ticket: ticket.id }, { runAt: ticket.snoozedUntil, key: keyOf(ticket.id) })
  else await dequeue(ctx, keyOf(ticket.id))
}
