import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import type { OutboundMessage, OutboundState } from './outbound-message.ts'
import { deliverMessage } from './queue-outbound.ts'

/** Clocks of nodes and database differ a little; a lease is over for others only this much later. */
const LEASE_GRACE_MS = 3_000

const columns = sql.raw(
  `id, channel, mailbox_id as mailbox, kind, ticket_id as ticket, entry_id as entry, message_id as "messageId", content, state,
   sends_at as "sendsAt", attempts, created_at as "createdAt", remaining, refused, interruptions`,
)

const addJob = (
  runAt: Date,
  id: string,
) => sql`graphile_worker.add_job(${deliverMessage.job}, payload => json_build_object('message', ${sql.raw(id)}),
  run_at => ${runAt}, max_attempts => ${deliverMessage.maxAttempts}, job_key => 'deliver:' || ${sql.raw(id)}, priority => ${deliverMessage.priority})`

/**
 * Takes a message for sending, or null when another worker has it or it is done. The same statement leaves a job for the moment
 * the lease ends, so that a process that dies while it sends needs nobody to notice; that it died is counted.
 */
export async function claimOutbound(ctx: Context, id: number, leaseUntil: Date): Promise<OutboundMessage | null> {
  const { rows } = await sql<OutboundMessage>`with m as (
      update outbound_message set state = 'sending', lease_until = ${leaseUntil}, attempts = attempts + 1,
        interruptions = case when state = 'sending' then interruptions + 1 else 0 end
      where id = ${id} and (state in ('waiting', 'held')
        or (state = 'sending' and lease_until <= ${new Date(ctx.clock.now().getTime() + LEASE_GRACE_MS)}))
      returning ${columns})
    select m.*, ${addJob(leaseUntil, 'm.id')} is null as added from m`.execute(ctx.db)
  return rows[0] ?? null
}

/** False when the lease was lost. */
export async function renewLease(ctx: Context, message: OutboundMessage, leaseUntil: Date): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`with m as (
      update outbound_message set lease_until = ${leaseUntil}
      where id = ${message.id} and state = 'sending' and attempts = ${message.attempts} returning id)
    select m.id, ${addJob(leaseUntil, 'm.id')} is null as added from m`.execute(ctx.db)
  return rows.length > 0
}

export interface Outcome {
  state: Extract<OutboundState, 'sent' | 'failed' | 'waiting' | 'held'>
  failure: string | null
  error: string | null
  response: string | null
  /** For waiting and held: when it is tried again. */
  retryAt: Date | null
  countsAsAttempt: boolean
  /** As stored with the message (see OutboundMessage): whom the next try is for, and who was refused so far. */
  remaining: string[] | null
  refused: string[]
  /** Why, when this try settled that somebody will not get what others got. */
  refusal: string | null
}

/** Writes what became of a claimed message; false when its lease was lost and somebody else has it. */
export async function settleOutbound(ctx: Context, message: OutboundMessage, outcome: Outcome): Promise<boolean> {
  const now = ctx.clock.now()
  const answer = [outcome.response, outcome.error].filter(Boolean).join('\n').slice(0, 2000) || null
  const { rows } = await sql<{ id: number }>`with m as (
      update outbound_message set state = ${outcome.state}, lease_until = null, failure = ${outcome.failure}, last_error = ${outcome.error},
        response = coalesce(${outcome.response}, response), sent_at = ${outcome.state === 'sent' ? now : null},
        sends_at = coalesce(${outcome.retryAt}, sends_at), attempts = attempts - ${outcome.countsAsAttempt ? 0 : 1},
        remaining = ${outcome.remaining}, refused = ${outcome.refused}
      where id = ${message.id} and state = 'sending' and attempts = ${message.attempts} returning id),
    tried as (
      insert into outbound_attempt (message_id, at, state, failure, answer)
      select m.id, ${now}::timestamptz, ${outcome.state}::text, ${outcome.failure}::text, ${answer}::text from m where ${outcome.countsAsAttempt}::boolean)
    select m.id, ${outcome.retryAt ? addJob(outcome.retryAt, 'm.id') : sql`graphile_worker.remove_job('deliver:' || m.id)`} is null as done from m`.execute(
    ctx.db,
  )
  return rows.length > 0
}

/** Makes waiting again what an administrator's change may have helped; returns how many. */
export async function releaseOutbound(
  ctx: Context,
  which: { ids?: readonly number[]; mailbox?: number | 'any'; states: readonly OutboundState[] },
): Promise<number> {
  const now = ctx.clock.now()
  const { rows } = await sql`with m as (
      update outbound_message set state = 'waiting', sends_at = ${now}
      where state = any(${[...which.states]}) ${which.ids ? sql`and id = any(${[...which.ids]})` : sql``}
        ${which.mailbox === undefined || which.mailbox === 'any' ? sql`` : sql`and (mailbox_id = ${which.mailbox} or mailbox_id is null)`}
      returning id)
    select m.id, ${addJob(now, 'm.id')} is null as added from m`.execute(ctx.db)
  return rows.length
}

/** Jobs for messages that are due since before `before` and may have lost theirs. */
export async function wakeDueOutbound(ctx: Context, before: Date): Promise<number> {
  const { rows } = await sql`select m.id, ${addJob(ctx.clock.now(), 'm.id')} is null as added from outbound_message m
    where (m.state = 'waiting' and m.sends_at <= ${before}) or (m.state = 'sending' and m.lease_until <= ${before})`.execute(
    ctx.db,
  )
  return rows.length
}
