import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { markStep } from '#people/first-steps.ts'
import { type Request, requestOf } from './show-request.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { seenAsCustomer } from './ticket-events.ts'

/**
 * The ticket as its requester reads it, for an agent who may see it: to look at only, with nothing of theirs lent to the agent.
 * That somebody looked is kept in the history. Errors: NotFound, Forbidden.
 */
export async function seeAsCustomer(ctx: Context, ref: TicketRef): Promise<Request> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.view')
    const request = await requestOf(ctx, ticket)
    await emit(
      ctx,
      seenAsCustomer({ subject: { kind: 'ticket', id: ticket.id }, data: {}, facts: factsOf(ticket, { internal: true }) }),
    )
    await markStep(ctx, 'as_customer')
    return request
  })
}
