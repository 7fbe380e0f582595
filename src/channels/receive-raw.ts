import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { defineJob } from '#core/jobs.ts'
import { blobs } from '#files/blob-store.ts'

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

/**
 * Keeps a message: the bytes first, synced to disk, then one statement for its row and its job. When it returns, the source may
 * be told that the message was taken. `fresh` is false when this source handed over the same message before.
 */
export async function receiveRaw(ctx: Context, message: RawMessage): Promise<{ id: number; fresh: boolean }> {
  const blob = await ctx.slots.use(blobs).put(message.raw)
  crashPoint('after-blob')
  const { rows } = await sql<{ id: number }>`with m as (
      insert into inbound_message (channel, source_key, mailbox_id, blob, size, envelope, received_at, state)
      values (${message.channel}, ${message.sourceKey}, ${message.mailbox}, ${blob.hash}, ${blob.size}, ${JSON.stringify(message.envelope)}::jsonb,
        ${ctx.clock.now()}, 'received')
      on conflict (source_key) do nothing returning id)
    select m.id, graphile_worker.add_job(${receiveMessage.job}, payload => json_build_object('message', m.id),
      max_attempts => ${receiveMessage.maxAttempts}, job_key => 'receive:' || m.id, priority => ${receiveMessage.priority}) is null as added
    from m`.execute(ctx.db)
  const row = rows[0]
  if (row) {
    if (!ctx.tx) crashPoint('after-commit')
    return { id: row.id, fresh: true }
  }
  const known = await ctx.db
    .selectFrom('inbound_message')
    .select('id')
    .where('source_key', '=', message.sourceKey)
    .executeTakeFirstOrThrow()
  return { id: known.id, fresh: false }
}

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
