import { mailboxChanged } from '#channels/channel-events.ts'
import { watchedMailboxes } from '#channels/fetch-mailbox.ts'
import { pause, type Watching } from './keep-watching.ts'
import { watchGraphMailbox } from './watch-graph-mailbox.ts'
import { watchMailbox } from './watch-mailbox.ts'
import { watchPop3Mailbox } from './watch-pop3-mailbox.ts'

const WATCH = { imap: watchMailbox, pop3: watchPop3Mailbox, graph: watchGraphMailbox }

/** Changes are told at once; this catches what was not told, such as a change while the database was away. */
const LOOK_MS = 15_000

/** One watcher for each active mailbox, begun, ended and begun anew as mailboxes change. Resolves when `signal` aborted and all have ended. */
export async function watchMailboxes(watching: Watching, signal: AbortSignal): Promise<void> {
  const { ctx } = watching
  const watchers = new Map<number, { revision: string; stop: AbortController; done: Promise<void> }>()
  let look = new AbortController()
  const unsubscribe = ctx.live.subscribe((event) => {
    if (event.verb === mailboxChanged.verb) look.abort()
  })
  while (!signal.aborted) {
    look = new AbortController()
    try {
      const wanted = new Map((await watchedMailboxes(ctx)).map((one) => [one.id, one]))
      for (const [id, watcher] of watchers) {
        if (wanted.get(id)?.revision === watcher.revision) continue
        watcher.stop.abort()
        await watcher.done
        watchers.delete(id)
      }
      for (const [id, { by, revision }] of wanted) {
        if (watchers.has(id)) continue
        const stop = new AbortController()
        watchers.set(id, { revision, stop, done: WATCH[by](watching, id, AbortSignal.any([stop.signal, signal])) })
      }
    } catch (error) {
      ctx.log.warn({ err: error }, 'could not look for mailboxes')
    }
    await pause(LOOK_MS, AbortSignal.any([look.signal, signal]))
  }
  unsubscribe()
  await Promise.all([...watchers.values()].map((watcher) => watcher.done))
}
