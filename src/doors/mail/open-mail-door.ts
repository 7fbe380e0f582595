import { receiveMail } from '#channels/receive-mail.ts'
import { drainSpool } from '#channels/spool.ts'
import type { Context } from '#core/context.ts'
import { openLeaderLocks } from '#db/leader-locks.ts'
import { openIntakeSocket } from './intake-socket.ts'
import { pause } from './keep-watching.ts'
import { openPostLane } from './post-lane.ts'
import { openSmtpListener, type SmtpListener } from './smtp-listener.ts'
import { watchMailboxes } from './watch-mailboxes.ts'

export interface MailDoor extends AsyncDisposable {
  /** Where mail by SMTP or LMTP is taken; null when it is off. */
  readonly listener: SmtpListener | null
}

const SPOOL_MS = 10_000

/** Opens every way mail comes in: mailbox watchers, the listener, the pipe's socket and spool. `ctx` acts as the system. */
export async function openMailDoor(options: {
  ctx: Context
  databaseUrl: string
  dataDir: string
  smtpListen: { host: string; port: number } | null
  /** For STARTTLS of the listener. */
  smtpTls?: { cert: Buffer; key: Buffer } | null
}): Promise<MailDoor> {
  const { ctx, dataDir } = options
  await using opening = new AsyncDisposableStack()
  const locks = opening.use(
    openLeaderLocks(options.databaseUrl, (error) => ctx.log.warn({ err: error }, 'lost the connection that holds mailbox locks')),
  )
  const lane = opening.use(openPostLane(ctx))
  const stop = new AbortController()
  const listener = options.smtpListen
    ? opening.use(await openSmtpListener(ctx, options.smtpListen, lane, options.smtpTls ?? null))
    : null
  opening.use(await openIntakeSocket(ctx, dataDir, lane))
  const watching = watchMailboxes({ ctx, locks, lane }, stop.signal)
  const draining = drainRepeatedly(ctx, dataDir, stop.signal)
  opening.defer(async () => {
    stop.abort()
    await Promise.all([watching, draining])
  })
  const opened = opening.move()
  return { listener, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** What pipes left while the desk was down comes in at start, and whatever a pipe could not hand over since, soon after. */
async function drainRepeatedly(ctx: Context, dataDir: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { taken } = await drainSpool(
        dataDir,
        async (mail) => void (await receiveMail(ctx, mail)),
        (file, error) => ctx.log.warn({ file, err: error }, 'a spooled mail stays in the spool'),
      )
      if (taken > 0) ctx.log.info({ mails: taken }, 'took mail from the spool')
    } catch (error) {
      ctx.log.warn({ err: error }, 'could not read the spool')
    }
    await pause(SPOOL_MS, signal)
  }
}
