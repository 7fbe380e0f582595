import type { PostLane } from '#channels/receive-raw.ts'
import type { Context } from '#core/context.ts'
import { receiveMessage } from '#intake/receive-message.ts'

/** Mails posted side by side. */
const AT_A_TIME = 4
/** Beyond this the queue of jobs has the mails: it lies on disk, and several nodes work it off. */
const MOST_WAITING = 40
/** Greater mails are parsed on another thread, which takes its time. */
const MOST_BYTES = 256 * 1024

/**
 * Posts mail right after it was stored, in the process that took it: no other process has to be told of it and to fetch it. Each mail
 * has its job all the same, for the case that this process ends first or posting fails; the job goes with the transaction that posts.
 */
export function openPostLane(ctx: Context): PostLane & AsyncDisposable {
  const waiting: Parameters<PostLane['post']>[0][] = []
  const running = new Set<Promise<void>>()
  let closed = false

  const next = (): void => {
    while (running.size < AT_A_TIME) {
      const stored = waiting.shift()
      if (!stored) return
      const work = receiveMessage(ctx, stored.id, { stored })
        .then(
          () => {},
          (error: unknown) => ctx.log.warn({ inbound: stored.id, err: error }, 'a mail was not posted at once; its job will try'),
        )
        .finally(() => {
          running.delete(work)
          next()
        })
      running.add(work)
    }
  }

  return {
    hasRoom: (bytes) => !closed && bytes <= MOST_BYTES && waiting.length < MOST_WAITING,
    post(stored) {
      waiting.push(stored)
      // Not before whoever handed the mail over has its answer.
      setImmediate(next)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      next()
      while (running.size > 0) await Promise.all(running)
    },
  }
}
