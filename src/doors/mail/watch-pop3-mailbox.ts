import { openPop3 } from '#channels/email/pop3-session.ts'
import { type Watched, watchedMailbox } from '#channels/fetch-mailbox.ts'
import { fetchPop3Mail, type Pop3Memory } from '#channels/fetch-pop3.ts'
import { troubleOf } from '#channels/trouble.ts'
import { keepWatching, pause, settingsTrouble, type Watching } from './keep-watching.ts'

/** Watches one mailbox by POP3 until `signal` aborts: one session a look, as the server lets nobody else in meanwhile. Never rejects. */
export function watchPop3Mailbox(watching: Watching, id: number, signal: AbortSignal): Promise<void> {
  const { ctx, lane } = watching
  const memory: Pop3Memory = { tries: new Map(), known: new Set() }
  return keepWatching<Watched>(watching, id, signal, {
    load: () => watchedMailbox(ctx, id),
    async run(mailbox, stop, well) {
      for (let first = true; !stop.aborted; first = false) {
        {
          await using session = await openPop3(mailbox.imap, mailbox.password, ctx.site.limits.mailBytes)
          const fresh = await fetchPop3Mail(ctx, mailbox, session, memory, lane)
          await session.quit()
          if (fresh > 0) ctx.log.info({ mailbox: id, mails: fresh }, 'took new mail')
        }
        if (first) await well()
        await pause(mailbox.imap.pollSeconds * 1000, stop)
      }
    },
    troubleOf: (error, mailbox) => (mailbox ? troubleOf(error, mailbox.imap) : settingsTrouble(error)),
  })
}
