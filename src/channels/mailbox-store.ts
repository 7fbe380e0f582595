import { createHash } from 'node:crypto'
import type { Context } from '#core/context.ts'
import { GraphSettings, ImapServer, type SmtpServer } from './mailbox-input.ts'
import { readTrouble, type Trouble } from './trouble.ts'

export interface MailboxRow {
  id: number
  address: string
  name: string
  department: number
  isActive: boolean
  imap: ImapServer | null
  smtp: SmtpServer | null
  graph: GraphSettings | null
  hasImapPassword: boolean
  hasSmtpPassword: boolean
  takeFrom: Date
  lastPolledAt: Date | null
  trouble: Trouble | null
  troubleSince: Date | null
  /** Mails that wait on the server, and when the oldest of them came there. */
  waitingMails: number
  oldestWaitingAt: Date | null
  lastMailAt: Date | null
  silentAfterHours: number | null
  createdAt: Date
}

/** Rows of earlier versions know fewer settings. */
const imapOf = (stored: unknown): ImapServer | null => (stored === null ? null : ImapServer.parse(stored))
const graphOf = (stored: unknown): GraphSettings | null => (stored === null ? null : GraphSettings.parse(stored))

const SEALED = 'mailbox-password'

export const sealPassword = (ctx: Context, password: string): string => ctx.site.keys.seal(SEALED, password)

/** '' when nothing is stored. Throws when the site key has changed. */
const openPassword = (ctx: Context, sealed: string | null): string => (sealed ? ctx.site.keys.open(SEALED, sealed) : '')

export async function mailboxRows(ctx: Context, id?: number): Promise<MailboxRow[]> {
  const rows = await ctx.db
    .selectFrom('mailbox')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('inbound_message')
        .select('received_at')
        .whereRef('inbound_message.mailbox_id', '=', 'mailbox.id')
        .orderBy('inbound_message.id', 'desc')
        .limit(1)
        .as('last_mail_at'),
    )
    .where('archived_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    address: row.address,
    name: row.name,
    department: row.department_id,
    isActive: row.is_active,
    imap: imapOf(row.imap),
    smtp: row.smtp as SmtpServer | null,
    graph: graphOf(row.graph),
    hasImapPassword: row.imap_secret !== null,
    hasSmtpPassword: row.smtp_secret !== null,
    takeFrom: row.take_from ?? row.created_at,
    lastPolledAt: row.last_polled_at,
    trouble: readTrouble(row.last_error),
    troubleSince: row.last_error_at,
    waitingMails: row.waiting_mails,
    oldestWaitingAt: row.oldest_waiting_at,
    lastMailAt: row.last_mail_at,
    silentAfterHours: row.silent_after_hours,
    createdAt: row.created_at,
  }))
}

/** Passwords, opened: for connecting only. */
export async function mailboxPasswords(ctx: Context, id: number): Promise<{ imap: string; smtp: string }> {
  const row = await ctx.db.selectFrom('mailbox').select(['imap_secret', 'smtp_secret']).where('id', '=', id).executeTakeFirst()
  return { imap: openPassword(ctx, row?.imap_secret ?? null), smtp: openPassword(ctx, row?.smtp_secret ?? null) }
}

export interface SendingLimits {
  connections: number
  /** null: as fast as the server takes them. */
  perMinute: number | null
}

export interface SendingServer {
  settings: SmtpServer
  limits?: SendingLimits
  password: string
  /** The mailbox whose token signs in instead of a password. */
  oauth?: number
}

/** How messages of a mailbox leave. */
export type SendingWay = { by: 'smtp'; server: SendingServer } | { by: 'graph'; mailbox: number; settings: GraphSettings }

/** The way of an active mailbox, or of the first that has one when `id` is null; null when there is none. */
export async function sendingWayOf(ctx: Context, id: number | null): Promise<SendingWay | null> {
  const row = await ctx.db
    .selectFrom('mailbox')
    .select(['id', 'smtp', 'smtp_secret', 'graph', 'connections', 'messages_per_minute as perMinute'])
    .where('archived_at', 'is', null)
    .where((eb) => eb.or([eb('smtp', 'is not', null), eb('graph', 'is not', null)]))
    .$if(id !== null, (query) => query.where('id', '=', id!))
    .$if(id === null, (query) => query.where('is_active', '=', true))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  if (row.graph) return { by: 'graph', mailbox: row.id, settings: GraphSettings.parse(row.graph) }
  const settings = row.smtp as unknown as SmtpServer
  return {
    by: 'smtp',
    server: {
      settings,
      limits: { connections: row.connections, perMinute: row.perMinute },
      password: openPassword(ctx, row.smtp_secret),
      ...(settings.auth === 'oauth' ? { oauth: row.id } : {}),
    },
  }
}

export interface Watched {
  id: number
  address: string
  imap: ImapServer
  password: string
  takeFrom: Date
  lastPolledAt: Date | null
  createdAt: Date
}

/** Mailboxes to fetch from, each with a revision that changes with anything a watcher depends on; none that nobody has signed in yet. */
export async function watchedRows(ctx: Context): Promise<{ id: number; by: 'imap' | 'pop3' | 'graph'; revision: string }[]> {
  const rows = await ctx.db
    .selectFrom('mailbox')
    .leftJoin('mailbox_grant as g', 'g.mailbox_id', 'mailbox.id')
    .select(['id', 'address', 'imap', 'imap_secret', 'graph', 'take_from', 'g.settings', 'g.client_secret', 'g.signed_in_at'])
    .select((eb) => eb('g.refresh_token', 'is not', null).as('signedIn'))
    .where('is_active', '=', true)
    .where('archived_at', 'is', null)
    .where((eb) => eb.or([eb('imap', 'is not', null), eb('graph', 'is not', null)]))
    .orderBy('id')
    .execute()
  return rows
    .filter((row) => {
      const byToken = row.graph !== null || (row.imap as ImapServer | null)?.auth === 'oauth'
      return !byToken || row.signedIn || (row.settings as { grant?: string } | null)?.grant === 'client_credentials'
    })
    .map((row) => ({
      id: row.id,
      by: row.graph ? ('graph' as const) : (imapOf(row.imap)?.protocol ?? ('imap' as const)),
      revision: createHash('sha256')
        .update(
          JSON.stringify([
            row.address,
            row.imap,
            row.imap_secret,
            row.graph,
            row.take_from,
            row.settings,
            row.client_secret,
            row.signed_in_at,
          ]),
        )
        .digest('base64url'),
    }))
}

export async function watchedRow(ctx: Context, id: number): Promise<Watched | null> {
  const row = await ctx.db
    .selectFrom('mailbox')
    .select(['id', 'address', 'imap', 'imap_secret', 'take_from', 'last_polled_at', 'created_at'])
    .where('id', '=', id)
    .where('is_active', '=', true)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!row?.imap) return null
  return {
    id: row.id,
    address: row.address,
    imap: ImapServer.parse(row.imap),
    password: openPassword(ctx, row.imap_secret),
    takeFrom: row.take_from ?? row.created_at,
    lastPolledAt: row.last_polled_at,
    createdAt: row.created_at,
  }
}

export interface Cursor {
  uidValidity: number | null
  lastUid: number
  lastPolledAt: Date | null
}

export async function readCursor(ctx: Context, id: number): Promise<Cursor> {
  const row = await ctx.db
    .selectFrom('mailbox')
    .select(['uid_validity', 'last_uid', 'last_polled_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return { uidValidity: row.uid_validity, lastUid: row.last_uid ?? 0, lastPolledAt: row.last_polled_at }
}

export async function writeCursor(ctx: Context, id: number, cursor: { uidValidity: number; lastUid: number }): Promise<void> {
  await ctx.db
    .updateTable('mailbox')
    .set({
      uid_validity: cursor.uidValidity,
      last_uid: cursor.lastUid,
      last_polled_at: ctx.clock.now(),
      waiting_mails: 0,
      oldest_waiting_at: null,
    })
    .where('id', '=', id)
    .execute()
}

/** How many mails wait on the server, while they are being taken. */
export async function writeBacklog(ctx: Context, id: number, at: { waiting: number; oldest: Date | null }): Promise<void> {
  await ctx.db
    .updateTable('mailbox')
    .set({ waiting_mails: at.waiting, oldest_waiting_at: at.oldest })
    .where('id', '=', id)
    .execute()
}

/** All that was there has been taken. */
export async function writePolled(ctx: Context, id: number): Promise<void> {
  await ctx.db
    .updateTable('mailbox')
    .set({ last_polled_at: ctx.clock.now(), waiting_mails: 0, oldest_waiting_at: null })
    .where('id', '=', id)
    .execute()
}

/** Returns when the trouble began; the first of a row of failures counts. */
export async function writeTrouble(ctx: Context, id: number, trouble: Trouble): Promise<Date> {
  const row = await ctx.db
    .updateTable('mailbox')
    .set((eb) => ({
      last_error: JSON.stringify(trouble),
      last_error_at: eb.fn.coalesce('last_error_at', eb.val(ctx.clock.now())),
    }))
    .where('id', '=', id)
    .returning('last_error_at')
    .executeTakeFirst()
  return row?.last_error_at ?? ctx.clock.now()
}

/** Since when there had been trouble, or null when there was none to clear. */
export async function clearTrouble(ctx: Context, id: number): Promise<Date | null> {
  const row = await ctx.db
    .selectFrom('mailbox')
    .select('last_error_at')
    .where('id', '=', id)
    .where('last_error', 'is not', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) return null
  await ctx.db.updateTable('mailbox').set({ last_error: null, last_error_at: null }).where('id', '=', id).execute()
  return row.last_error_at
}

export interface WatchedGraph {
  id: number
  address: string
  graph: GraphSettings
  cursor: string | null
  takeFrom: Date
  lastPolledAt: Date | null
  createdAt: Date
}

export async function watchedGraphRow(ctx: Context, id: number): Promise<WatchedGraph | null> {
  const row = await ctx.db
    .selectFrom('mailbox')
    .select(['id', 'address', 'graph', 'graph_cursor', 'take_from', 'last_polled_at', 'created_at'])
    .where('id', '=', id)
    .where('is_active', '=', true)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!row?.graph) return null
  return {
    id: row.id,
    address: row.address,
    graph: GraphSettings.parse(row.graph),
    cursor: row.graph_cursor,
    takeFrom: row.take_from ?? row.created_at,
    lastPolledAt: row.last_polled_at,
    createdAt: row.created_at,
  }
}

/** `link` null: the server forgot where we were. */
export async function writeGraphCursor(ctx: Context, id: number, link: string | null): Promise<void> {
  await ctx.db
    .updateTable('mailbox')
    .set({ graph_cursor: link, ...(link === null ? {} : { last_polled_at: ctx.clock.now() }) })
    .where('id', '=', id)
    .execute()
}
