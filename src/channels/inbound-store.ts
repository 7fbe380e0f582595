import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { writeLater } from '#core/transact.ts'
import type { Envelope } from './receive-raw.ts'

export type InboundState = 'received' | 'posted' | 'duplicate' | 'parked' | 'skipped'

/** Why a message landed where it did: `key` is in the `mail` catalogue. */
export interface InboundReason {
  key: string
  params?: Record<string, string | number>
}

export interface InboundMessage {
  id: number
  channel: string
  mailbox: number | null
  blob: string
  size: number
  envelope: Envelope
  receivedAt: Date
  state: InboundState
  reason: InboundReason | null
  verdict: string | null
  verdictReason: VerdictNote | null
  summary: InboundSummary | null
  messageId: string | null
  ticket: number | null
  entry: number | null
}

/** Why the sender was judged so: `key` is under `mail.verdict` in the catalogue, `domain` the one that was proven. */
export interface VerdictNote {
  key: string
  domain: string | null
}

/** What the header said, for the mail log. */
export interface InboundSummary {
  from: string
  subject: string
}

export interface Settled {
  state: Exclude<InboundState, 'received'>
  reason: InboundReason
  verdict: string | null
  verdictReason: VerdictNote | null
  summary: InboundSummary | null
  messageId: string | null
  fingerprint: string | null
  ticket: number | null
  entry: number | null
}

const COLUMNS = [
  'id',
  'channel',
  'mailbox_id as mailbox',
  'blob',
  'size',
  'envelope',
  'received_at as receivedAt',
  'state',
  'reason',
  'verdict',
  'verdict_reason as verdictReason',
  'summary',
  'message_id as messageId',
  'ticket_id as ticket',
  'entry_id as entry',
] as const

export async function inboundById(ctx: Context, id: number): Promise<InboundMessage | null> {
  const row = await ctx.db.selectFrom('inbound_message').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return (row as InboundMessage | undefined) ?? null
}

/** Locks a message, and everything with its fingerprint, and looks for a copy posted since. null: no such message. */
export async function lockInbound(
  ctx: Context,
  id: number,
  fingerprint: string | null,
  since: Date,
): Promise<{ state: InboundState; duplicateOf: { id: number; ticket: number | null; entry: number | null } | null } | null> {
  const { rows } = await sql<{
    state: InboundState | null
    duplicate_id: number | null
    duplicate_ticket: number | null
    duplicate_entry: number | null
  }>`select * from begin_inbound(${id}, ${fingerprint}, ${since})`.execute(ctx.db)
  const row = rows[0]
  if (!row?.state) return null
  const { duplicate_id, duplicate_ticket: ticket, duplicate_entry: entry } = row
  return { state: row.state, duplicateOf: duplicate_id === null ? null : { id: duplicate_id, ticket, entry } }
}

export async function writeSettled(ctx: Context, id: number, settled: Settled): Promise<void> {
  await writeLater(
    ctx,
    sql`update inbound_message set state = ${settled.state}, reason = ${JSON.stringify(settled.reason)}::jsonb, verdict = ${settled.verdict},
      verdict_reason = ${settled.verdictReason ? JSON.stringify(settled.verdictReason) : null}::jsonb,
      summary = ${settled.summary ? JSON.stringify(settled.summary) : null}::jsonb, message_id = ${settled.messageId?.slice(0, 998) ?? null},
      fingerprint = ${settled.fingerprint}, ticket_id = ${settled.ticket}, entry_id = ${settled.entry}, processed_at = ${ctx.clock.now()}
      where id = ${id}`,
  )
}
