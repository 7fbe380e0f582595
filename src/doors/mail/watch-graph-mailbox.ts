import { graphHost } from '#channels/email/graph-session.ts'
import {
  fetchGraphMail,
  type GraphTries,
  openGraphMailbox,
  type WatchedGraph,
  watchedGraphMailbox,
} from '#channels/fetch-graph.ts'
import { troubleOf } from '#channels/trouble.ts'
import { keepWatching, pause, settingsTrouble, type Watching } from './keep-watching.ts'

/** Watches one mailbox at Microsoft by Graph until `signal` aborts. Never rejects. */
export function watchGraphMailbox(watching: Watching, id: number, signal: AbortSignal): Promise<void> {
  const { ctx, lane } = watching
  const tries: GraphTries = new Map()
  return keepWatching<WatchedGraph>(watching, id, signal, {
    load: () => watchedGraphMailbox(ctx, id),
    async run(mailbox, stop, well) {
      const session = await openGraphMailbox(ctx, mailbox)
      for (let first = true; !stop.aborted; first = false) {
        const fresh = await fetchGraphMail(ctx, id, session, tries, lane)
        if (fresh > 0) ctx.log.info({ mailbox: id, mails: fresh }, 'took new mail')
        if (first) await well()
        // A delta query that finds nothing is one small request. (Graph pushes only to public https addresses.)
        await pause(mailbox.graph.pollSeconds * 1000, stop)
      }
    },
    troubleOf: (error, mailbox) =>
      mailbox ? troubleOf(error, { host: graphHost(mailbox.graph), port: 443 }) : settingsTrouble(error),
  })
}
