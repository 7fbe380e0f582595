import { openImap } from '#channels/email/imap-session.ts'
import { type FetchTries, fetchNewMail, type Watched, watchedMailbox } from '#channels/fetch-mailbox.ts'
import { mailboxToken } from '#channels/mailbox-token.ts'
import { troubleOf } from '#channels/trouble.ts'
import { addSeconds } from '#core/clock.ts'
import { keepWatching, settingsTrouble, type Watching } from './keep-watching.ts'

/** A connection that a token opened is opened anew this long before the token ends, as servers end it then. */
const TOKEN_AHEAD_SECONDS = 90

/** Watches one mailbox by IMAP until `signal` aborts. Never rejects. */
export function watchMailbox(watching: Watching, id: number, signal: AbortSignal): Promise<void> {
  const { ctx, lane } = watching
  const tries: FetchTries = new Map()
  /** The token that the server would not take: the next connection asks for another. */
  let rejected = ''
  return keepWatching<Watched>(watching, id, signal, {
    load: () => watchedMailbox(ctx, id),
    async run(mailbox, stop, well) {
      const token = mailbox.imap.auth === 'oauth' ? await mailboxToken(ctx, id, rejected ? { rejected } : {}) : null
      rejected = ''
      let first = true
      try {
        await using session = await openImap(mailbox.imap, token ?? mailbox.password)
        while (!stop.aborted) {
          const fresh = await fetchNewMail(ctx, mailbox, session, tries, lane)
          if (fresh > 0) ctx.log.info({ mailbox: id, mails: fresh }, 'took new mail')
          if (first) {
            first = false
            await well()
          }
          // IDLE tells of new mail at once; this catches what it did not tell.
          await session.waitForMail(mailbox.imap.pollSeconds * 1000, stop)
          if (token && addSeconds(ctx.clock.now(), TOKEN_AHEAD_SECONDS) >= token.validUntil) return
        }
      } catch (error) {
        if (token && first && (error as { authenticationFailed?: boolean }).authenticationFailed) rejected = token.accessToken
        throw error
      }
    },
    troubleOf(error, mailbox) {
      if (!mailbox) return settingsTrouble(error)
      const trouble = troubleOf(error, mailbox.imap)
      return mailbox.imap.auth === 'oauth' && trouble.key === 'signIn' ? { ...trouble, key: 'tokenRefused' } : trouble
    },
  })
}
