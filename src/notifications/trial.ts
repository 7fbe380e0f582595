import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { wholeFacts } from './alert-facts.ts'
import type { AlertKind } from './alert-kinds.ts'
import { type Decision, planAlerts } from './plan-alerts.ts'

/**
 * Who would be told, were this to happen now on this ticket, with every reason; nobody is told. The same function decides as for real.
 * `by`: the agent who would do it, if it were one. Errors: Forbidden, NotFound.
 */
export async function whoWouldBeTold(
  ctx: Context,
  input: { number: string; kind: AlertKind; by?: number | null },
): Promise<{ ticket: { number: string; subject: string }; decisions: Decision[] }> {
  if (!ctx.actor.administrator) throw forbidden()
  const ticket = await seeTicket(ctx, { number: input.number })
  const facts = await wholeFacts(
    ctx,
    input.kind,
    {
      subject: { kind: 'ticket', id: ticket.id },
      facts: {},
      data: {},
      actor: input.by ? { kind: 'agent', id: input.by } : { kind: 'user', id: ticket.requesterId },
    },
    ticket,
  )
  return { ticket: { number: ticket.number, subject: ticket.subject }, decisions: planAlerts(facts) }
}
