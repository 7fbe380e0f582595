import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { writeLater } from '#core/transact.ts'
import type { InboundMail } from './email/inbound-mail.ts'
import {
  type InboundMessage,
  type InboundReason,
  inboundById,
  lockInbound,
  type Settled,
  type VerdictNote,
  writeSettled,
} from './inbound-store.ts'
import { receiveKey } from './receive-raw.ts'

export type { InboundMessage, InboundReason, InboundState, InboundSummary, VerdictNote } from './inbound-store.ts'

const DUPLICATE_WITHIN_SECONDS = 30 * 86_400

/** A stored message, or null. Its bytes are `blob` in the blob store. */
export const loadInbound = (ctx: Context, id: number): Promise<InboundMessage | null> => inboundById(ctx, id)

/**
 * The same for two copies of one mail that came by different ways (two mailboxes, a mailing list's second copy): Message-ID, From
 * and body, hashed. null when the mail has no Message-ID or nothing could be read of it: then it is never a duplicate.
 */
export function mailFingerprint(mail: InboundMail): string | null {
  if (!mail.messageId || (!mail.text && !mail.html && mail.attachments.length === 0)) return null
  const hash = createHash('sha256')
  for (const part of [mail.messageId, mail.from?.address.toLowerCase() ?? '', mail.subject, mail.text, mail.html ?? ''])
    hash.update(part).update('\0')
  for (const file of mail.attachments) hash.update(createHash('sha256').update(file.content).digest())
  return hash.digest('base64url')
}

/**
 * First thing in the transaction that posts a message: locks it, and everything with the same fingerprint. null when it was
 * settled meanwhile (its job ran twice): then there is nothing to do. `duplicateOf` is the copy that was posted in the last 30 days.
 */
export async function beginInbound(
  ctx: Context,
  id: number,
  fingerprint: string | null,
): Promise<{ duplicateOf: { id: number; ticket: number | null; entry: number | null } | null } | null> {
  if (!ctx.tx) throw new Error('beginInbound() needs a transaction around it')
  const locked = await lockInbound(ctx, id, fingerprint, addSeconds(ctx.clock.now(), -DUPLICATE_WITHIN_SECONDS))
  return locked?.state === 'received' ? { duplicateOf: locked.duplicateOf } : null
}

/** Takes the waiting job of a message away with the transaction that posts it; one that has begun ends by itself. */
export const dropReceiveJob = (ctx: Context, id: number): Promise<void> =>
  writeLater(ctx, sql`delete from graphile_worker._private_jobs where key = ${receiveKey(id)} and locked_at is null`)

interface Read {
  reason: InboundReason
  verdict?: string | null
  verdictReason?: VerdictNote | null
  mail?: InboundMail | null
  fingerprint?: string | null
}

/** It is an entry now. */
export async function markPosted(ctx: Context, id: number, at: Read & { ticket: number; entry: number }): Promise<void> {
  await writeSettled(ctx, id, settled('posted', at))
  crashPoint('after-row')
}

/** A second copy: kept and shown in the mail log, not posted. */
export const markDuplicate = (
  ctx: Context,
  id: number,
  at: Read & { ticket: number | null; entry?: number | null },
): Promise<void> => writeSettled(ctx, id, settled('duplicate', at))

/** Suspended: kept until a person decides. */
export const markParked = (ctx: Context, id: number, at: Read & { ticket?: number | null }): Promise<void> =>
  writeSettled(ctx, id, settled('parked', at))

/** Taken note of (a bounce, a report, a loop), not posted. */
export const markSkipped = (
  ctx: Context,
  id: number,
  at: Read & { ticket?: number | null; entry?: number | null },
): Promise<void> => writeSettled(ctx, id, settled('skipped', at))

function settled(state: Settled['state'], at: Read & { ticket?: number | null; entry?: number | null }): Settled {
  return {
    state,
    reason: at.reason,
    verdict: at.verdict ?? null,
    verdictReason: at.verdictReason ?? null,
    summary: at.mail ? { from: at.mail.from?.address ?? '', subject: at.mail.subject } : null,
    messageId: at.mail?.messageId ?? null,
    fingerprint: at.fingerprint ?? null,
    ticket: at.ticket ?? null,
    entry: at.entry ?? null,
  }
}

export interface InboundNote {
  reason: InboundReason | null
  verdictReason: VerdictNote | null
}

/** Why each of these mails landed where it did, by id. The gate is the thread's owner: call only with mails of entries that the actor was let to. */
export async function landingsOf(ctx: Context, ids: readonly number[]): Promise<Map<number, InboundNote>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.db
    .selectFrom('inbound_message')
    .select(['id', 'reason', 'verdict_reason'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { reason: row.reason as InboundReason | null, verdictReason: row.verdict_reason as VerdictNote | null },
    ]),
  )
}
