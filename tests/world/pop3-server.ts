import net from 'node:net'
import tls from 'node:tls'

export type Pop3Phase = 'connect' | 'user' | 'pass' | 'list' | 'uidl' | 'retr' | 'dele' | 'quit'

export interface Pop3Server extends AsyncDisposable {
  readonly port: number
  readonly password: string
  /** What is in the mailbox; deletion takes away. */
  mails: { uidl: string; raw: Buffer }[]
  /** Commands of the last session. */
  readonly said: string[]
  /** The connection breaks at this command, this often. */
  breakAt(phase: Pop3Phase, times: number): void
  /** What PASS is answered with, this often. */
  refuse(answer: string, times: number): void
  /** A mail whose octets hold this text is not handed out. */
  damaged: string | null
  readonly sessions: number
}

/** A POP3 server (RFC 1939, 2449, 2595) for one user, as strict as the standard and with faults on demand. */
export async function startPop3Server(certificate?: { cert: string; key: string }): Promise<Pop3Server> {
  const breaks = new Map<Pop3Phase, number>()
  let refusal: { answer: string; times: number } | null = null
  const open = new Set<net.Socket>()
  const state = {
    sessions: 0,
    damaged: null as string | null,
    mails: [] as { uidl: string; raw: Buffer }[],
    said: [] as string[],
  }
  const password = 'pop-password'

  const server = net.createServer((first) => {
    state.sessions += 1
    state.said.length = 0
    const held = [...state.mails]
    const gone = new Set<number>()
    let isIn = false
    const breaksNow = (phase: Pop3Phase): boolean => {
      const left = breaks.get(phase) ?? 0
      if (left > 0) breaks.set(phase, left - 1)
      return left > 0
    }
    const serve = (socket: net.Socket): void => {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => {})
      const say = (line: string): void => void socket.write(`${line}\r\n`)
      const lines = (first: string, body: Buffer | string): void => {
        const text = typeof body === 'string' ? body : body.toString('latin1')
        const whole = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`
        socket.write(Buffer.from(`${first}\r\n${whole.replace(/^\./gm, '..')}.\r\n`, 'latin1'))
      }
      const one = (argument: string): { uidl: string; raw: Buffer } | null =>
        gone.has(Number(argument)) ? null : (held[Number(argument) - 1] ?? null)
      const each = (of: (mail: { uidl: string; raw: Buffer }) => string | number): string =>
        held.map((mail, index) => (gone.has(index + 1) ? '' : `${index + 1} ${of(mail)}\r\n`)).join('')
      const obey = (command: string): unknown => {
        const [verb = '', ...rest] = command.split(' ')
        const argument = rest.join(' ')
        state.said.push(verb.toUpperCase() === 'PASS' ? 'PASS' : command)
        if (breaksNow(verb.toLowerCase() as Pop3Phase)) {
          if (verb.toUpperCase() === 'RETR') socket.write('+OK\r\nFrom: half@a.mail\r\n')
          return socket.destroy()
        }
        switch (verb.toUpperCase()) {
          case 'STLS': {
            if (!certificate) return say('-ERR not here')
            say('+OK begin')
            socket.removeAllListeners()
            open.delete(socket)
            return serve(new tls.TLSSocket(socket, { isServer: true, ...certificate }))
          }
          case 'USER':
            return say('+OK')
          case 'PASS': {
            if (refusal && refusal.times-- > 0) return say(refusal.answer)
            isIn = argument === password
            return say(isIn ? '+OK' : '-ERR [AUTH] wrong')
          }
          case 'QUIT': {
            if (isIn) state.mails = state.mails.filter((mail) => !held.some((one, index) => one === mail && gone.has(index + 1)))
            say('+OK bye')
            return socket.end()
          }
        }
        if (!isIn) return say('-ERR sign in first')
        switch (verb.toUpperCase()) {
          case 'LIST':
            return lines(
              '+OK',
              each((mail) => mail.raw.length),
            )
          case 'UIDL':
            return lines(
              '+OK',
              each((mail) => mail.uidl),
            )
          case 'RETR': {
            const mail = one(argument)
            if (!mail || (state.damaged && mail.raw.includes(state.damaged))) return say('-ERR cannot read it')
            return lines('+OK', mail.raw)
          }
          case 'TOP': {
            const mail = one(argument.split(' ')[0]!)
            if (!mail) return say('-ERR no such mail')
            const [head, ...body] = mail.raw.toString('latin1').split('\r\n\r\n')
            const wanted = body
              .join('\r\n\r\n')
              .split('\r\n')
              .slice(0, Number(argument.split(' ')[1]))
            return lines('+OK', `${head}\r\n\r\n${wanted.map((line) => `${line}\r\n`).join('')}`)
          }
          case 'DELE':
            gone.add(Number(argument))
            return say('+OK')
          default:
            return say('-ERR what?')
        }
      }
      let text = ''
      socket.on('data', (part) => {
        text += part.toString('latin1')
        for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
          const command = text.slice(0, end)
          text = text.slice(end + 2)
          obey(command)
        }
      })
    }
    if (breaksNow('connect')) {
      first.destroy()
      return
    }
    serve(first)
    first.write('+OK ready\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    password,
    get mails() {
      return state.mails
    },
    set mails(mails) {
      state.mails = mails
    },
    get said() {
      return state.said
    },
    get sessions() {
      return state.sessions
    },
    get damaged() {
      return state.damaged
    },
    set damaged(text) {
      state.damaged = text
    },
    breakAt: (phase, times) => void breaks.set(phase, times),
    refuse(answer, times) {
      refusal = { answer, times }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
