import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { accessTicket, factsOf, type TicketRef } from '#tickets/ticket-access.ts'

export interface Present {
  id: number
  name: string
  doing: 'viewing' | 'replying'
}

/** Somebody who has not said so for this long is gone. Screens say it every 20 seconds. */
export const PRESENT_SECONDS = 45

const since = (ctx: Context): Date => new Date(ctx.clock.now().getTime() - PRESENT_SECONDS * 1000)

/** An agent looks at a ticket, or writes on it; null: they left. Told to open screens when it changed. Errors: NotFound. */
export async function setPresence(ctx: Context, ref: TicketRef, doing: 'viewing' | 'replying' | null): Promise<Present[]> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) return []
  const agent = ctx.actor.id
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket({ ...ctx, tx: null }, ref, 'ticket.view')
    const before = (await whoIsHere(ctx, [ticket.id])).get(ticket.id) ?? []
    if (doing === null)
      await ctx.db.deleteFrom('presence').where('ticket_id', '=', ticket.id).where('agent_id', '=', agent).execute()
    else {
      const set = { doing, seen_at: ctx.clock.now() }
      await ctx.db
        .insertInto('presence')
        .values({ agent_id: agent, ticket_id: ticket.id, ...set })
        .onConflict((conflict) => conflict.columns(['ticket_id', 'agent_id']).doUpdateSet(set))
        .execute()
    }
    const now = (await whoIsHere(ctx, [ticket.id])).get(ticket.id) ?? []
    if (JSON.stringify(now) !== JSON.stringify(before)) {
      const subject = { kind: 'ticket', id: ticket.id }
      const facts = factsOf(ticket, { internal: true })
      afterCommit(ctx, () =>
        ctx.live.tell({ id: 0, verb: 'presence.changed', subject, facts, more: { ticket: ticket.id, viewers: now } }),
      )
    }
    return now
  })
}

/** Who is at these tickets now. The caller has passed their gate. */
export async function whoIsHere(ctx: Context, tickets: readonly number[]): Promise<Map<number, Present[]>> {
  const found = new Map<number, Present[]>()
  if (tickets.length === 0) return found
  const rows = await ctx.db
    .selectFrom('presence')
    .select(['ticket_id', 'agent_id', 'doing'])
    .where('ticket_id', 'in', [...tickets])
    .where('seen_at', '>', since(ctx))
    .orderBy('agent_id')
    .execute()
  if (rows.length === 0) return found
  const { agents } = await readDirectory(ctx)
  for (const row of rows) {
    const name = agents.find((agent) => agent.id === row.agent_id)?.name
    if (name) found.set(row.ticket_id, [...(found.get(row.ticket_id) ?? []), { id: row.agent_id, name, doing: row.doing }])
  }
  return found
}

/** Every ticket that somebody has on screen now, with who; for the system's own use. */
export async function ticketsOnScreen(ctx: Context): Promise<Array<{ ticket: number; agent: number }>> {
  const rows = await ctx.db
    .selectFrom('presence')
    .select(['ticket_id', 'agent_id'])
    .where('seen_at', '>', since(ctx))
    .orderBy('ticket_id')
    .execute()
  return rows.map((row) => ({ ticket: row.ticket_id, agent: row.agent_id }))
}

/** Has the agent this ticket on their screen? Then they need no mail about it. */
export async function isLooking(ctx: Context, agent: number, ticket: number): Promise<boolean> {
  const row = await ctx.db
    .selectFrom('presence')
    .select('agent_id')
    .where('ticket_id', '=', ticket)
    .where('agent_id', '=', agent)
    .where('seen_at', '>', since(ctx))
    .executeTakeFirst()
  return row !== undefined
}

/** Which of these agents have the ticket on their screen. */
export async function whoOfLooks(ctx: Context, agents: readonly number[], ticket: number): Promise<ReadonlySet<number>> {
  if (agents.length === 0) return new Set()
  const rows = await ctx.db
    .selectFrom('presence')
    .select('agent_id')
    .where('ticket_id', '=', ticket)
    .where(sql<boolean>`agent_id = any(${[...agents]}::bigint[])`)
    .where('seen_at', '>', since(ctx))
    .execute()
  return new Set(rows.map((row) => row.agent_id))
}

/** Forgets who left without saying so; run by the scheduler. */
export async function clearPresence(ctx: Context): Promise<void> {
  await ctx.db.deleteFrom('presence').where('seen_at', '<', since(ctx)).execute()
}
