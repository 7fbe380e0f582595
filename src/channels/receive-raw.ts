import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { defineJob, enqueue } from '#core/jobs.ts'
import { blobs } from '#files/blob-store.ts'
import type { InboundMessage } from './inbound-store.ts'

/** Reads, places and posts one stored message; `take` posts one that was suspended, whatever the verdict was. */
export const receiveMessage = defineJob<{ message: number; take?: boolean }>('receive-message', { maxAttempts: 8 })

/** What the source said beside the bytes. */
export interface Envelope {
  /** MAIL FROM; '' for the null sender; null when the source does not know. */
  from: string | null
  /** RCPT TO, or empty when the source does not know. */
  to: string[]
  /** Mail that was there before the mailbox was connected: posted without acknowledgement or alert. */
  silent?: boolean
  /** Who handed it to our own listener, for the check of the sender. */
  client?: { address: string; helo: string }
  /** It comes out of a mailbox whose server alone writes X-MS-Exchange-Organization fields, so that AuthAs: Internal counts. */
  trustedInternal?: boolean
  /** When the mail server took it, ISO; set for fetched mail. */
  internalDate?: string
}

export interface RawMessage {
  channel: string
  /** The same for the same message of the same source, however often it is handed over. */
  sourceKey: string
  mailbox: number | null
  raw: Buffer
  envelope: Envelope
}

/** Posts what was stored a moment ago, by the process that took it, without the way through the queue of jobs. */
export interface PostLane {
  /** Whether one more of this many bytes would be begun soon. */
  hasRoom(bytes: number): boolean
  /** Begins; the message's job stays behind it for the case that this process ends first. */
  post(inbound: InboundMessage): void
}

/** When the job of a message that is posted at once begins, if it is still there. */
const LANE_SECONDS = 20

/**
 * Keeps a message: the bytes first, synced to disk, then one statement for its row and its job. When it returns, the source may
 * be told that the message was taken. `fresh` is false when this source handed over the same message before.
 */
export async function receiveRaw(
  ctx: Context,
  message: RawMessage,
  lane: PostLane | null = null,
): Promise<{ id: number; fresh: boolean }> {
  const blob = await ctx.slots.use(blobs).put(message.raw)
  crashPoint('after-blob')
  const now = ctx.clock.now()
  const atOnce = lane?.hasRoom(blob.size) ?? false
  const runAt = atOnce ? addSeconds(now, LANE_SECONDS) : null
  const { rows } = await sql<{ id: number; has_job: boolean }>`with m as (
      insert into inbound_message (channel, source_key, mailbox_id, blob, size, envelope, received_at, state)
      values (${message.channel}, ${message.sourceKey}, ${message.mailbox}, ${blob.hash}, ${blob.size}, ${JSON.stringify(message.envelope)}::jsonb,
        ${now}, 'received')
      on conflict (source_key) do nothing returning id), ${jobOfEach(runAt)}
    select m.id, exists (select from j) as has_job from m`.execute(ctx.db)
  const row = rows[0]
  if (!row) {
    const known = await ctx.db
      .selectFrom('inbound_message')
      .select('id')
      .where('source_key', '=', message.sourceKey)
      .executeTakeFirstOrThrow()
    return { id: known.id, fresh: false }
  }
  if (!row.has_job)
    await enqueue(ctx, receiveMessage, { message: row.id }, { key: receiveKey(row.id), ...(runAt ? { runAt } : {}) })
  if (!ctx.tx) crashPoint('after-commit')
  if (atOnce) {
    const { channel, mailbox, envelope } = message
    lane?.post({ ...NEW, id: row.id, channel, mailbox, blob: blob.hash, size: blob.size, envelope, receivedAt: now })
  }
  return { id: row.id, fresh: true }
}

const NEW = {
  state: 'received',
  reason: null,
  verdict: null,
  verdictReason: null,
  summary: null,
  messageId: null,
  ticket: null,
  entry: null,
} as const

/** One waiting job a message. */
export const receiveKey = (message: number): string => `receive:${message}`

/**
 * What graphile_worker.add_job would insert for each row of `m`, at a fifth of its cost; a test compares the two. It inserts nothing
 * on a database whose worker never ran, where the kind of job has no number yet. A job that is due now is told to workers.
 */
const jobOfEach = (runAt: Date | null) => sql`j as (
      insert into graphile_worker._private_jobs (task_id, payload, max_attempts, key, priority${runAt ? sql`, run_at` : sql``})
      select t.id, json_build_object('message', m.id), ${receiveMessage.maxAttempts}::smallint, 'receive:' || m.id,
        ${receiveMessage.priority}::smallint${runAt ? sql`, ${runAt}::timestamptz` : sql``}
      from m, graphile_worker._private_tasks t where t.identifier = ${receiveMessage.job}
      returning ${runAt ? sql`1 as told` : sql`pg_notify('jobs:insert', json_build_object('r', random(), 'count', 1)::text) as told`})`

/** Keeps a message that is not even to be read (over the limit, not fetchable), with its reason, for a person to look at. */
export async function parkRaw(
  ctx: Context,
  message: RawMessage & { reason: { key: string; params?: Record<string, string | number> } },
): Promise<void> {
  const blob = await ctx.slots.use(blobs).put(message.raw)
  const now = ctx.clock.now()
  await ctx.db
    .insertInto('inbound_message')
    .values({
      channel: message.channel,
      source_key: message.sourceKey,
      mailbox_id: message.mailbox,
      blob: blob.hash,
      size: blob.size,
      envelope: JSON.stringify(message.envelope),
      received_at: now,
      state: 'parked',
      reason: JSON.stringify(message.reason),
      processed_at: now,
    })
    .onConflict((conflict) => conflict.column('source_key').doNothing())
    .execute()
}

/** The key of a mail that a person took from the junk folder of a mailbox: its octets, as IMAP names it anew when it is moved. */
export const junkKeyOf = (mailbox: number, raw: Uint8Array): string =>
  `imap-junk:${mailbox}:${createHash('sha256').update(raw).digest('hex')}`

/** Notes under a key of its own that these octets are those of a message that is known, wherever that went. */
export async function keepSecondCopy(
  ctx: Context,
  { sourceKey, envelope }: Pick<RawMessage, 'sourceKey' | 'envelope'>,
  of: string,
): Promise<void> {
  const now = ctx.clock.now()
  await sql`insert into inbound_message (channel, source_key, mailbox_id, blob, size, envelope, received_at, processed_at, state, reason,
      verdict, verdict_reason, summary, message_id, ticket_id, entry_id)
    select channel, ${sourceKey}, mailbox_id, blob, size, ${JSON.stringify(envelope)}::jsonb, ${now}, ${now}, 'duplicate',
      '{"key":"duplicate"}', verdict, verdict_reason, summary, message_id, ticket_id, entry_id
    from inbound_message where source_key = ${of} on conflict (source_key) do nothing`.execute(ctx.db)
}

/** Which of these keys were received before. */
export async function knownSourceKeys(ctx: Context, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await ctx.db
    .selectFrom('inbound_message')
    .select('source_key')
    .where('source_key', 'in', [...keys])
    .execute()
  return new Set(rows.map((row) => row.source_key))
}

/** Which of these keys stand for a mail that was not taken whole: what there is of it is on its server. */
export async function leftOnServer(ctx: Context, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await ctx.db
    .selectFrom('inbound_message')
    .select('source_key')
    .where('source_key', 'in', [...keys])
    .where(sql<string>`reason ->> 'key'`, 'in', ['mailTooLarge', 'mailUnreadable'])
    .execute()
  return new Set(rows.map((row) => row.source_key))
}

/** Which of these keys were received with all of their octets. */
export async function wholeSourceKeys(ctx: Context, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ source_key: string }>`select source_key from inbound_message
    where source_key = any(${[...keys]}::text[]) and (reason->>'key' in ('mailTooLarge', 'mailUnreadable')) is not true`.execute(
    ctx.db,
  )
  return new Set(rows.map((row) => row.source_key))
}

/** Which of these octets (by their blob's name) a mailbox has brought before. */
export async function knownBlobs(ctx: Context, mailbox: number, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set()
  const rows = await ctx.db
    .selectFrom('inbound_message')
    .select('blob')
    .where('mailbox_id', '=', mailbox)
    .where('blob', 'in', [...names])
    .execute()
  return new Set(rows.map((row) => row.blob))
}

/** The key of a message that was handed over with its bytes: the same bytes for the same recipient are the same message. */
export const keyOfBytes = (source: string, raw: Uint8Array, recipient: string): string =>
  `${source}:${createHash('sha256').update(raw).digest('hex')}:${recipient.trim().toLowerCase()}`
