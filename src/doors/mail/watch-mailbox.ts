import { openImap } from '#channels/email/imap-session.ts'
import {
  type FetchTries,
  fetchNewMail,
  noteMailboxTrouble,
  noteMailboxWell,
  type Watched,
  watchedMailbox,
} from '#channels/fetch-mailbox.ts'
import type { PostLane } from '#channels/receive-raw.ts'
import { type Trouble, troubleOf } from '#channels/trouble.ts'
import type { Context } from '#core/context.ts'
import type { LeaderLocks } from '#db/leader-locks.ts'

/** IDLE tells of new mail at once; this catches what it did not tell. */
const POLL_MS = 60_000
/** How often a node asks for a mailbox that another one watches. */
const LOCK_WAIT_MS = 5_000
const BACK_OFF_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000]

export interface Watching {
  readonly ctx: Context
  readonly locks: LeaderLocks
  /** null: what comes in is left to its jobs. */
  readonly lane: PostLane | null
}

/**
 * Watches one mailbox until `signal` aborts: connects, takes what is new, waits for more, and comes back by itself after any
 * failure, ever more slowly. Never rejects, so that one bad mailbox holds no other. Only one node watches a mailbox at a time.
 */
export async function watchMailbox({ ctx, locks, lane }: Watching, id: number, signal: AbortSignal): Promise<void> {
  const tries: FetchTries = new Map()
  let failures = 0
  let told = false
  while (!signal.aborted) {
    let lock: Awaited<ReturnType<LeaderLocks['tryTake']>> = null
    let mailbox: Watched | null = null
    try {
      lock = await locks.tryTake(`mailbox:${id}`)
      if (!lock) {
        await pause(LOCK_WAIT_MS, signal)
        continue
      }
      mailbox = await watchedMailbox(ctx, id)
      if (!mailbox) {
        // Paused or removed: the supervisor stops this watcher soon.
        await pause(LOCK_WAIT_MS, signal)
        continue
      }
      const stop = AbortSignal.any([signal, lock.lost])
      await using session = await openImap(mailbox.imap, mailbox.password)
      let first = true
      while (!stop.aborted) {
        const fresh = await fetchNewMail(ctx, mailbox, session, tries, lane)
        if (fresh > 0) ctx.log.info({ mailbox: id, mails: fresh }, 'took new mail')
        if (first) {
          first = false
          failures = 0
          told = false
          await noteMailboxWell(ctx, id)
          ctx.log.info({ mailbox: id }, 'watching a mailbox')
        }
        await session.waitForMail(POLL_MS, stop)
      }
    } catch (error) {
      if (signal.aborted) break
      const trouble: Trouble = mailbox ? troubleOf(error, mailbox.imap) : passwordTrouble(error)
      ctx.log.warn({ mailbox: id, trouble: trouble.key, detail: trouble.detail }, 'a mailbox cannot be read')
      // The database itself may be what fails.
      told = await noteMailboxTrouble(ctx, id, trouble, told).catch(() => told)
      await lock?.release()
      lock = null
      await pause(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]!, signal)
      failures += 1
    } finally {
      await lock?.release()
    }
  }
}

/** Before the settings could be read: the database, or a password that another SECRET_KEY sealed. */
function passwordTrouble(error: unknown): Trouble {
  const detail = error instanceof Error ? error.message : String(error)
  const sealed = /authenticate data|auth tag|authTag/i.test(detail)
  return { key: sealed ? 'passwordUnreadable' : 'other', params: { host: '', port: 0 }, detail }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    resolve()
  }
  const timer = setTimeout(end, ms)
  signal.addEventListener('abort', end)
  return promise
}
