import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import { transact } from '#core/transact.ts'
import { inboundDropped, outboundRetried } from './channel-events.ts'
import type { InboundReason, InboundState, InboundSummary, VerdictNote } from './inbound-store.ts'
import type { OutboundKind, OutboundState, StoredContent } from './outbound-message.ts'
import { releaseOutbound } from './outbound-store.ts'

const PAGE = 50

export interface InboundLogRow {
  id: number
  receivedAt: Date
  channel: string
  mailbox: string | null
  state: InboundState
  reason: InboundReason | null
  verdict: string | null
  verdictReason: VerdictNote | null
  summary: InboundSummary | null
  size: number
  /** Number of the ticket it landed on. */
  ticket: string | null
}

/** What came in, newest first, and why it landed where it did. Errors: Forbidden. */
export async function inboundLog(
  ctx: Context,
  options: { state?: InboundState | null; cursor?: string | null } = {},
): Promise<Page<InboundLogRow>> {
  if (!ctx.actor.administrator) throw forbidden()
  const after = options.cursor ? Number(readCursor(options.cursor, 1)[0]) : null
  const rows = await ctx.db
    .selectFrom('inbound_message as m')
    .leftJoin('mailbox', 'mailbox.id', 'm.mailbox_id')
    .leftJoin('ticket', 'ticket.id', 'm.ticket_id')
    .select(['m.id', 'm.received_at', 'm.channel', 'm.state', 'm.reason', 'm.verdict', 'm.verdict_reason', 'm.summary', 'm.size'])
    .select(['mailbox.address as mailbox', 'ticket.number as ticket'])
    .$if(options.state != null, (query) => query.where('m.state', '=', options.state!))
    .$if(after !== null, (query) => query.where('m.id', '<', after!))
    .orderBy('m.id', 'desc')
    .limit(PAGE + 1)
    .execute()
  return page(
    rows.map((row) => ({
      id: row.id,
      receivedAt: row.received_at,
      channel: row.channel,
      mailbox: row.mailbox,
      state: row.state,
      reason: row.reason as InboundReason | null,
      verdict: row.verdict,
      verdictReason: row.verdict_reason as VerdictNote | null,
      summary: row.summary as InboundSummary | null,
      size: Number(row.size),
      ticket: row.ticket,
    })),
  )
}

export interface OutboundLogRow {
  id: number
  createdAt: Date
  kind: OutboundKind
  to: string
  subject: string
  state: OutboundState
  sendsAt: Date
  sentAt: Date | null
  attempts: number
  failure: string | null
  lastError: string | null
  ticket: string | null
}

export interface OutboundSearch {
  state?: OutboundState | null
  /** Part of a recipient or subject, or a ticket's number. */
  q?: string | null
  /** Written from this moment on, and before that one. */
  from?: Date | null
  to?: Date | null
}

/** What went out or waits, newest first. Bodies are not among it. Errors: Forbidden. */
export async function outboundLog(
  ctx: Context,
  options: OutboundSearch & { cursor?: string | null } = {},
): Promise<Page<OutboundLogRow>> {
  if (!ctx.actor.administrator) throw forbidden()
  const after = options.cursor ? Number(readCursor(options.cursor, 1)[0]) : null
  const words = (options.q ?? '').trim().slice(0, 200)
  const like = `%${words.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await ctx.db
    .selectFrom('outbound_message as m')
    .leftJoin('ticket', 'ticket.id', 'm.ticket_id')
    .select([
      'm.id',
      'm.created_at',
      'm.kind',
      'm.recipient',
      'm.state',
      'm.sends_at',
      'm.sent_at',
      'm.attempts',
      'm.failure',
      'm.last_error',
    ])
    .select(sql<StoredContent['subject']>`m.content ->> 'subject'`.as('subject'))
    .select('ticket.number as ticket')
    .$if(options.state != null, (query) => query.where('m.state', '=', options.state!))
    .$if(!!options.from, (query) => query.where('m.created_at', '>=', options.from!))
    .$if(!!options.to, (query) => query.where('m.created_at', '<', options.to!))
    .$if(words !== '', (query) =>
      query.where((eb) =>
        eb.or([
          eb(sql`m.content ->> 'subject'`, 'ilike', like),
          eb(sql`concat_ws(' ', m.recipient, m.content ->> 'to', m.content ->> 'cc', m.content ->> 'bcc')`, 'ilike', like),
          eb('ticket.number', '=', words.replace(/^#/, '')),
        ]),
      ),
    )
    .$if(after !== null, (query) => query.where('m.id', '<', after!))
    .orderBy('m.id', 'desc')
    .limit(PAGE + 1)
    .execute()
  return page(
    rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      kind: row.kind,
      to: row.recipient,
      subject: row.subject,
      state: row.state,
      sendsAt: row.sends_at,
      sentAt: row.sent_at,
      attempts: row.attempts,
      failure: row.failure,
      lastError: row.last_error,
      ticket: row.ticket,
    })),
  )
}

function page<R extends { id: number }>(rows: R[]): Page<R> {
  const shown = rows.slice(0, PAGE)
  return { rows: shown, next: rows.length > PAGE ? writeCursor([shown.at(-1)!.id]) : null }
}

/** A message as it came, for whoever must judge it. Errors: Forbidden, NotFound. */
export async function accessInbound(ctx: Context, id: number): Promise<{ id: number; blob: string; size: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = await ctx.db.selectFrom('inbound_message').select(['id', 'blob', 'size']).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound()
  return { id: row.id, blob: row.blob, size: Number(row.size) }
}

/** How many messages wait for a person: suspended ones, and ones that do not leave. Errors: Forbidden. */
export async function mailTrouble(ctx: Context): Promise<{ parked: number; held: number; failed: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const { rows } = await sql<{ parked: number; held: number; failed: number }>`select
    (select count(*)::int from inbound_message where state = 'parked') as parked,
    (select count(*)::int from outbound_message where state = 'held') as held,
    (select count(*)::int from outbound_message where state = 'failed') as failed`.execute(ctx.db)
  return rows[0]!
}

/** How many mails are suspended, for administrators and managers (who may delete in some department); null for everybody else. */
export async function suspendedCount(ctx: Context): Promise<number | null> {
  if (!ctx.actor.administrator && !ctx.actor.may('ticket.delete')) return null
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from inbound_message where state = 'parked'`.execute(ctx.db)
  return rows[0]!.n
}

/** Tries a message that is held, failed, or waits for its next try, again at once with the same bytes. Errors: Forbidden, NotFound, Conflict. */
export async function retryOutbound(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('outbound_message')
      .select(['state', 'attempts'])
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw notFound()
    // What waits for its time, or may still be taken back, is not the mail log's to send.
    if (row.state === 'waiting' && row.attempts === 0) throw new AppError('conflict', 'nothingToTry')
    if ((await releaseOutbound(ctx, { ids: [id], states: ['held', 'failed', 'waiting'] })) === 0)
      throw new AppError('conflict', 'nothingToTry')
    await emit(ctx, outboundRetried({ subject: { kind: 'outbound_message', id }, data: {}, facts: { internal: true } }))
  })
}

/** Puts a suspended message back in line, for whoever posts it now. Returns whether it was suspended. */
export async function unparkInbound(ctx: Context, id: number): Promise<boolean> {
  const row = await ctx.db
    .updateTable('inbound_message')
    .set({ state: 'received', processed_at: null })
    .where('id', '=', id)
    .where('state', '=', 'parked')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** "Delete" of a suspended message: it is posted nowhere; its bytes stay for as long as the mail log does. Errors: Forbidden, NotFound. */
export async function dropInbound(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('inbound_message')
      .set({ state: 'skipped', reason: JSON.stringify({ key: 'deleted_by_person' }), processed_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('state', '=', 'parked')
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notFound()
    await emit(ctx, inboundDropped({ subject: { kind: 'inbound_message', id }, data: {}, facts: { internal: true } }))
  })
}
