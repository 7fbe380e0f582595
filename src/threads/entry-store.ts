import { sql } from 'kysely'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import type { Context } from '#core/context.ts'

export type EntryKind = 'message' | 'response' | 'note'
/** Of a note: what went to somebody outside the ticket, or came from them. */
export type EntrySide = 'forward' | 'third_party'
export type EntryChannel = 'email' | 'web' | 'api' | 'phone' | 'agent'

export interface Recipients {
  to: Array<{ name: string; address: string }>
  cc: Array<{ name: string; address: string }>
}

export interface NewEntry {
  kind: EntryKind
  side?: EntrySide | null
  channel: EntryChannel
  author: { kind: 'agent' | 'user' | 'system'; id: number | null; name: string; address: string | null }
  bodyText: string
  bodyHtml?: string | null
  /** Without quoted history and signature, when something was cut. */
  visibleText?: string | null
  visibleHtml?: string | null
  recipients?: Recipients | null
  verdict?: Verdict | null
  isFlagged?: boolean
  inboundMessageId?: number | null
  /** Null while it can still be withdrawn. */
  releasedAt: Date | null
  sendsAt?: Date | null
  statusOnRelease?: number | null
  /** Message-ID by which answers find this thread, without angle brackets. */
  messageId?: string | null
}

const entryValues = (
  ctx: Context,
  entry: NewEntry,
) => sql`${entry.kind}, ${entry.channel}, ${entry.author.kind}, ${entry.author.id}::bigint, ${entry.author.name},
  ${entry.author.address}, ${clean(entry.bodyText)}, ${clean(entry.bodyHtml)}, ${clean(entry.visibleText)}, ${clean(entry.visibleHtml)},
  ${entry.recipients ? JSON.stringify(entry.recipients) : null}::jsonb, ${entry.verdict ?? null}, ${entry.isFlagged ?? false}::boolean,
  ${entry.inboundMessageId ?? null}::bigint, ${ctx.clock.now()}::timestamptz, ${entry.releasedAt}::timestamptz, ${entry.sendsAt ?? null}::timestamptz, ${entry.statusOnRelease ?? null}::bigint, ${entry.side ?? null}::text`

const COLUMNS = sql`thread_id, kind, channel, author_kind, author_id, author_name, author_address, body_text, body_html, visible_text, visible_html,
  recipients, verdict, is_flagged, inbound_message_id, created_at, released_at, sends_at, status_on_release, side`

/** PostgreSQL text holds no NUL. */
function clean<T extends string | null | undefined>(text: T): string | null {
  return text == null ? null : text.includes('\u0000') ? text.replaceAll('\u0000', '\ufffd') : text
}

/** A thread with its first entry, in one statement. */
export async function insertThread(ctx: Context, ownerKind: string, entry: NewEntry): Promise<{ thread: number; entry: number }> {
  const { rows } = await sql<{ thread: number; entry: number }>`with t as (
      insert into thread (owner_kind, created_at) values (${ownerKind}, ${ctx.clock.now()}) returning id
    ), e as (
      insert into thread_entry (${COLUMNS}) select t.id, ${entryValues(ctx, entry)} from t returning id, thread_id
    ), r as (
      insert into message_reference (message_id, thread_id, entry_id) select ${entry.messageId ?? null}::text, e.thread_id, e.id from e
      where ${entry.messageId ?? null}::text is not null
    )
    select thread_id as thread, id as entry from e`.execute(ctx.db)
  return { thread: Number(rows[0]!.thread), entry: Number(rows[0]!.entry) }
}

export async function insertEntry(ctx: Context, thread: number, entry: NewEntry): Promise<number> {
  const { rows } = await sql<{ id: number }>`with e as (
      insert into thread_entry (${COLUMNS}) values (${thread}, ${entryValues(ctx, entry)}) returning id, thread_id
    ), r as (
      insert into message_reference (message_id, thread_id, entry_id) select ${entry.messageId ?? null}::text, e.thread_id, e.id from e
      where ${entry.messageId ?? null}::text is not null on conflict do nothing
    )
    select id from e`.execute(ctx.db)
  return Number(rows[0]!.id)
}

export async function insertReference(ctx: Context, messageId: string, thread: number, entry: number | null): Promise<void> {
  await ctx.db
    .insertInto('message_reference')
    .values({ message_id: messageId, thread_id: thread, entry_id: entry })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export interface Entry {
  id: number
  threadId: number
  kind: EntryKind
  side: EntrySide | null
  channel: EntryChannel
  author: { kind: 'agent' | 'user' | 'system'; id: number | null; name: string; address: string | null }
  bodyText: string
  bodyHtml: string | null
  visibleText: string | null
  visibleHtml: string | null
  recipients: Recipients | null
  verdict: Verdict | null
  isFlagged: boolean
  inboundMessageId: number | null
  /** The thread it was written in, when a merge or split brought it here. */
  originThreadId: number | null
  createdAt: Date
  releasedAt: Date | null
  sendsAt: Date | null
  statusOnRelease: number | null
}

const columns = [
  'id',
  'thread_id',
  'kind',
  'channel',
  'author_kind',
  'author_id',
  'author_name',
  'author_address',
  'body_text',
  'body_html',
  'visible_text',
  'visible_html',
  'recipients',
  'verdict',
  'is_flagged',
  'inbound_message_id',
  'origin_thread_id',
  'created_at',
  'released_at',
  'sends_at',
  'status_on_release',
  'side',
] as const

type Row = {
  id: number
  thread_id: number
  kind: EntryKind
  channel: EntryChannel
  author_kind: 'agent' | 'user' | 'system'
  author_id: number | null
  author_name: string
  author_address: string | null
  body_text: string
  body_html: string | null
  visible_text: string | null
  visible_html: string | null
  recipients: unknown
  verdict: Verdict | null
  is_flagged: boolean
  inbound_message_id: number | null
  origin_thread_id: number | null
  created_at: Date
  released_at: Date | null
  sends_at: Date | null
  status_on_release: number | null
  side: EntrySide | null
}

const fromRow = (row: Row): Entry => ({
  id: row.id,
  threadId: row.thread_id,
  kind: row.kind,
  side: row.side,
  channel: row.channel,
  author: { kind: row.author_kind, id: row.author_id, name: row.author_name, address: row.author_address },
  bodyText: row.body_text,
  bodyHtml: row.body_html,
  visibleText: row.visible_text,
  visibleHtml: row.visible_html,
  recipients: row.recipients as Recipients | null,
  verdict: row.verdict,
  isFlagged: row.is_flagged,
  inboundMessageId: row.inbound_message_id,
  originThreadId: row.origin_thread_id,
  createdAt: row.created_at,
  releasedAt: row.released_at,
  sendsAt: row.sends_at,
  statusOnRelease: row.status_on_release,
})

/**
 * Entries of a thread, oldest first. Customers get what was released and is no note. `before` pages towards the beginning.
 */
export async function selectEntries(
  ctx: Context,
  thread: number,
  options: { audience: 'agent' | 'customer'; limit?: number; before?: number; after?: number },
): Promise<Entry[]> {
  const rows = await ctx.db
    .selectFrom('thread_entry')
    .select(columns)
    .where('thread_id', '=', thread)
    .where('deleted_at', 'is', null)
    .$if(options.audience === 'customer', (query) => query.where('kind', '<>', 'note').where('released_at', 'is not', null))
    .$if(options.before !== undefined, (query) => query.where('id', '<', options.before!))
    .$if(options.after !== undefined, (query) => query.where('id', '>', options.after!))
    .orderBy('id', 'desc')
    .limit(options.limit ?? 200)
    .execute()
  return rows.map(fromRow).reverse()
}

export async function selectEntry(ctx: Context, id: number, lock = false): Promise<Entry | null> {
  const row = await ctx.db
    .selectFrom('thread_entry')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .$if(lock, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

export async function selectFirstEntryId(ctx: Context, thread: number): Promise<number | null> {
  const row = await ctx.db
    .selectFrom('thread_entry')
    .select((eb) => eb.fn.min('id').as('id'))
    .where('thread_id', '=', thread)
    .executeTakeFirst()
  return row?.id == null ? null : Number(row.id)
}

export async function updateEntry(
  ctx: Context,
  id: number,
  set: {
    kind?: EntryKind
    released_at?: Date | null
    sends_at?: Date | null
    status_on_release?: number | null
    deleted_at?: Date | null
    body_html?: string
    visible_html?: string | null
  },
): Promise<void> {
  await ctx.db.updateTable('thread_entry').set(set).where('id', '=', id).execute()
}

/** Message-IDs of a thread that its customer knows, oldest first, at most the newest `limit`: a note's mail is nobody's business outside. */
export async function selectMessageIds(ctx: Context, thread: number, limit: number): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('message_reference')
    .leftJoin('thread_entry', 'thread_entry.id', 'message_reference.entry_id')
    .select('message_reference.message_id')
    .where('message_reference.thread_id', '=', thread)
    .where((eb) => eb.or([eb('thread_entry.id', 'is', null), eb('thread_entry.kind', '<>', 'note')]))
    .where('thread_entry.deleted_at', 'is', null)
    .orderBy('message_reference.entry_id', (order) => order.desc().nullsLast())
    .limit(limit)
    .execute()
  return rows.map((row) => row.message_id).reverse()
}

/** Entries that others than this agent added to the conversation after one. */
export async function selectArrivals(ctx: Context, thread: number, after: number, agent: number | null): Promise<Entry[]> {
  const rows = await ctx.db
    .selectFrom('thread_entry')
    .select(columns)
    .where('thread_id', '=', thread)
    .where('id', '>', after)
    .where('kind', '<>', 'note')
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('author_kind', '<>', 'agent'), eb('author_id', 'is distinct from', agent)]))
    .orderBy('id')
    .limit(20)
    .execute()
  return rows.map(fromRow)
}

/** The newest entry of the customer's side; without doubtful ones where it is to be quoted to somebody. */
export async function selectLastMessage(ctx: Context, thread: number, options: { trusted: boolean }): Promise<Entry | null> {
  const row = await ctx.db
    .selectFrom('thread_entry')
    .select(columns)
    .where('thread_id', '=', thread)
    .where('kind', '=', 'message')
    .where('deleted_at', 'is', null)
    .$if(options.trusted, (query) => query.where('is_flagged', '=', false))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

/** What was posted and has not left, oldest first. */
export async function selectUnreleased(ctx: Context, thread: number): Promise<Entry[]> {
  const rows = await ctx.db
    .selectFrom('thread_entry')
    .select(columns)
    .where('thread_id', '=', thread)
    .where('released_at', 'is', null)
    .where('sends_at', 'is not', null)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(fromRow)
}

/** Entries that are still there, before the one given. */
export async function countBefore(ctx: Context, thread: number, before: number): Promise<number> {
  const row = await ctx.db
    .selectFrom('thread_entry')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('thread_id', '=', thread)
    .where('deleted_at', 'is', null)
    .where('id', '<', before)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** A status set by hand after a reply was posted stands: what the reply asked for is forgotten. */
export async function clearStatusOnRelease(ctx: Context, thread: number): Promise<void> {
  await ctx.db
    .updateTable('thread_entry')
    .set({ status_on_release: null })
    .where('thread_id', '=', thread)
    .where('kind', '=', 'response')
    .where('released_at', 'is', null)
    .where('status_on_release', 'is not', null)
    .execute()
}
