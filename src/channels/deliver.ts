import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { type EventFacts, type EventRecord, emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { channels, messageSubjects, type SendResult } from './channel.ts'
import { messageFailed, messageHeld, messageSent } from './channel-events.ts'
import { envelopeOf, type OutboundMessage } from './outbound-message.ts'
import { claimOutbound, type Outcome, renewLease, settleOutbound } from './outbound-store.ts'

/** A message belongs to the worker that sends it for this long; renewed while it is sent. */
export const LEASE_SECONDS = 30
const RENEW_SECONDS = 10

const MINUTE = 60
const HOUR = 3600
/** RFC 5321 section 4.5.4.1: half an hour between tries, give up after 4 to 5 days; the first ones sooner, for greylisting. */
const RETRY_SECONDS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  HOUR,
  HOUR,
  2 * HOUR,
  4 * HOUR,
]
const GIVE_UP_SECONDS = 5 * 86_400
/** A message during which the process ended so often in a row is taken for the cause, and given up. */
export const MAX_INTERRUPTIONS = 8
const HELD_RETRY_SECONDS = [10 * MINUTE, 30 * MINUTE, HOUR]

/**
 * Sends one message, if it is still to be sent, and writes what became of it. Nothing external happens inside a transaction.
 * Repeats itself by its own schedule; throws only when the database cannot be reached.
 */
export async function deliver(ctx: Context, id: number): Promise<void> {
  const message = await claimOutbound(ctx, id, addSeconds(ctx.clock.now(), LEASE_SECONDS))
  if (!message) return
  if (message.interruptions >= MAX_INTERRUPTIONS) {
    ctx.log.error({ message: id }, 'a message was given up: the process ended each time it was sent')
    await settle(ctx, message, { ok: false, class: 'final', reason: 'interrupted', detail: '' })
    return
  }
  const channel = ctx.slots.get(channels, message.channel)
  const renewal = setInterval(() => {
    renewLease(ctx, message, addSeconds(ctx.clock.now(), LEASE_SECONDS)).catch((error: unknown) =>
      ctx.log.warn({ message: id, err: error }, 'could not renew a lease'),
    )
  }, RENEW_SECONDS * 1000)
  let result: SendResult
  try {
    result = channel
      ? await channel.send(ctx, message)
      : {
          ok: false,
          class: 'ask_administrator',
          reason: 'no_channel',
          detail: `Nothing here sends "${message.channel}" messages`,
        }
  } catch (error) {
    // A fault of ours: wait for the next version or the next try, never lose the message.
    ctx.log.error({ message: id, err: error }, 'sending broke')
    result = { ok: false, class: 'try_again', reason: 'unknown', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    clearInterval(renewal)
  }
  if (result.ok) crashPoint('mid-send')
  await settle(ctx, message, result)
}

async function settle(ctx: Context, message: OutboundMessage, result: SendResult): Promise<void> {
  const outcome = decide(ctx.clock.now(), message, result)
  const first = message.attempts === 1
  const events = eventsOf(message, outcome, first)
  if (events.length === 0) {
    if (!(await settleOutbound(ctx, message, outcome)))
      ctx.log.warn({ message: message.id }, 'a message was sent after its lease had ended')
    return
  }
  await transact(ctx, async (ctx) => {
    if (!(await settleOutbound(ctx, message, outcome))) return
    for (const event of events) await emit(ctx, { ...event, facts: await factsOf(ctx, event) })
  })
}

/** Pure: what becomes of a message after one try. */
export function decide(
  now: Date,
  message: Pick<OutboundMessage, 'attempts' | 'createdAt' | 'content' | 'remaining' | 'refused'>,
  result: SendResult,
): Outcome {
  const retryAt = (!result.ok && result.retryAt) || addSeconds(now, step(RETRY_SECONDS, message.attempts))
  const givesUp = retryAt.getTime() - message.createdAt.getTime() > GIVE_UP_SECONDS * 1000
  const lineOf = (one: { address: string; detail: string }): string => `${one.address}: ${one.detail}`
  if (result.ok) {
    const later = givesUp ? [] : result.refused.filter((one) => one.temporary)
    const never = result.refused.filter((one) => !later.includes(one))
    const refused = [...message.refused, ...never.map(lineOf)]
    const base = {
      error: [...refused, ...later.map(lineOf)].join('\n').slice(0, 2000) || null,
      response: result.response.slice(0, 1000),
      countsAsAttempt: true,
      refused,
      refusal: never[0]?.reason ?? null,
    }
    // Whoever was put off is asked for again alone: the others have it, and must not get it twice.
    if (later.length > 0)
      return { ...base, state: 'waiting', failure: later[0]!.reason, retryAt, remaining: later.map((one) => one.address) }
    return { ...base, state: 'sent', failure: refused.length > 0 ? 'some_refused' : null, retryAt: null, remaining: null }
  }
  const base = {
    failure: result.reason,
    error: result.detail.slice(0, 2000),
    response: null,
    countsAsAttempt: result.retryAt === undefined,
    remaining: message.remaining,
    refused: message.refused,
    refusal: null,
  }
  if (result.class === 'ask_administrator') {
    return { ...base, state: 'held', retryAt: result.retryAt ?? addSeconds(now, step(HELD_RETRY_SECONDS, message.attempts)) }
  }
  if (result.class === 'try_again' && !givesUp) return { ...base, state: 'waiting', retryAt }
  if (message.remaining === null) return { ...base, state: 'failed', retryAt: null }
  // Others have it already: it was sent, and the rest is told as refused.
  const refused = [...message.refused, ...envelopeOf(message).map((address) => lineOf({ address, detail: result.detail }))]
  return {
    ...base,
    state: 'sent',
    failure: 'some_refused',
    error: refused.join('\n').slice(0, 2000),
    retryAt: null,
    remaining: null,
    refused,
    refusal: result.reason,
  }
}

const step = (waits: readonly number[], attempts: number): number => waits[Math.min(Math.max(attempts, 1), waits.length) - 1]!

/** What screens and people are told: that a reply left, that anything failed (for one of several, too), and once that something waits for a person. */
function eventsOf(message: OutboundMessage, outcome: Outcome, first: boolean): EventRecord[] {
  const subject = message.ticket === null ? { kind: 'message', id: message.id } : { kind: 'ticket', id: message.ticket }
  const fate = { message: message.id, entry: message.entry, kind: message.kind }
  const facts = { internal: true }
  const failed = (reason: string): EventRecord => messageFailed({ subject, data: { ...fate, reason }, facts })
  const events: EventRecord[] = []
  if (outcome.state === 'sent' && message.kind === 'reply') events.push(messageSent({ subject, data: fate, facts }))
  if (outcome.state === 'failed') events.push(failed(outcome.failure ?? 'unknown'))
  else if (outcome.refusal !== null) events.push(failed(outcome.refusal))
  if (outcome.state === 'held' && (first || message.kind === 'reply'))
    events.push(messageHeld({ subject, data: { ...fate, reason: outcome.failure ?? 'unknown' }, facts }))
  return events
}

/** Only agents who may see the ticket learn of it; without an owner of the subject, nobody but who sees everything. */
async function factsOf(ctx: Context, event: EventRecord): Promise<EventFacts> {
  const facts = await ctx.slots.get(messageSubjects, event.subject.kind)?.factsOf(ctx, event.subject.id)
  return { ...facts, internal: true }
}

export { factsOf as messageFacts }
