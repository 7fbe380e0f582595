import { sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { releaseOutbound, wakeDueOutbound } from './outbound-store.ts'
import { deliverMessage } from './queue-outbound.ts'
import { receiveMessage } from './receive-raw.ts'

/**
 * Gives a job to every message that should have been handled by now and has lost its own. Jobs have one key a message and handling
 * it twice changes nothing, so this may run at any time: each minute, and with `starting` when a worker starts (then without waiting,
 * and what was held is tried once more, as settings may have changed). A mail whose job failed for the last time, or died with its
 * process that often, is suspended, with its bytes.
 */
export async function wakeMessages(
  ctx: Context,
  options: { starting?: boolean } = {},
): Promise<{ inbound: number; outbound: number; parked: number }> {
  const now = ctx.clock.now()
  const before = addSeconds(now, options.starting ? 0 : -60)
  const parked =
    await sql`update inbound_message m set state = 'parked', reason = '{"key":"handlingFailed"}'::jsonb, processed_at = ${now}
    from graphile_worker.jobs j
    where m.state = 'received' and m.received_at <= ${before} and j.key = 'receive:' || m.id and j.locked_at is null and j.attempts >= j.max_attempts
    returning m.id`.execute(ctx.db)
  // Never beside a job that is there: the new one would begin to count its tries from nothing, and a mail that kills its process would
  // do so for ever. One that is locked is being run, or is freed with its count when its worker is gone (core/orphaned-jobs.ts).
  const inbound = await sql`select graphile_worker.add_job(${receiveMessage.job}, payload => json_build_object('message', m.id),
      max_attempts => ${receiveMessage.maxAttempts}, job_key => 'receive:' || m.id, priority => ${receiveMessage.priority}) is null as added
    from inbound_message m
    where m.state = 'received' and m.received_at <= ${before}
      and not exists (select from graphile_worker.jobs j where j.key = 'receive:' || m.id)`.execute(ctx.db)
  // What a message's next job has taken the key of is worth nothing any more, and would stay for ever.
  await sql`select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs
    where key is null and locked_at is null and attempts >= max_attempts and task_identifier in (${receiveMessage.job}, ${deliverMessage.job})
    having count(*) > 0`.execute(ctx.db)
  const held = options.starting ? await releaseOutbound(ctx, { states: ['held'] }) : 0
  return { inbound: inbound.rows.length, outbound: held + (await wakeDueOutbound(ctx, before)), parked: parked.rows.length }
}
