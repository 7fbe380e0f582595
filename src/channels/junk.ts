import type { Context } from '#core/context.ts'
import { egress } from '#core/egress.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { folderId, graphHost } from './email/graph-session.ts'
import { type JunkFolder, type JunkHead, openGraphJunk, openImapJunk } from './email/junk-folder.ts'
import { keysOf } from './fetch-graph.ts'
import { type MailboxRow, mailboxPasswords, mailboxRows } from './mailbox-store.ts'
import { mailboxToken } from './mailbox-token.ts'
import { junkKeyOf, type RawMessage } from './receive-raw.ts'
import { type Trouble, troubleOf } from './trouble.ts'

export type { JunkHead } from './email/junk-folder.ts'

/** How many mails of the folder are shown. */
export const JUNK_SHOWN = 50

/** Whether a mailbox has other folders than the one it is read from: POP3 and the listener know none. */
export const hasJunk = (mailbox: Pick<MailboxRow, 'imap' | 'graph'>): boolean =>
  mailbox.graph !== null || mailbox.imap?.protocol === 'imap'

export type Junk = { address: string; mails: JunkHead[]; trouble: null } | { address: string; mails: null; trouble: Trouble }

/** What a mailbox's provider sorted out as spam, newest first, read from the server now. Errors: Forbidden, NotFound. */
export async function showJunk(ctx: Context, mailbox: number): Promise<Junk> {
  const row = await accessJunk(ctx, mailbox)
  try {
    await using folder = await openJunk(ctx, row)
    return { address: row.address, mails: await folder.newest(JUNK_SHOWN), trouble: null }
  } catch (error) {
    return { address: row.address, mails: null, trouble: troubleOf(error, serverOf(row)) }
  }
}

/**
 * Hands one mail of the folder to `keep`, and puts it where the mailbox is read from once that has resolved. `moved` is false when
 * the server would not have it. Errors: Forbidden, NotFound, TooLarge, Conflict (it lies there no more), Unavailable with a Trouble
 * as its detail; and those of `keep`.
 */
export async function withJunkMail<T>(
  ctx: Context,
  input: { mailbox: number; ref: string },
  keep: (message: RawMessage) => Promise<T>,
): Promise<{ kept: T; moved: boolean }> {
  const row = await accessJunk(ctx, input.mailbox)
  const unavailable = (error: unknown): AppError =>
    new AppError('unavailable', 'mailServer', { detail: troubleOf(error, serverOf(row)), cause: error })
  const limit = ctx.site.limits.mailBytes
  const opened = await openJunk(ctx, row).catch((error: unknown) => {
    throw unavailable(error)
  })
  await using folder = opened
  const found = await folder.read(input.ref, limit).catch((error: unknown) => {
    throw unavailable(error)
  })
  if (!found) throw new AppError('conflict', 'notInJunk')
  if (found.isCut) throw new AppError('too_large', 'junkTooLarge', { params: { megabytes: Math.floor(limit / 1024 / 1024) } })
  const kept = await keep({
    channel: 'email',
    sourceKey: keyOf(row, input.ref, found.raw),
    mailbox: row.id,
    raw: found.raw,
    envelope: {
      from: null,
      to: [],
      internalDate: found.receivedAt.toISOString(),
      ...(row.graph ? { trustedInternal: true } : {}),
    },
  })
  try {
    await folder.moveToInbox(input.ref)
    return { kept, moved: true }
  } catch (error) {
    ctx.log.warn({ mailbox: row.id, err: error }, 'a mail was taken from junk and could not be moved to the inbox')
    return { kept, moved: false }
  }
}

async function accessJunk(ctx: Context, mailbox: number): Promise<MailboxRow> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = (await mailboxRows(ctx, mailbox))[0]
  if (!row || !hasJunk(row)) throw notFound()
  return row
}

const serverOf = (row: MailboxRow): { host: string; port: number } =>
  row.graph ? { host: graphHost(row.graph), port: 443 } : { host: row.imap!.host, port: row.imap!.port }

async function openJunk(ctx: Context, row: MailboxRow): Promise<JunkFolder> {
  if (row.graph) {
    const access = {
      egress: ctx.slots.use(egress),
      settings: row.graph,
      token: async (rejected?: string) => (await mailboxToken(ctx, row.id, rejected ? { rejected } : {})).accessToken,
    }
    return openGraphJunk({ ...access, inbox: () => folderId(access, row.graph!.folder) })
  }
  const imap = row.imap!
  const credential =
    imap.auth === 'oauth'
      ? { accessToken: (await mailboxToken(ctx, row.id)).accessToken }
      : (await mailboxPasswords(ctx, row.id)).imap
  return openImapJunk(imap, credential)
}

/** By Graph a mail keeps its id when it is moved; by IMAP it gets another one, so that its octets have to tell. */
const keyOf = (row: MailboxRow, ref: string, raw: Buffer): string =>
  row.graph ? keysOf({ id: row.id, graph: row.graph })({ id: ref }) : junkKeyOf(row.id, raw)
