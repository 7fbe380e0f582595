import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { referralRemoved, ticketReferred } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const ReferralInput = z.object({ department: z.number().int() })

/**
 * "Share with…": another department may see the ticket and add notes; it stays where it is. Asks for the right to transfer it.
 * Errors: NotFound, Forbidden, Invalid at /department.
 */
export async function referTicket(ctx: Context, ref: TicketRef, input: z.input<typeof ReferralInput>): Promise<Ticket> {
  const given = parseInput(ReferralInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.transfer')
    const target = (await readDirectory(ctx)).departments.find((one) => one.id === given.department && !one.isArchived)
    if (!target || target.id === ticket.departmentId) throw invalid('/department', 'unknownChoice')
    if (ticket.referredTo.includes(target.id)) return ticket
    const saved = await saveTicket(ctx, ticket, { ...ticket, referredTo: [...ticket.referredTo, target.id] })
    await keepReferrals(ctx, saved, ticket.referredTo)
    await emit(
      ctx,
      ticketReferred({
        subject: { kind: 'ticket', id: ticket.id },
        data: { department: target.id },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** That department no longer sees it, unless it is assigned to one of them. Errors: NotFound, Forbidden. */
export async function removeReferral(ctx: Context, ref: TicketRef, department: number): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.transfer')
    if (!ticket.referredTo.includes(department)) return ticket
    const saved = await saveTicket(ctx, ticket, {
      ...ticket,
      referredTo: ticket.referredTo.filter((one) => one !== department),
    })
    await keepReferrals(ctx, saved, ticket.referredTo)
    const subject = { kind: 'ticket', id: ticket.id }
    // Those who lose sight of it must learn that too, and only that.
    afterCommit(ctx, () =>
      ctx.live.tell({ id: 0, verb: referralRemoved.verb, subject, facts: factsOf(ticket, { internal: true }) }),
    )
    await emit(ctx, referralRemoved({ subject, data: { department }, facts: factsOf(saved, { internal: true }) }))
    return saved
  })
}

/** Brings the rows in line with what stands on the ticket; `before` is what they were. The caller holds the ticket. */
export async function keepReferrals(
  ctx: Context,
  ticket: Pick<Ticket, 'id' | 'referredTo'>,
  before: readonly number[],
): Promise<void> {
  const gone = before.filter((department) => !ticket.referredTo.includes(department))
  const fresh = ticket.referredTo.filter((department) => !before.includes(department))
  if (gone.length > 0)
    await ctx.db.deleteFrom('ticket_referral').where('ticket_id', '=', ticket.id).where('department_id', 'in', gone).execute()
  if (fresh.length > 0)
    await ctx.db
      .insertInto('ticket_referral')
      .values(
        fresh.map((department) => ({
          ticket_id: ticket.id,
          department_id: department,
          referred_at: ctx.clock.now(),
          referred_by: ctx.actor.kind === 'agent' || ctx.actor.kind === 'token' ? ctx.actor.id : null,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
