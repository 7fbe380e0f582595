import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { mailboxOfRecipient } from '#channels/mailboxes.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import type { PostLane } from '#channels/receive-raw.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'

export interface SmtpListener extends AsyncDisposable {
  readonly port: number
}

const MAX_CLIENTS = 60
/** Of those, from one address: one sender that holds its connections open shuts nobody out. */
const MAX_OF_ONE_CLIENT = 40
/** Of one mail (RFC 5321 section 4.5.3.1.8 asks for 100 at least). */
const MAX_RECIPIENTS = 200
/** Mails that are being read at one moment, in bytes: beyond it senders are asked to come again. */
const MAX_BYTES_IN_FLIGHT = 256 * 1024 * 1024

/** An answer other than 250, with its enhanced status (RFC 3463). */
const answer = (code: number, text: string): Error & { responseCode: number } =>
  Object.assign(new Error(text), { responseCode: code })

/**
 * Takes mail for our mailboxes by SMTP (RFC 5321) or LMTP (RFC 2033), whichever greeting the client chooses, from servers in front
 * of the desk. 250 comes only after the mail is stored for good; 451 and 452 ask the sender to keep it and come again. It relays
 * nothing: recipients that are no mailbox are refused.
 */
export async function openSmtpListener(
  ctx: Context,
  at: { host: string; port: number },
  lane: PostLane | null = null,
  certificate: { cert: Buffer; key: Buffer } | null = null,
): Promise<SmtpListener> {
  let inFlight = 0
  const clients = new Map<string, number>()
  const server = new BothProtocols({
    banner: 'Tessera',
    disabledCommands: certificate ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...(certificate ?? {}),
    authOptional: true,
    disableReverseLookup: true,
    size: ctx.site.limits.mailBytes,
    maxClients: MAX_CLIENTS,
    socketTimeout: 60_000,
    closeTimeout: 5_000,
    logger: false,
    onConnect(session, done) {
      const open = (clients.get(session.remoteAddress) ?? 0) + 1
      clients.set(session.remoteAddress, open)
      done(open > MAX_OF_ONE_CLIENT ? answer(421, '4.7.0 Too many connections of yours') : null)
    },
    onClose(session) {
      const open = (clients.get(session.remoteAddress) ?? 1) - 1
      if (open > 0) clients.set(session.remoteAddress, open)
      else clients.delete(session.remoteAddress)
    },
    onRcptTo(address, session, done) {
      if (session.envelope.rcptTo.length >= MAX_RECIPIENTS)
        return done(answer(452, '4.5.3 Too many recipients, send to the rest again'))
      mailboxOfRecipient(ctx, address.address).then(
        (mailbox) => done(mailbox ? null : answer(550, '5.1.1 This desk has no such address')),
        (error: unknown) => {
          ctx.log.warn({ err: error }, 'could not look up a recipient')
          done(answer(451, '4.3.0 Please try again later'))
        },
      )
    },
    onData(stream, session, done) {
      take(stream, session).then(
        () => {
          crashPoint('before-ack')
          done(null, 'OK: stored')
        },
        (error: Error & { responseCode?: number; code?: string }) => {
          if (error.responseCode) {
            done(error)
            return
          }
          ctx.log.error({ err: error }, 'could not store a mail')
          done(
            error.code === 'ENOSPC' || error.code === 'EDQUOT'
              ? answer(452, '4.3.1 No room to store the mail')
              : answer(451, '4.3.0 Please try again later'),
          )
        },
      )
    },
  })
  server.on('error', (error) => ctx.log.debug({ err: error }, 'an SMTP client broke off'))

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const parts: Buffer[] = []
    let bytes = 0
    let refused: Error | null = null
    try {
      for await (const part of stream as AsyncIterable<Buffer>) {
        if (refused) continue
        bytes += part.length
        inFlight += part.length
        if (bytes > ctx.site.limits.mailBytes) refused = answer(552, '5.3.4 The mail is too large')
        else if (inFlight > MAX_BYTES_IN_FLIGHT)
          refused = answer(452, '4.3.1 Too much mail at this moment, please try again later')
        if (refused) parts.length = 0
        else parts.push(part)
      }
      if (refused) throw refused
      if (stream.sizeExceeded) throw answer(552, '5.3.4 The mail is too large')
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
      const to = session.envelope.rcptTo.map((one) => one.address)
      const client = { address: session.remoteAddress, helo: String(session.hostNameAppearsAs || '').slice(0, 255) }
      await receiveMail(ctx, { raw: Buffer.concat(parts), from, to, client }, lane)
    } finally {
      inFlight -= bytes
    }
  }

  const net = server.listen(at.port, at.host)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    net.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = net.address()
  return {
    port: typeof address === 'object' && address ? address.port : at.port,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

interface Connection {
  _server: object
  handler_EHLO(command: Buffer | string, done: () => void): void
  handler_LHLO?: (command: Buffer | string, done: () => void) => void
}

/** smtp-server speaks one protocol a server; here a client that greets with LHLO gets LMTP's rules on its own connection (pinned version, covered by a test). */
class BothProtocols extends SMTPServer {
  override connect(socket: Socket, options?: Parameters<SMTPServer['connect']>[1]): void {
    const before = new Set(this.connections)
    super.connect(socket, options)
    for (const opened of this.connections) {
      if (before.has(opened)) continue
      const connection = opened as unknown as Connection
      const lmtp = Object.create(this, { options: { value: { ...this.options, lmtp: true } } }) as object
      connection.handler_LHLO = (command, done) => {
        connection._server = lmtp
        connection.handler_EHLO(command, done)
      }
    }
  }
}
