import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { transact } from '#core/transact.ts'
import { parseDate } from './email/parse-date.ts'
import type { Pop3Head, Pop3Session } from './email/pop3-session.ts'
import { type Watched, writeBacklog, writePolled } from './mailbox-store.ts'
import { knownSourceKeys, type PostLane, parkRaw, receiveRaw } from './receive-raw.ts'

/** A mail that could not be fetched this often is suspended without its bytes, so that those behind it come in. */
const TRIES = 4
/** How much of a mail over the limit is kept for a person to look at. */
const BEGINNING_LINES = 200
const CHUNK = 500

/** What a watcher remembers across its connections: failed tries, and what it need not ask the database for again. */
export interface Pop3Memory {
  tries: Map<string, number>
  known: Set<string>
}

/**
 * Takes in what is new in a POP3 mailbox, oldest first: bytes, row and job first, then DELE where the mailbox says so, which the
 * server carries out at QUIT. Killed anywhere, the next session repeats, and the key mailbox + account + UIDL stops doubles. On the
 * first look mail that is already there is left alone, or taken silently when it came within the days asked for. Returns how many
 * were new. Rejects when the connection or the database fails.
 */
export async function fetchPop3Mail(
  ctx: Context,
  mailbox: Watched,
  session: Pop3Session,
  memory: Pop3Memory,
  lane: PostLane | null = null,
): Promise<number> {
  const place = placeOf(mailbox)
  const keyOf = (uidl: string): string => `pop3:${mailbox.id}:${place}:${uidl}`
  const heads = await session.list()
  const left = await leftBehind(ctx, mailbox, place, heads, session)
  const there = heads.filter((head) => !left.has(head.uidl))
  await learnKnown(
    ctx,
    memory,
    there.map((head) => keyOf(head.uidl)),
  )
  const removes = mailbox.imap.afterFetch === 'delete'
  const wanted = there.filter((head) => !memory.known.has(keyOf(head.uidl)))
  // Stored before a session that ended without QUIT.
  if (removes) {
    const parked = await keptOnServer(ctx, mailbox.id, place)
    for (const head of there)
      if (memory.known.has(keyOf(head.uidl)) && !parked.has(keyOf(head.uidl))) await session.remove(head.number)
  }
  let fresh = 0
  for (const [index, head] of wanted.entries()) {
    if (index % mailbox.imap.batch === 0) await writeBacklog(ctx, mailbox.id, { waiting: wanted.length - index, oldest: null })
    const taken = await takeOne(ctx, mailbox, session, head, keyOf(head.uidl), memory, lane)
    if (taken === 'fresh') fresh += 1
    if (taken !== 'parked' && removes) await session.remove(head.number)
  }
  crashPoint('before-ack')
  await writePolled(ctx, mailbox.id)
  return fresh
}

const placeOf = ({ imap }: Watched): string =>
  createHash('sha256')
    .update(JSON.stringify([imap.host, imap.user, 'pop3']))
    .digest('base64url')
    .slice(0, 10)

async function takeOne(
  ctx: Context,
  mailbox: Watched,
  session: Pop3Session,
  head: Pop3Head,
  sourceKey: string,
  memory: Pop3Memory,
  lane: PostLane | null,
): Promise<'fresh' | 'known' | 'parked'> {
  const park = async (raw: Buffer, key: string): Promise<'parked'> => {
    const params = { bytes: head.size, limit: ctx.site.limits.mailBytes }
    const envelope = { from: null, to: [] }
    await parkRaw(ctx, { channel: 'email', sourceKey, mailbox: mailbox.id, raw, envelope, reason: { key, params } })
    memory.known.add(sourceKey)
    memory.tries.delete(sourceKey)
    return 'parked'
  }
  if (head.size > ctx.site.limits.mailBytes)
    return park((await session.beginning(head.number, BEGINNING_LINES)) ?? Buffer.alloc(0), 'mailTooLarge')
  const tried = memory.tries.get(sourceKey) ?? 0
  if (tried >= TRIES) return park(Buffer.alloc(0), 'mailUnreadable')
  // Counted before, so that a connection that breaks on this mail counts.
  memory.tries.set(sourceKey, tried + 1)
  const raw = await session.retrieve(head.number)
  if (!raw) return 'parked'
  const cameAt = receivedAt(raw)
  const silent = cameAt !== null && cameAt.getTime() < Math.floor(mailbox.createdAt.getTime() / 1000) * 1000
  const envelope = { from: null, to: [], ...(cameAt && silent ? { silent, internalDate: cameAt.toISOString() } : {}) }
  const message = { channel: 'email', sourceKey, mailbox: mailbox.id, raw, envelope }
  const taken = await receiveRaw(ctx, message, lane)
  memory.tries.delete(sourceKey)
  memory.known.add(sourceKey)
  return taken.fresh ? 'fresh' : 'known'
}

/** When the server in front of the mailbox took a mail: the topmost Received field (RFC 5321 section 4.4). null when it says nothing. */
export function receivedAt(raw: Buffer): Date | null {
  const header = raw.toString('latin1', 0, Math.min(raw.length, 65_536)).split(/\r?\n\r?\n/, 1)[0]!
  const field = /^Received:((?:[^\r\n]|\r?\n[ \t])*)/im.exec(header)?.[1]
  const date = field?.slice(field.lastIndexOf(';') + 1)
  return date ? parseDate(date.replace(/\r?\n/g, '').trim()) : null
}

/** The mails that were there when the mailbox was connected and are not asked for; decided and written down once. */
async function leftBehind(
  ctx: Context,
  mailbox: Watched,
  place: string,
  heads: readonly Pop3Head[],
  session: Pop3Session,
): Promise<ReadonlySet<string>> {
  if (mailbox.lastPolledAt !== null) {
    const rows = await ctx.db
      .selectFrom('pop3_left')
      .select('uidl')
      .where('mailbox_id', '=', mailbox.id)
      .where('place', '=', place)
      .execute()
    return new Set(rows.map((row) => row.uidl))
  }
  const left = new Set<string>()
  for (const head of heads) {
    const beginning = await session.beginning(head.number, 0)
    const came = beginning && receivedAt(beginning)
    if (!came || came < mailbox.takeFrom) left.add(head.uidl)
  }
  await transact(ctx, async (ctx) => {
    await ctx.db.deleteFrom('pop3_left').where('mailbox_id', '=', mailbox.id).execute()
    await sql`insert into pop3_left (mailbox_id, place, uidl)
      select ${mailbox.id}::bigint, ${place}::text, unnest(${[...left]}::text[]) on conflict do nothing`.execute(ctx.db)
    await writePolled(ctx, mailbox.id)
  })
  mailbox.lastPolledAt = ctx.clock.now()
  return left
}

/** Suspended without all of their octets: these stay on the server whatever the mailbox says. */
async function keptOnServer(ctx: Context, mailbox: number, place: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ source_key: string }>`select source_key from inbound_message
    where mailbox_id = ${mailbox} and source_key like ${`pop3:${mailbox}:${place}:%`} and reason->>'key' in ('mailTooLarge', 'mailUnreadable')`.execute(
    ctx.db,
  )
  return new Set(rows.map((row) => row.source_key))
}

async function learnKnown(ctx: Context, memory: Pop3Memory, keys: readonly string[]): Promise<void> {
  const asked = keys.filter((key) => !memory.known.has(key))
  for (let at = 0; at < asked.length; at += CHUNK)
    for (const key of await knownSourceKeys(ctx, asked.slice(at, at + CHUNK))) memory.known.add(key)
  // What is gone from the server need not be remembered.
  const there = new Set(keys)
  for (const key of memory.known) if (!there.has(key)) memory.known.delete(key)
}
