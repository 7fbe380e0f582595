import { createHash } from 'node:crypto'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { mailboxFailing, mailboxRecovered } from './channel-events.ts'
import type { ImapSession, MailHead } from './email/imap-session.ts'
import {
  type Cursor,
  clearTrouble,
  readCursor,
  type Watched,
  watchedRow,
  watchedRows,
  writeBacklog,
  writeCursor,
  writeTrouble,
} from './mailbox-store.ts'
import {
  junkKeyOf,
  keepSecondCopy,
  knownBlobs,
  knownSourceKeys,
  type PostLane,
  parkRaw,
  receiveRaw,
  wholeSourceKeys,
} from './receive-raw.ts'
import type { Trouble } from './trouble.ts'

export type { Watched } from './mailbox-store.ts'

const CHUNK_BYTES = 8 * 1024 * 1024
/** A mail that could not be fetched this often is suspended without its bytes, so that those behind it come in. */
const TRIES = 4
/** How much of a mail over the limit is kept for a person to look at. */
const BEGINNING_BYTES = 256 * 1024
/** People are told of a mailbox that fails for this long. */
const TELL_AFTER_SECONDS = 300

/** Mailboxes to fetch from; `revision` changes with anything a watcher depends on. */
export const watchedMailboxes = (ctx: Context): Promise<{ id: number; by: 'imap' | 'pop3' | 'graph'; revision: string }[]> =>
  watchedRows(ctx)

/** What a watcher connects with, or null when the mailbox is not to be watched any more. */
export const watchedMailbox = (ctx: Context, id: number): Promise<Watched | null> => watchedRow(ctx, id)

/** Failed tries by UID; lives as long as the watcher, across its connections. */
export type FetchTries = Map<number, number>

/**
 * Takes in what is new in an open folder: bytes, row and job first, then `\Seen`, then the cursor. Killed anywhere, the next call
 * repeats at most one chunk, and the key mailbox + folder + UIDVALIDITY + UID stops doubles (RFC 3501 section 2.3.1.1). Returns how
 * many were new. Rejects when the connection or the database fails.
 */
export async function fetchNewMail(
  ctx: Context,
  mailbox: Watched,
  session: ImapSession,
  tries: FetchTries,
  lane: PostLane | null = null,
): Promise<number> {
  const cursor = await readCursor(ctx, mailbox.id)
  const continuing = cursor.uidValidity === session.uidValidity
  const heads = continuing ? await session.after(cursor.lastUid) : await session.since(firstLook(mailbox, cursor))
  if (continuing && heads.length === 0) {
    // People see when a mailbox was last looked at; a look that found nothing counts, once a minute.
    if (!cursor.lastPolledAt || ctx.clock.now().getTime() - cursor.lastPolledAt.getTime() > 50_000) {
      await writeCursor(ctx, mailbox.id, { uidValidity: session.uidValidity, lastUid: cursor.lastUid })
    }
    return 0
  }
  const place = placeOf(mailbox)
  const keyOf = (uid: number): string => `imap:${mailbox.id}:${place}:${session.uidValidity}:${uid}`
  let fresh = 0
  let waiting = heads.length
  for (const chunk of chunks(heads, mailbox.imap.batch)) {
    // One screenful is taken faster than it is looked at.
    if (waiting > chunk.length) await writeBacklog(ctx, mailbox.id, { waiting, oldest: chunk[0]!.internalDate })
    waiting -= chunk.length
    const known = await knownSourceKeys(
      ctx,
      chunk.map((head) => keyOf(head.uid)),
    )
    const wanted = chunk.filter((head) => !known.has(keyOf(head.uid)))
    fresh += await takeChunk(ctx, mailbox, session, wanted, {
      keyOf,
      tries,
      lane,
      firstLook: !continuing,
    })
    crashPoint('before-ack')
    await finishOnServer(ctx, mailbox, session, chunk, keyOf)
    // On a first look the folder counts as read only when all of it was looked at.
    if (continuing) await writeCursor(ctx, mailbox.id, { uidValidity: session.uidValidity, lastUid: chunk.at(-1)!.uid })
  }
  if (!continuing) {
    const lastUid = Math.max(session.uidNext - 1, heads.at(-1)?.uid ?? 0)
    await writeCursor(ctx, mailbox.id, { uidValidity: session.uidValidity, lastUid })
  }
  return fresh
}

/** What a mailbox wants done with mail that is stored. What is stored without all of its octets stays where it is. */
async function finishOnServer(
  ctx: Context,
  mailbox: Watched,
  session: ImapSession,
  chunk: readonly MailHead[],
  keyOf: (uid: number) => string,
): Promise<void> {
  const { afterFetch, moveTo } = mailbox.imap
  let leaving: number[] = []
  if (afterFetch !== 'keep') {
    const whole = await wholeSourceKeys(
      ctx,
      chunk.map((head) => keyOf(head.uid)),
    )
    leaving = chunk.map((head) => head.uid).filter((uid) => whole.has(keyOf(uid)))
  }
  const unseen = chunk.filter((head) => !head.seen && !leaving.includes(head.uid)).map((head) => head.uid)
  if (unseen.length > 0) await session.markSeen(unseen)
  if (leaving.length === 0) return
  if (afterFetch === 'move') await session.move(leaving, moveTo)
  else await session.remove(leaving)
}

/**
 * The folder that a mailbox is read from, short: UIDVALIDITY tells only the lives of one folder apart (many servers start it at 1, or
 * at the second it was made), and a mailbox can be pointed at another account.
 */
const placeOf = ({ imap }: Watched): string =>
  createHash('sha256')
    .update(JSON.stringify([imap.host, imap.user, imap.folder]))
    .digest('base64url')
    .slice(0, 10)

/** The first connection looks back to when the mailbox was added; a folder whose UIDs were made anew, to shortly before it was last read. */
function firstLook(mailbox: Watched, cursor: Cursor): Date {
  if (cursor.uidValidity === null || cursor.lastPolledAt === null) return mailbox.takeFrom
  const back = addSeconds(cursor.lastPolledAt, -2 * 86_400)
  return back > mailbox.takeFrom ? back : mailbox.takeFrom
}

function* chunks(heads: readonly MailHead[], most: number): Generator<MailHead[]> {
  let chunk: MailHead[] = []
  let bytes = 0
  for (const head of heads) {
    if (chunk.length > 0 && (chunk.length >= most || bytes + head.size > CHUNK_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(head)
    bytes += head.size
  }
  if (chunk.length > 0) yield chunk
}

async function takeChunk(
  ctx: Context,
  mailbox: Watched,
  session: ImapSession,
  heads: readonly MailHead[],
  options: { keyOf: (uid: number) => string; tries: FetchTries; lane: PostLane | null; firstLook: boolean },
): Promise<number> {
  const { keyOf, tries } = options
  if (heads.length === 0) return 0
  const envelopeOf = (head: MailHead) => ({
    from: null,
    to: [],
    internalDate: head.internalDate.toISOString(),
    ...(head.internalDate.getTime() < Math.floor(mailbox.createdAt.getTime() / 1000) * 1000 ? { silent: true } : {}),
  })
  const park = async (head: MailHead, raw: Buffer, key: string): Promise<void> => {
    await parkRaw(ctx, {
      channel: 'email',
      sourceKey: keyOf(head.uid),
      mailbox: mailbox.id,
      raw,
      envelope: envelopeOf(head),
      reason: { key, params: { bytes: head.size, limit: ctx.site.limits.mailBytes } },
    })
  }
  // After a failure each mail comes alone, so that the blame falls on one.
  const alone = heads.some((head) => tries.has(head.uid))
  const groups: MailHead[][] = []
  const small = heads.filter((head) => head.size <= ctx.site.limits.mailBytes)
  if (alone) groups.push(...small.map((head) => [head]))
  else if (small.length > 0) groups.push(small)
  for (const head of heads) {
    if (head.size > ctx.site.limits.mailBytes)
      await park(head, await session.beginning(head.uid, BEGINNING_BYTES), 'mailTooLarge')
  }
  let fresh = 0
  for (const group of groups) {
    const given = group.filter((head) => (tries.get(head.uid) ?? 0) >= TRIES)
    for (const head of given) {
      await park(head, Buffer.alloc(0), 'mailUnreadable')
      tries.delete(head.uid)
    }
    const wanted = group.filter((head) => !given.includes(head))
    if (wanted.length === 0) continue
    let sources: Map<number, Buffer>
    try {
      sources = await session.sources(wanted.map((head) => head.uid))
    } catch (error) {
      for (const head of wanted) tries.set(head.uid, (tries.get(head.uid) ?? 0) + 1)
      throw error
    }
    // A folder that was numbered anew, or whose server has another name now, shows what it brought before under new keys: the same
    // octets are the same mail.
    const before = options.firstLook ? await knownBlobs(ctx, mailbox.id, [...sources.values()].map(nameOf)) : null
    // What a person took from junk is moved here afterwards.
    const fromJunk = await knownSourceKeys(
      ctx,
      [...sources.values()].map((raw) => junkKeyOf(mailbox.id, raw)),
    )
    for (const head of wanted) {
      const raw = sources.get(head.uid)
      // Moved or deleted by somebody meanwhile: theirs to decide.
      if (!raw || before?.has(nameOf(raw))) continue
      const sourceKey = keyOf(head.uid)
      const envelope = envelopeOf(head)
      const junkKey = junkKeyOf(mailbox.id, raw)
      if (fromJunk.has(junkKey)) {
        await keepSecondCopy(ctx, { sourceKey, envelope }, junkKey)
        continue
      }
      const taken = await receiveRaw(ctx, { channel: 'email', sourceKey, mailbox: mailbox.id, raw, envelope }, options.lane)
      tries.delete(head.uid)
      if (taken.fresh) fresh += 1
    }
  }
  return fresh
}

const nameOf = (raw: Buffer): string => createHash('sha256').update(raw).digest('hex')

/** The mailbox answers: clears what was wrong, and says so when people had been told. */
export async function noteMailboxWell(ctx: Context, id: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const since = await clearTrouble(ctx, id)
    // Of a short trouble nobody heard.
    if (!since || ctx.clock.now().getTime() - since.getTime() < TELL_AFTER_SECONDS * 1000) return
    await emit(ctx, mailboxRecovered({ subject: { kind: 'mailbox', id }, data: {}, facts: { internal: true } }))
  })
}

/** The mailbox cannot be read. `told` is what the last call returned; once it has lasted some minutes, one event is emitted. */
export async function noteMailboxTrouble(ctx: Context, id: number, trouble: Trouble, told: boolean): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const since = await writeTrouble(ctx, id, trouble)
    if (told || ctx.clock.now().getTime() - since.getTime() < TELL_AFTER_SECONDS * 1000) return told
    await emit(ctx, mailboxFailing({ subject: { kind: 'mailbox', id }, data: { key: trouble.key }, facts: { internal: true } }))
    return true
  })
}
