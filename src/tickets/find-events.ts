import { type ExpressionBuilder, sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import type { Database } from '#db/types.ts'
import { visibleTickets } from './ticket-access.ts'

export interface FeedEvent {
  id: number
  at: Date
  verb: string
  actor: { kind: string; id: number | null }
  ticket: number
}

/**
 * Events of tickets that the actor may see now, oldest first, after an id. Ids are given out before their transactions commit, so
 * what is younger than the oldest running transaction waits: whoever reads on from `until` never misses one that was still on its way.
 */
export async function findTicketEvents(
  ctx: Context,
  options: { after: number; limit: number },
): Promise<{ events: FeedEvent[]; until: number }> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ began: Date | null }>`select min(xact_start) as began from pg_stat_activity
    where backend_xid is not null and datname = current_database()`.execute(ctx.db)
  const began = rows[0]?.began ?? now
  // A second for the difference between the database's clock and ours.
  const settled = addSeconds(began < now ? began : now, -1)
  const found = await ctx.db
    .selectFrom('event')
    .select(['event.id', 'event.at', 'event.verb', 'event.actor_kind', 'event.actor_id', 'event.subject_id'])
    .where('event.id', '>', options.after)
    .where('event.at', '<', settled)
    .where('event.subject_kind', '=', 'ticket')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('ticket')
          .select('ticket.id')
          .whereRef('ticket.id', '=', 'event.subject_id')
          .where((tickets) => visibleTickets(ctx.actor)(tickets as unknown as ExpressionBuilder<Database, 'ticket'>)),
      ),
    )
    .orderBy('event.id')
    .limit(options.limit)
    .execute()
  const events = found.map((row) => ({
    id: row.id,
    at: row.at,
    verb: row.verb,
    actor: { kind: row.actor_kind, id: row.actor_id },
    ticket: row.subject_id,
  }))
  return { events, until: events.at(-1)?.id ?? options.after }
}
