import { createHash } from 'node:crypto'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'
import { egress } from '#core/egress.ts'
import { type GraphHead, type GraphSession, isGraphError, openGraph } from './email/graph-session.ts'
import { type WatchedGraph, watchedGraphRow, writeGraphCursor } from './mailbox-store.ts'
import { mailboxToken } from './mailbox-token.ts'
import { knownBlobs, knownSourceKeys, leftOnServer, type PostLane, parkRaw, receiveRaw } from './receive-raw.ts'

export type { WatchedGraph } from './mailbox-store.ts'

/** A message that could not be fetched this often is suspended without its bytes, so that those behind it come in. */
const TRIES = 4
/** How much of a mail over the limit is kept for a person to look at. */
const BEGINNING_BYTES = 256 * 1024
/** After the server forgot where we were. */
const BACK_SECONDS = 2 * 86_400

/** What a watcher works with, or null when the mailbox is not to be watched any more. */
export const watchedGraphMailbox = (ctx: Context, id: number): Promise<WatchedGraph | null> => watchedGraphRow(ctx, id)

/** The folder of a mailbox at Microsoft. Rejects with OAuthError, GraphError or EgressError. */
export const openGraphMailbox = (ctx: Context, mailbox: Pick<WatchedGraph, 'id' | 'graph'>): Promise<GraphSession> =>
  openGraph({
    egress: ctx.slots.use(egress),
    settings: mailbox.graph,
    token: async (rejected) => (await mailboxToken(ctx, mailbox.id, rejected ? { rejected } : {})).accessToken,
  })

/** Failed tries by message; lives as long as the watcher. */
export type GraphTries = Map<string, number>

/**
 * Takes in what came into a mailbox at Microsoft: bytes, row and job first, then the mark on the server, then the place to go on
 * from. Killed anywhere, the next call repeats at most one page, and the key mailbox + folder + immutable id stops doubles.
 * Returns how many were new.
 */
export async function fetchGraphMail(
  ctx: Context,
  id: number,
  session: GraphSession,
  tries: GraphTries,
  lane: PostLane | null = null,
): Promise<number> {
  const mailbox = await watchedGraphRow(ctx, id)
  if (!mailbox) return 0
  let fresh = 0
  let link = mailbox.cursor
  for (;;) {
    let page: Awaited<ReturnType<GraphSession['page']>>
    try {
      page = await session.page(link, firstLook(mailbox))
    } catch (error) {
      if (link === null || !isForgotten(error)) throw error
      // Begun anew: the ids stay the same, so that what was taken is known.
      ctx.log.info({ mailbox: id }, 'the server forgot where the folder was read to; looking back')
      link = null
      await writeGraphCursor(ctx, id, null)
      continue
    }
    fresh += await takePage(ctx, mailbox, session, page.heads, { tries, lane, lookingBack: link === null })
    crashPoint('before-ack')
    const left = await leftOnServer(ctx, page.heads.map(keysOf(mailbox)))
    for (const head of page.heads) {
      // What was seen before and stays where it is needs no mark; what is not here whole stays there.
      const stays = mailbox.graph.afterFetch === 'keep' ? head.seen : left.has(keysOf(mailbox)(head))
      if (!stays) await session.settle(head)
    }
    await writeGraphCursor(ctx, id, page.link)
    link = page.link
    if (page.isLast) return fresh
  }
}

const isForgotten = (error: unknown): boolean =>
  isGraphError(error) && (error.status === 410 || /^(syncstate|resync|errorinvalidsyncstate)/i.test(error.code))

/** The first connection looks back to when the mailbox was added; later ones to shortly before it was last read. */
function firstLook(mailbox: WatchedGraph): Date {
  if (mailbox.lastPolledAt === null) return mailbox.takeFrom
  const back = addSeconds(mailbox.lastPolledAt, -BACK_SECONDS)
  return back > mailbox.takeFrom ? back : mailbox.takeFrom
}

/** The same mail of the same mailbox has the same key, whatever folder it lies in. */
export function keysOf(mailbox: Pick<WatchedGraph, 'id' | 'graph'>): (head: Pick<GraphHead, 'id'>) => string {
  const place = createHash('sha256')
    .update(JSON.stringify([mailbox.graph.endpoint, mailbox.graph.user.toLowerCase()]))
    .digest('base64url')
    .slice(0, 10)
  return (head) => `graph:${mailbox.id}:${place}:${head.id}`
}

async function takePage(
  ctx: Context,
  mailbox: WatchedGraph,
  session: GraphSession,
  heads: readonly GraphHead[],
  options: { tries: GraphTries; lane: PostLane | null; lookingBack: boolean },
): Promise<number> {
  const { tries } = options
  const keyOf = keysOf(mailbox)
  const known = await knownSourceKeys(ctx, heads.map(keyOf))
  let fresh = 0
  for (const head of heads) {
    if (known.has(keyOf(head))) continue
    const given = (tries.get(head.id) ?? 0) >= TRIES
    let found: Awaited<ReturnType<GraphSession['raw']>>
    try {
      found = given ? { raw: Buffer.alloc(0), isCut: false } : await session.raw(head.id, ctx.site.limits.mailBytes)
    } catch (error) {
      if (!isGraphError(error) || ![401, 403, 429].includes(error.status)) tries.set(head.id, (tries.get(head.id) ?? 0) + 1)
      throw error
    }
    // Moved out of the mailbox or deleted by somebody meanwhile: theirs to decide.
    if (!found) continue
    const message = {
      channel: 'email',
      sourceKey: keyOf(head),
      mailbox: mailbox.id,
      raw: found.raw,
      envelope: {
        from: null,
        to: [],
        internalDate: head.receivedAt.toISOString(),
        // Exchange strips X-MS-Exchange-Organization-* of mail from outside: what it says of its own senders holds.
        trustedInternal: true,
        ...(head.receivedAt.getTime() < Math.floor(mailbox.createdAt.getTime() / 1000) * 1000 ? { silent: true } : {}),
      },
    }
    tries.delete(head.id)
    if (given || found.isCut) {
      await parkRaw(ctx, {
        ...message,
        raw: found.raw.subarray(0, BEGINNING_BYTES),
        reason: {
          key: given ? 'mailUnreadable' : 'mailTooLarge',
          params: { bytes: found.raw.length, limit: ctx.site.limits.mailBytes },
        },
      })
      continue
    }
    // A mailbox that was moved to another server has other ids; the same octets are the same mail.
    if (options.lookingBack) {
      const name = createHash('sha256').update(found.raw).digest('hex')
      if ((await knownBlobs(ctx, mailbox.id, [name])).has(name)) continue
    }
    if ((await receiveRaw(ctx, message, options.lane)).fresh) fresh += 1
  }
  return fresh
}
