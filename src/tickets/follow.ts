import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketFollowed, ticketUnfollowed } from './ticket-events.ts'

/** From now on the actor is told of what happens on the ticket. Errors: NotFound, Forbidden (no agent). */
export async function followTicket(ctx: Context, ref: TicketRef): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.view')
    if (ctx.actor.id === null) throw forbidden()
    const fresh = await addFollowers(ctx, ticket.id, [ctx.actor.id])
    if (fresh.length === 0) return
    await emit(
      ctx,
      ticketFollowed({
        subject: { kind: 'ticket', id: ticket.id },
        data: { agent: ctx.actor.id },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
  })
}

/** Errors: NotFound, Forbidden (no agent). */
export async function unfollowTicket(ctx: Context, ref: TicketRef): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.view')
    if (ctx.actor.id === null) throw forbidden()
    const gone = await ctx.db
      .deleteFrom('ticket_follower')
      .where('ticket_id', '=', ticket.id)
      .where('agent_id', '=', ctx.actor.id)
      .returning('agent_id')
      .executeTakeFirst()
    if (!gone) return
    await emit(
      ctx,
      ticketUnfollowed({
        subject: { kind: 'ticket', id: ticket.id },
        data: { agent: ctx.actor.id },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
  })
}

/** The rows alone; returns who is new. The caller has passed the gate for each of them. */
export async function addFollowers(ctx: Context, ticket: number, agents: readonly number[]): Promise<number[]> {
  if (agents.length === 0) return []
  const rows = await ctx.db
    .insertInto('ticket_follower')
    .values([...new Set(agents)].map((agent) => ({ ticket_id: ticket, agent_id: agent, since: ctx.clock.now() })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('agent_id')
    .execute()
  return rows.map((row) => row.agent_id)
}

/** Who follows a ticket. The caller has passed the gate. */
export async function followersOf(ctx: Context, ticket: number): Promise<number[]> {
  const rows = await ctx.db
    .selectFrom('ticket_follower')
    .select('agent_id')
    .where('ticket_id', '=', ticket)
    .orderBy('since')
    .execute()
  return rows.map((row) => row.agent_id)
}
