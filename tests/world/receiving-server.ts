import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Received {
  from: string
  to: string[]
  raw: Buffer
}

export interface ReceivingServer extends AsyncDisposable {
  readonly port: number
  readonly received: Received[]
  /** What it says to recipients and mails from now on; null: takes them. */
  answerRecipient(answer: ((address: string) => { code: number; text: string } | null) | null): void
  answerMail(answer: { code: number; text: string } | null): void
  connections(): number
}

/** The outside world's mail server: takes, defers or refuses as the test says, and remembers every copy. */
export async function startReceivingServer(
  options: {
    user?: string
    password?: string
    port?: number
    /** TLS from the first byte, with this certificate and key (PEM). */
    tls?: { cert: string; key: string }
    /** Signs in by access token (XOAUTH2) instead of a password. */
    accepts?: (token: string) => Promise<boolean>
  } = {},
): Promise<ReceivingServer> {
  const received: Received[] = []
  let onRecipient: ((address: string) => { code: number; text: string } | null) | null = null
  let onMail: { code: number; text: string } | null = null
  let connections = 0
  const error = (answer: { code: number; text: string }) => Object.assign(new Error(answer.text), { responseCode: answer.code })
  const server = new SMTPServer({
    disabledCommands: options.user ? ['STARTTLS'] : ['AUTH', 'STARTTLS'],
    authOptional: !options.user,
    ...(options.tls ? { secure: true, ...options.tls } : {}),
    ...(options.accepts ? { authMethods: ['XOAUTH2'] } : {}),
    allowInsecureAuth: true,
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 50,
    onConnect(_session, done) {
      connections += 1
      done()
    },
    onAuth(auth, _session, done) {
      if (options.accepts) {
        void options
          .accepts(auth.accessToken ?? '')
          .then((good) =>
            good && auth.username === options.user
              ? done(null, { user: auth.username })
              : done(error({ code: 535, text: '5.7.3 Authentication unsuccessful' })),
          )
        return
      }
      if (auth.username === options.user && auth.password === options.password) done(null, { user: auth.username })
      else done(error({ code: 535, text: '5.7.8 Authentication failed' }))
    },
    onRcptTo(address, _session, done) {
      const answer = onRecipient?.(address.address) ?? null
      done(answer ? error(answer) : null)
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('error', () => {})
      stream.on('end', () => {
        if (onMail) {
          done(error(onMail))
          return
        }
        received.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map((one) => one.address),
          raw: Buffer.concat(parts),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((listening) => server.listen(options.port ?? 0, '127.0.0.1', listening))
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    answerRecipient: (answer) => {
      onRecipient = answer
    },
    answerMail: (answer) => {
      onMail = answer
    },
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}
