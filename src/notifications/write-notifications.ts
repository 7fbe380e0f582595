import { type RawBuilder, sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { whoOfLooks } from '#presence/presence.ts'
import { tellInbox } from './inbox.ts'

/**
 * Writes the lines of these agents' inboxes, once an event and agent, and tells their screens. Who has the ticket on the screen
 * has read it already. The caller has decided who may know of it.
 */
export async function writeNotifications(
  ctx: Context,
  about: { kind: string; event: number; ticket: number | null },
  agents: readonly number[],
): Promise<void> {
  if (agents.length === 0) return
  const now = ctx.clock.now()
  const looking = about.ticket === null ? new Set() : await whoOfLooks(ctx, agents, about.ticket)
  const rows = agents.map((agent) => ({
    agent_id: agent,
    event_id: about.event,
    kind: about.kind,
    ticket_id: about.ticket,
    created_at: now,
    read_at: looking.has(agent) ? now : null,
  }))
  const written = await ctx.db
    .insertInto('notification')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['agent_id', 'event_id']).doNothing())
    .returning('agent_id')
    .execute()
  tellInbox(
    ctx,
    written.map((row) => row.agent_id),
  )
}

/** The same as an insert for the statement that records the event (core/events.ts, `alongside`); their screens hear of it after the commit. */
export function linesWithEvent(
  ctx: Context,
  about: { kind: string; ticket: number },
  agents: readonly number[],
): RawBuilder<unknown> {
  tellInbox(ctx, agents)
  return sql`insert into notification (agent_id, event_id, kind, ticket_id, created_at)
    select agent, e.id, ${about.kind}, ${about.ticket}::bigint, ${ctx.clock.now()}::timestamptz from e, unnest(${[...agents]}::bigint[]) as agent`
}

/** Notes who was mailed of an event too, so that no digest says it again. */
export async function noteMailed(ctx: Context, event: number, agents: readonly number[]): Promise<void> {
  if (agents.length === 0) return
  await ctx.db
    .updateTable('notification')
    .set({ mailed_at: ctx.clock.now() })
    .where('event_id', '=', event)
    .where('agent_id', 'in', [...agents])
    .execute()
}
