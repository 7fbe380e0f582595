import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { mailboxSilent } from './channel-events.ts'

/**
 * Says of each mailbox once when no mail has come for longer than it was told is usual; the next mail ends the silence. Runs as the
 * system, by the clock. Returns how many fell silent.
 */
export async function watchSilence(ctx: Context): Promise<number> {
  return transact(ctx, async (ctx) => {
    const now = ctx.clock.now()
    const { rows } = await sql<{ id: number; since: Date }>`with quiet as (
        select m.id, greatest(m.created_at, coalesce((select i.received_at from inbound_message i where i.mailbox_id = m.id order by i.id desc limit 1), m.created_at)) as since
        from mailbox m where m.silent_after_hours is not null and m.is_active and m.archived_at is null)
      update mailbox m set silence_told_at = ${now} from quiet q
      where q.id = m.id and q.since <= ${now}::timestamptz - make_interval(hours => m.silent_after_hours)
        and (m.silence_told_at is null or m.silence_told_at <= q.since)
      returning m.id, q.since`.execute(ctx.db)
    for (const { id, since } of rows) {
      const hours = Math.floor((now.getTime() - since.getTime()) / 3_600_000)
      await emit(ctx, mailboxSilent({ subject: { kind: 'mailbox', id }, data: { hours }, facts: { internal: true } }))
    }
    return rows.length
  })
}
