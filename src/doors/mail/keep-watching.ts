import { isGraphError } from '#channels/email/graph-session.ts'
import { noteMailboxTrouble, noteMailboxWell } from '#channels/fetch-mailbox.ts'
import type { PostLane } from '#channels/receive-raw.ts'
import type { Trouble } from '#channels/trouble.ts'
import type { Context } from '#core/context.ts'
import type { LeaderLocks } from '#db/leader-locks.ts'

/** How often a node asks for a mailbox that another one watches. */
const LOCK_WAIT_MS = 5_000
const BACK_OFF_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000]

export interface Watching {
  readonly ctx: Context
  readonly locks: LeaderLocks
  /** null: what comes in is left to its jobs. */
  readonly lane: PostLane | null
}

/** One way of watching: what it needs, what it does until something ends it, and how its failures are named. */
export interface Watch<M> {
  /** null: the mailbox is not to be watched any more. */
  load(): Promise<M | null>
  /** Runs until `stop` aborts, or returns to be begun anew at once. Calls `well` when the mailbox was read for the first time. */
  run(mailbox: M, stop: AbortSignal, well: () => Promise<void>): Promise<void>
  troubleOf(error: unknown, mailbox: M | null): Trouble
}

/**
 * Watches one mailbox until `signal` aborts: connects, takes what is new, waits for more, and comes back by itself after any
 * failure, ever more slowly, and not before a server wants it to. Never rejects, so that one bad mailbox holds no other. Only one
 * node watches a mailbox at a time.
 */
export async function keepWatching<M>({ ctx, locks }: Watching, id: number, signal: AbortSignal, watch: Watch<M>): Promise<void> {
  let failures = 0
  let told = false
  const well = async (): Promise<void> => {
    failures = 0
    told = false
    await noteMailboxWell(ctx, id)
    ctx.log.info({ mailbox: id }, 'watching a mailbox')
  }
  while (!signal.aborted) {
    let lock: Awaited<ReturnType<LeaderLocks['tryTake']>> = null
    let mailbox: M | null = null
    try {
      lock = await locks.tryTake(`mailbox:${id}`)
      if (!lock) {
        await pause(LOCK_WAIT_MS, signal)
        continue
      }
      mailbox = await watch.load()
      if (!mailbox) {
        // Paused or removed: the supervisor stops this watcher soon.
        await pause(LOCK_WAIT_MS, signal)
        continue
      }
      await watch.run(mailbox, AbortSignal.any([signal, lock.lost]), well)
    } catch (error) {
      if (signal.aborted) break
      const trouble = watch.troubleOf(error, mailbox)
      ctx.log.warn({ mailbox: id, trouble: trouble.key, detail: trouble.detail }, 'a mailbox cannot be read')
      // The database itself may be what fails.
      told = await noteMailboxTrouble(ctx, id, trouble, told).catch(() => told)
      await lock?.release()
      lock = null
      const asked = isGraphError(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      await pause(Math.max(asked, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]!), signal)
      failures += 1
    } finally {
      await lock?.release()
    }
  }
}

/** Before the settings could be read: the database, or a password that another SECRET_KEY sealed. */
export function settingsTrouble(error: unknown): Trouble {
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
