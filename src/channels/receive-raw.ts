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
