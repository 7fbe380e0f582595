import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { actingAs, type Context } from '#core/context.ts'
import type { CrashPoint } from '#core/crash.ts'
import { silentLog } from '#core/log.ts'
import { seededRandom } from '#core/random.ts'
import { createAgent } from '#people/agents.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { hasDovecot, startDovecot } from '../world/dovecot.ts'
import { freePort, until } from '../world/free-port.ts'

/** Two to three minutes on two cores. Fewer while one works on it: KILL_MAILS=60 KILL_TIMES=5. */
const MAILS = Number(process.env.KILL_MAILS ?? 500)
const RANDOM_KILLS = Number(process.env.KILL_TIMES ?? 30)
const POINTS: CrashPoint[] = ['after-blob', 'after-row', 'after-commit', 'before-ack', 'mid-send']

/**
 * What a killed process has written is the kernel's to keep, on disk or in memory alike; in memory nobody waits for the disk. Power
 * cuts are another matter: the order of fsyncs is what stands against them.
 */
function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize > 2 ** 31) return '/dev/shm'
  } catch {
    // Not on this system.
  }
  return tmpdir()
}

const cli = resolve('build/server/cli.js')
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const idOf = (number: number): string => `m${String(number).padStart(4, '0')}`

const mailOf = (number: number): string => {
  const id = idOf(number)
  return `From: Kim ${id} <kim-${id}@customer.example>\r\nTo: support@desk.example\r\nSubject: Question ${id}\r\nMessage-ID: <${id}@customer.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\nThis is the body of ${id}.\r\n`
}

/** The outside world's mail server: takes everything, remembers every copy. */
async function captureMail() {
  const copies = new Map<string, { digest: string; text: string }[]>()
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    logger: false,
    onData(stream, _session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('error', () => {})
      stream.on('end', () => {
        const raw = Buffer.concat(parts)
        const text = raw.toString()
        const id = /^Message-ID:\s*<([^>]+)>/im.exec(text)?.[1] ?? 'none'
        copies.set(id, [...(copies.get(id) ?? []), { digest: createHash('sha256').update(raw).digest('hex'), text }])
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    copies,
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}

/** A sending mail server: keeps every mail until it hears 250, whatever happens in between. */
function startSender(port: number) {
  const waiting: number[] = []
  const accepted = new Set<number>()
  let stopped = false
  const worker = async (): Promise<void> => {
    while (!stopped) {
      const number = waiting.shift()
      if (number === undefined) {
        await sleep(20)
        continue
      }
      const transport = createTransport({
        host: '127.0.0.1',
        port,
        ignoreTLS: true,
        connectionTimeout: 2_000,
        greetingTimeout: 3_000,
        socketTimeout: 10_000,
      })
      try {
        await transport.sendMail({
          envelope: { from: `kim-${idOf(number)}@customer.example`, to: ['support@desk.example'] },
          raw: mailOf(number),
        })
        accepted.add(number)
      } catch {
        waiting.push(number)
        await sleep(50)
      } finally {
        transport.close()
      }
    }
  }
  const workers = [worker(), worker(), worker()]
  return {
    accepted,
    send: (numbers: number[]) => waiting.push(...numbers),
    async stop() {
      stopped = true
      await Promise.all(workers)
    },
  }
}

class Desk {
  readonly #environment: Record<string, string>
  #child: ChildProcess | null = null
  #said = ''
  kills = 0

  constructor(environment: Record<string, string>) {
    this.#environment = environment
  }

  /** Starts the built application; `ready` resolves when it says that it runs, or when it has died. */
  start(crashAt: CrashPoint | null = null): { ready: Promise<boolean>; died: Promise<NodeJS.Signals | null> } {
    const child = spawn(process.execPath, [cli, 'start'], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...this.#environment,
        ...(crashAt ? { TESSERA_CRASH_AT: crashAt } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#said = ''
    const died = new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_code, signal) => done(signal)))
    const ready = new Promise<boolean>((done) => {
      const hear = (part: Buffer): void => {
        this.#said += part.toString()
        if (this.#said.includes('Tessera runs')) done(true)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('exit', () => done(false))
    })
    return { ready, died }
  }

  kill(): void {
    this.kills += 1
    this.#child?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await gone
    clearTimeout(timer)
  }

  get said(): string {
    return this.#said
  }
}

describe.skipIf(!hasDovecot || !existsSync(cli))('nothing is lost', () => {
  test(`${MAILS} mails by IMAP and SMTP, killed at every step and ${RANDOM_KILLS} times at random`, async () => {
    const random = seededRandom(`kills ${process.env.KILL_SEED ?? '1'}`)
    const between = (low: number, high: number): number => low + (random.bytes(4).readUInt32BE(0) % (high - low))
    await using cleaning = new AsyncDisposableStack()
    const dataDir = mkdtempSync(join(quickFolder(), 'tsl-'))
    chmodSync(dataDir, 0o711)
    cleaning.defer(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))
    const dovecot = cleaning.use(await startDovecot())
    const outside = await captureMail()
    cleaning.defer(() => outside.close())
    const listen = await freePort()
    const environment = {
      DATA_DIR: dataDir,
      ROLES: 'worker,mail',
      BASE_URL: 'http://desk.example',
      SMTP_LISTEN: `127.0.0.1:${listen}`,
      SMTP_URL: `smtp://127.0.0.1:${outside.port}`,
      LOG_LEVEL: 'info',
    }
    const desk = new Desk(environment)
    cleaning.defer(() => desk.stop())
    const sender = startSender(listen)
    cleaning.defer(() => sender.stop())

    // The first start makes the desk; a second application on the same database is the agent at work.
    expect(await desk.start().ready, desk.said).toBe(true)
    const databaseUrl = `postgresql://tessera@/tessera?host=${encodeURIComponent(join(dataDir, 'postgres', 'run'))}`
    const app: App = cleaning.use(
      await openApp({
        config: readConfig({ ...environment, DATABASE_URL: databaseUrl }),
        databaseUrl,
        log: silentLog,
        maxConnections: 4,
      }),
    )
    const { id: adaId } = await createAgent(app.ctx, { email: 'ada@desk.example', name: 'Ada', administrator: true })
    const ada: Context = actingAs(app.ctx, agentActor((await agentFacts(app.ctx, adaId))!))
    const department = (await app.ctx.db.selectFrom('department').select('id').orderBy('id').limit(1).executeTakeFirstOrThrow())
      .id
    await addMailbox(ada, {
      address: 'support@desk.example',
      department,
      imap: {
        host: '127.0.0.1',
        port: dovecot.imapPort,
        security: 'none',
        user: 'support@desk.example',
        password: dovecot.password,
      },
    })

    let working = true
    const answering = (async () => {
      while (working) {
        try {
          const open = await app.ctx.db
            .selectFrom('ticket')
            .select(['id', 'subject'])
            .where('last_response_at', 'is', null)
            .limit(10)
            .execute()
          for (const ticket of open)
            await replyToTicket(
              ada,
              { id: ticket.id },
              { body: `<p>Answer to ${ticket.subject.slice(-5)}.</p>` },
              { undoSeconds: 0 },
            )
          if (open.length === 0) await sleep(100)
        } catch {
          // The database is down with its desk: the agent sees an error and tries again.
          await sleep(100)
        }
      }
    })()
    cleaning.defer(async () => {
      working = false
      await answering
    })

    // Half of the mails by each way, a few in every life of the desk, the rest at the end.
    const numbers = Array.from({ length: MAILS }, (_, at) => at + 1)
    const feed = async (count: number): Promise<void> => {
      const some = numbers.splice(0, count)
      sender.send(some.filter((number) => number % 2 === 0))
      await dovecot.append('support@desk.example', ...some.filter((number) => number % 2 === 1).map(mailOf))
    }

    desk.kill()
    const perLife = Math.floor(MAILS / (POINTS.length + RANDOM_KILLS + 2))
    for (const point of POINTS) {
      await sleep(50)
      const life = desk.start(point)
      await feed(perLife)
      const signal = await Promise.race([life.died, sleep(30_000).then(() => 'never')])
      expect(signal, `${point}: ${desk.said}`).toBe('SIGKILL')
    }
    let reached = 0
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      await sleep(50)
      const life = desk.start()
      await feed(perLife)
      // A third of them while it still starts.
      if (kill % 3 !== 0) reached += (await life.ready) ? 1 : 0
      await sleep(between(10, 700))
      desk.kill()
      await life.died
    }
    expect(desk.kills).toBe(RANDOM_KILLS + 1)
    expect(reached).toBeGreaterThan(RANDOM_KILLS / 2)

    await sleep(50)
    expect(await desk.start().ready, desk.said).toBe(true)
    await feed(numbers.length)

    const answers = (): Set<string> => {
      const found = new Set<string>()
      for (const copies of outside.copies.values()) {
        const id = /Answer to (m\d{4})\./.exec(copies[0]!.text)?.[1]
        if (id) found.add(id)
      }
      return found
    }
    const stillThere = async (): Promise<string> => {
      const { pool } = app.connection
      const inbound = await pool.query('select state, count(*) from inbound_message group by state')
      const outbound = await pool.query(`select id, state, kind, failure, last_error, attempts, sends_at, lease_until
        from outbound_message where state in ('waiting', 'sending') order by id limit 20`)
      const jobs = await pool.query(
        'select task_identifier, key, attempts, run_at, locked_at, last_error from graphile_worker.jobs limit 20',
      )
      return JSON.stringify({ at: new Date(), inbound: inbound.rows, outbound: outbound.rows, jobs: jobs.rows })
    }
    await until(
      async () => answers().size === MAILS && sender.accepted.size === MAILS / 2,
      async () => `all answered: ${answers().size} answers, ${sender.accepted.size} accepted by SMTP; ${await stillThere()}`,
      240_000,
    )
    await until(
      async () =>
        (await app.ctx.db.selectFrom('outbound_message').select('id').where('state', 'in', ['waiting', 'sending']).execute())
          .length === 0,
      async () => `every message has left: ${await stillThere()}`,
      150_000,
    )
    working = false
    await answering

    // What the servers around the desk know must be in the desk, once.
    const inbox = await dovecot.list('support@desk.example')
    expect(inbox).toHaveLength(MAILS / 2)
    expect(inbox.filter((mail) => !mail.seen)).toEqual([])
    const bodies = await app.ctx.db.selectFrom('thread_entry').select('body_text').where('kind', '=', 'message').execute()
    const times = new Map<string, number>()
    for (const { body_text } of bodies) {
      const id = /This is the body of (m\d{4})\./.exec(body_text)?.[1] ?? 'unknown'
      times.set(id, (times.get(id) ?? 0) + 1)
    }
    const everyMail = Array.from({ length: MAILS }, (_, at) => idOf(at + 1))
    expect(everyMail.filter((id) => times.get(id) !== 1)).toEqual([])
    expect(bodies).toHaveLength(MAILS)

    // Every reply left at least once, and every copy of it is the same octets under the same Message-ID.
    expect(everyMail.filter((id) => !answers().has(id))).toEqual([])
    const queued = await app.ctx.db.selectFrom('outbound_message').select(['message_id', 'state', 'kind']).execute()
    expect(queued.filter((message) => message.state !== 'sent')).toEqual([])
    expect(queued.filter((message) => !outside.copies.has(message.message_id))).toEqual([])
    const known = new Set(queued.map((message) => message.message_id))
    expect([...outside.copies.keys()].filter((id) => !known.has(id))).toEqual([])
    expect(
      [...outside.copies].filter(([, copies]) => new Set(copies.map((copy) => copy.digest)).size !== 1).map(([id]) => id),
    ).toEqual([])
    const doubles = [...outside.copies.values()].filter((copies) => copies.length > 1).length
    console.log(
      `${MAILS} mails, ${POINTS.length + desk.kills} kills: ${queued.length} messages left, ${doubles} of them more than once`,
    )
  }, 600_000)
})
