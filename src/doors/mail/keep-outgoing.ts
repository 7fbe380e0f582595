import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Outbox } from '#demo/outbox.ts'

export interface OutgoingKeeper extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string
}

/** The whole outside world of a demonstration: an SMTP server on loopback that takes every mail and passes none on. */
export async function openOutgoingKeeper(outbox: Outbox): Promise<OutgoingKeeper> {
  const server = new SMTPServer({
    banner: 'Demonstration',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 500,
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        outbox.keep({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map((one) => one.address),
          raw: Buffer.concat(parts),
        })
        done(null, 'OK: kept on this machine')
      })
    },
  })
  // A client that breaks off is its own affair.
  server.on('error', () => {})
  const net = server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => net.once('listening', resolve))
  return {
    url: `smtp://127.0.0.1:${(net.address() as AddressInfo).port}?security=none`,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  }
}
