import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { keepStatus } from '#threads/entries.ts'
import { statusOfMove } from '#workflow/moves.ts'
import { type Status, statusById, statusByKey } from '#workflow/workflow.ts'
import { accessOwnTicket, accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { statusChanged } from './ticket-events.ts'
import { afterStatus, threadStateFor } from './ticket-rules.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

export const StatusInput = z.object({
  /** A status's id, or the key of a shipped one. */
  status: z.union([z.number().int(), z.string().max(40)]),
  reason: z.string().trim().max(500).nullable().default(null),
})

/** Closing, reopening, putting on hold: any change of status by an agent. Errors: NotFound, Forbidden, Invalid (a status that asks why). */
export async function changeStatus(ctx: Context, ref: TicketRef, input: z.input<typeof StatusInput>): Promise<Ticket> {
  const given = parseInput(StatusInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.status')
    const status = typeof given.status === 'number' ? await statusById(ctx, given.status) : await byKey(ctx, given.status)
    if (status.isArchived) throw invalid('/status', 'unknownChoice')
    if (status.asksReason && !given.reason && status.id !== ticket.statusId) throw invalid('/reason', 'reasonRequired')
    return moveTo(ctx, ticket, status, given.reason, 'agent')
  })
}

async function byKey(ctx: Context, key: string): Promise<Status> {
  try {
    return await statusByKey(ctx, key)
  } catch {
    throw invalid('/status', 'unknownChoice')
  }
}

/** The change of status behind every way to one; the caller holds the ticket. `cause` is a word of the history. */
export async function moveTo(
  ctx: Context,
  ticket: Ticket,
  status: Status,
  reason: string | null,
  cause: string,
): Promise<Ticket> {
  if (status.id === ticket.statusId && (reason ?? null) === ticket.statusReason) return ticket
  await keepStatus(ctx, ticket.threadId)
  const saved = await saveTicket(
    ctx,
    ticket,
    afterStatus(ticket, { at: ctx.clock.now(), status, reason }, await readSettings(ctx)),
  )
  await emit(
    ctx,
    statusChanged({
      subject: { kind: 'ticket', id: ticket.id },
      data: {
        from: ticket.statusId,
        to: status.id,
        fromState: ticket.state,
        toState: status.state,
        reason,
        cause,
        ...(cause === 'agent' ? { undo: undoFields(ticket, saved) } : {}),
      },
      facts: factsOf(saved),
    }),
  )
  return saved
}

/** "Mark as solved" by the customer. Errors: NotFound. */
export async function solveAsCustomer(ctx: Context, ref: TicketRef): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessOwnTicket(ctx, ref)
    if (ticket.state === 'resolved' || ticket.state === 'closed') return ticket
    return moveTo(ctx, ticket, await statusOfMove(ctx, 'solved'), null, 'customer')
  })
}

/** "It's not solved": back in line, within the time in which a ticket reopens. Errors: NotFound, Conflict. */
export async function reopenAsCustomer(ctx: Context, ref: TicketRef): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessOwnTicket(ctx, ref)
    if (ticket.state !== 'resolved' && ticket.state !== 'closed') return ticket
    const settings = await readSettings(ctx)
    const now = ctx.clock.now()
    if (threadStateFor(ticket, now, settings) === 'closed_for_good') throw new AppError('conflict', 'closedForGood')
    const moved = await moveTo(ctx, ticket, await statusOfMove(ctx, 'opened'), null, 'customer')
    return saveTicket(
      ctx,
      moved,
      afterStatus(
        { ...moved, waitingSince: now },
        { at: now, status: await statusOfMove(ctx, 'opened'), reason: null },
        settings,
      ),
    )
  })
}

/** Resolved for long enough → Closed; run by the scheduler, a batch a time. Returns how many were closed. */
export async function closeResolved(ctx: Context, batch = 200): Promise<number> {
  const settings = await readSettings(ctx)
  const days = settings['tickets.closeResolvedAfterDays']
  if (days === 0) return 0
  const before = new Date(ctx.clock.now().getTime() - days * 86_400_000)
  const due = await ctx.db
    .selectFrom('ticket')
    .select('id')
    .where('state', '=', 'resolved')
    .where('place', '=', 'desk')
    .where('deleted_at', 'is', null)
    .where('resolved_at', '<=', before)
    .orderBy('id')
    .limit(batch)
    .execute()
  for (const { id } of due) {
    await transact(ctx, async (ctx) => {
      const ticket = await accessTicket(ctx, { id }, 'ticket.status')
      if (ticket.state === 'resolved') await moveTo(ctx, ticket, await statusOfMove(ctx, 'closed'), null, 'resolved_for_long')
    })
  }
  return due.length
}
