import net from 'node:net'
import tls from 'node:tls'
import type { ImapServer } from '../mailbox-input.ts'

export interface Pop3Head {
  /** Of this connection only. */
  number: number
  /** The server's lasting name of the mail (RFC 1939 section 7, UIDL). */
  uidl: string
  /** Octets. */
  size: number
}

/** One signed-in POP3 connection (RFC 1939). Every method rejects once the connection is gone; then the server deletes nothing. */
export interface Pop3Session extends AsyncDisposable {
  /** What is in the mailbox, oldest first. */
  list(): Promise<Pop3Head[]>
  /** Raw octets; null when the server does not hand the mail out. */
  retrieve(number: number): Promise<Buffer | null>
  /** The header and the first lines; null when the server does not hand them out. */
  beginning(number: number, lines: number): Promise<Buffer | null>
  /** Marks for deletion, which happens at `quit`. */
  remove(number: number): Promise<void>
  /** Ends the session; only now are marked mails deleted (RFC 1939 section 6). */
  quit(): Promise<void>
}

const CONNECT_MS = 20_000
const IDLE_MS = 120_000

/** Errors carry the fields that `troubleOf` reads. */
const refused = (command: string, said: string): Error =>
  Object.assign(new Error(`${command} was refused: ${said}`), { responseText: said })

/** Octets of a multi-line answer between its first line and the final dot, byte-stuffing undone (RFC 1939 section 3). */
export function unstuff(answer: Buffer): Buffer {
  const begin = answer.indexOf('\r\n') + 2
  // The CRLF before the final dot belongs to the last line, or to the first when there is no other.
  const end = Math.max(begin, answer.length - 3)
  const parts: Buffer[] = []
  let from = answer[begin] === 0x2e && begin < end ? begin + 1 : begin
  for (;;) {
    const at = answer.indexOf('\r\n.', from)
    if (at === -1 || at + 3 > end) break
    parts.push(answer.subarray(from, at + 2))
    from = at + 3
  }
  parts.push(answer.subarray(from, end))
  return Buffer.concat(parts)
}

/**
 * Connects and signs in. `maxBytes` ends a connection that sends more than that for one mail. Rejects with an error that `troubleOf`
 * names.
 */
export async function openPop3(server: ImapServer, password: string, maxBytes: number): Promise<Pop3Session> {
  const wire = new Wire(maxBytes)
  try {
    await wire.connect(server)
    if (server.security === 'starttls') {
      const said = await wire.say('STLS').catch((error: Error) => {
        throw new Error(`the server offers no STARTTLS (${error.message})`)
      })
      if (!said) throw new Error('the server offers no STARTTLS')
      await wire.encrypt(server.host)
    }
    await signIn(wire, server.user, password)
  } catch (error) {
    wire.destroy()
    throw error
  }
  const body = async (command: string): Promise<Buffer | null> => {
    const answer = await wire.ask(command, true)
    return answer.toString('latin1', 0, 3) === '+OK' ? unstuff(answer) : null
  }
  const rows = async (command: string): Promise<[number, string][]> => {
    const answer = await body(command)
    if (!answer) throw refused(command, 'the server keeps no lasting names of mails (UIDL)')
    return answer
      .toString('latin1')
      .split('\r\n')
      .flatMap((line) => {
        const match = /^(\d+) +(\S+)/.exec(line)
        return match ? [[Number(match[1]), match[2]!] as [number, string]] : []
      })
  }
  let ended = false
  return {
    async list() {
      const sizes = new Map(await rows('LIST'))
      const names = await rows('UIDL')
      return names
        .map(([number, uidl]) => ({ number, uidl, size: Number(sizes.get(number) ?? 0) }))
        .sort((one, other) => one.number - other.number)
    },
    retrieve: (number) => body(`RETR ${number}`),
    beginning: (number, lines) => body(`TOP ${number} ${lines}`),
    remove: (number) => wire.say(`DELE ${number}`).then(() => {}),
    async quit() {
      ended = true
      await wire.say('QUIT')
      wire.destroy()
    },
    async [Symbol.asyncDispose]() {
      // Without QUIT nothing is deleted: what was not stored stays.
      if (!ended) wire.destroy()
    },
  }
}

async function signIn(wire: Wire, user: string, password: string): Promise<void> {
  const denied = (error: unknown): never => {
    const said = String((error as { responseText?: string }).responseText ?? '')
    // RFC 2449 section 8.1.1, RFC 3206: another session, or the server for a while, and not the password.
    if (!said || /\[(IN-USE|LOGIN-DELAY|SYS\/)/i.test(said)) throw error
    throw Object.assign(error as Error, { authenticationFailed: true })
  }
  await wire.say(`USER ${user}`).catch(denied)
  await wire.say(`PASS ${password}`).catch(denied)
}

/** Commands out, answers in, one after the other. */
class Wire {
  readonly #maxBytes: number
  #socket: net.Socket = new net.Socket()
  #parts: Buffer[] = []
  #bytes = 0
  #tail = Buffer.alloc(0)
  #waiting: { lines: boolean; resolve: (answer: Buffer) => void; reject: (error: Error) => void } | null = null
  #gone: Error | null = null

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes + 65_536
  }

  async connect(server: ImapServer): Promise<void> {
    const { host, port } = server
    const socket =
      server.security === 'tls'
        ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }) })
        : net.connect({ host, port })
    this.#listen(socket)
    socket.setTimeout(CONNECT_MS)
    const greeting = (await this.#answer(false)).toString('latin1').trim()
    socket.setTimeout(IDLE_MS)
    if (!greeting.startsWith('+OK')) throw refused('the connection', greeting)
  }

  /** RFC 2595 section 4. What came before the handshake is from nobody knows whom. */
  async encrypt(host: string): Promise<void> {
    if (this.#bytes > 0) throw new Error('the server spoke before encryption began')
    const plain = this.#socket
    plain.removeAllListeners()
    const socket = tls.connect({ socket: plain, host, ...(net.isIP(host) ? {} : { servername: host }) })
    this.#listen(socket)
    socket.setTimeout(IDLE_MS)
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(this.#gone ?? new Error('Unexpected close')))
    })
  }

  #listen(socket: net.Socket): void {
    this.#socket = socket
    const lost = (error: Error): void => {
      this.#gone ??= error
      this.#waiting?.reject(this.#gone)
      this.#waiting = null
      socket.destroy()
    }
    socket.on('error', lost)
    socket.on('close', () => lost(new Error('Unexpected close')))
    socket.on('timeout', () => lost(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })))
    socket.on('data', (part) => {
      this.#parts.push(part)
      this.#bytes += part.length
      this.#tail = Buffer.concat([this.#tail, part.subarray(-5)]).subarray(-5)
      if (this.#bytes > this.#maxBytes) return lost(new Error('the answer is longer than the server said'))
      const waiting = this.#waiting
      if (!waiting || !this.#isWhole(waiting.lines)) return
      this.#waiting = null
      waiting.resolve(this.#take())
    })
  }

  /** One line, or lines to a final dot unless the first one refuses. Nothing follows an answer before the next command. */
  #isWhole(lines: boolean): boolean {
    const tail = this.#tail.toString('latin1')
    if (!tail.endsWith('\r\n')) return false
    if (!lines || this.#parts[0]?.[0] === 0x2d) return true
    return tail === '\r\n.\r\n'
  }

  #take(): Buffer {
    const answer = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    this.#tail = Buffer.alloc(0)
    return answer
  }

  #answer(lines: boolean): Promise<Buffer> {
    if (this.#gone) return Promise.reject(this.#gone)
    return new Promise((resolve, reject) => {
      this.#waiting = { lines, resolve, reject }
    })
  }

  async ask(command: string, lines: boolean): Promise<Buffer> {
    // A user name or password with a line's end in it would be a second command.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\x00-\x1f\x7f]/.test(command)) throw refused(command.split(' ', 1)[0]!, 'it holds a control character')
    const answer = this.#answer(lines)
    this.#socket.write(`${command}\r\n`)
    return answer
  }

  async say(command: string): Promise<string> {
    const answer = (await this.ask(command, false)).toString('latin1').trim()
    if (!answer.startsWith('+OK')) throw refused(command.split(' ', 1)[0]!, answer)
    return answer
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Signs in, and asks for the names of mails. Rejects when that does not work. */
export async function testPop3(server: ImapServer, password: string): Promise<void> {
  await using session = await openPop3(server, password, 64 * 1024 * 1024)
  await session.list()
  await session.quit()
}
