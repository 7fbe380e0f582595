import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { createOsticketKey } from '#access/api-tokens.ts'
import { startSession } from '#access/sessions.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openLog } from '#core/log.ts'
import { type EmbeddedPostgres, openEmbeddedPostgres } from '#db/embedded-postgres.ts'
import { defaultDepartment } from '#people/directory.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { seedDesk } from '#setup/seed-desk.ts'
import { httpRequest, loadHttp } from '../../../bench/http-load.ts'
import { loadMail } from '../../../bench/mail-load.ts'
import { cpuMs } from '../../../bench/processes.ts'
import { printRows, type Row } from '../../../bench/table.ts'
import { openApp } from '../../app.ts'
import { readConfig } from '../../config.ts'
import { exitCode, type Terminal } from './terminal.ts'

export const usage = `Usage: tessera bench [tickets|mail|pages|statements] [--calls N] [--json] [--statements] [--profile DIR]
Starts this build on a database of its own, fills it with 2,000 tickets, and measures what a ticket, a mail and a page cost: CPU of
the desk and of PostgreSQL together, and SQL statements, jobs included. Outgoing mail is off. --statements lists each statement,
--profile writes CPU profiles of the desk.
`

const TICKETS = 2000
const MAILBOX = 'support@bench.example'

interface Bench extends AsyncDisposable {
  readonly url: string
  readonly smtp: { host: string; port: number }
  readonly postgres: EmbeddedPostgres
  readonly key: string
  readonly cookie: string
  /** Numbers of some tickets. */
  readonly numbers: string[]
  query<T>(text: string): Promise<T[]>
  /** CPU milliseconds of the desk and of PostgreSQL so far. */
  cpu(): { desk: number; postgres: number }
}

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      calls: { type: 'string' },
      json: { type: 'boolean' },
      statements: { type: 'boolean' },
      profile: { type: 'string' },
    },
  })
  const calls = Number(values.calls ?? 3000)
  const say = (text: string): unknown => terminal.stderr.write(`${text}\n`)
  const rows: Row[] = []
  const only = positionals[0] ?? values.only
  const wants = (part: string): boolean => only === undefined || only === part
  if (wants('tickets') || wants('mail') || wants('pages')) {
    say('Starting a desk with 2,000 tickets …')
    await using bench = await openBench({}, values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [])
    // Pages first: they are measured with 2,000 tickets stored.
    if (wants('pages')) {
      say('Pages …')
      rows.push(...(await pageRows(bench, Math.ceil(calls / 5))))
    }
    if (wants('tickets')) {
      say('Tickets over the API …')
      rows.push(...(await ticketRows(bench, calls)))
    }
    if (wants('mail')) {
      say('Mails …')
      rows.push(...(await mailRows(bench, Math.ceil(calls / 3))))
    }
  }
  if (wants('statements')) {
    say('Counting statements …')
    await using bench = await openBench({
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.track_planning': 'on',
    })
    rows.push(...(await statementRows(bench, values.statements ? (text) => terminal.stderr.write(text) : null)))
  }
  terminal.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : printRows(rows))
  return exitCode.done
}

/** Starts the desk as a user does, on an embedded server of its own, seeded; outgoing mail off. */
async function openBench(settings: Record<string, string>, nodeOptions: readonly string[] = []): Promise<Bench> {
  await using opening = new AsyncDisposableStack()
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-bench-'))
  opening.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  // As root the server runs as another user, who must be able to walk through.
  chmodSync(dataDir, 0o711)
  const log = openLog('error', false)
  const postgres = await openEmbeddedPostgres({ dataDir, log, mode: 'own', settings })
  opening.defer(() => postgres.stop())
  const environment = { DATA_DIR: dataDir, DATABASE_URL: postgres.url, PORT: '0', SMTP_LISTEN: '127.0.0.1:0', LOG_LEVEL: 'warn' }

  const prepared = await prepare(environment, postgres.url)
  const desk = spawn(process.execPath, [...nodeOptions, process.argv[1] ?? '', 'start'], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  opening.defer(() => stop(desk))
  const { url, smtp } = await addresses(desk)
  const app = opening.use(
    await openApp({ config: readConfig(environment), databaseUrl: postgres.url, log, migrate: false, maxConnections: 1 }),
  )
  const opened = opening.move()
  return {
    url,
    smtp,
    postgres,
    ...prepared,
    query: async <T>(text: string) => (await sql.raw<T>(text).execute(app.ctx.db)).rows,
    cpu: () => ({ desk: cpuMs(desk.pid ?? 0), postgres: cpuMs(postgres.pid() ?? 0, { family: true }) }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function prepare(environment: NodeJS.ProcessEnv, databaseUrl: string): Promise<Pick<Bench, 'key' | 'cookie' | 'numbers'>> {
  await using app = await openApp({
    config: readConfig(environment),
    databaseUrl,
    log: openLog('error', false),
    maxConnections: 3,
  })
  const { ctx } = app
  await changeSettings(ctx, {
    'setup.completedAt': ctx.clock.now().toISOString(),
    // Thousands of mails of one domain within minutes are what is measured, not a loop.
    'loops.perSenderPerHour': 0,
    'loops.perDomainPerHour': 0,
  })
  await addMailbox(ctx, { address: MAILBOX, department: (await defaultDepartment(ctx)).id })
  const { agents } = await seedDesk(ctx, { tickets: TICKETS, agents: 10, seed: 'bench' })
  const { key } = await createOsticketKey(ctx, { name: 'bench' })
  const { token } = await startSession(ctx, { agent: agents[0]! })
  const { rows } = await sql<{ number: string }>`select number from ticket where state = 'open' order by id limit 200`.execute(
    ctx.db,
  )
  await sql`vacuum analyze`.execute(ctx.db)
  return { key, cookie: `session=${token}`, numbers: rows.map((row) => row.number) }
}

function addresses(desk: ChildProcess): Promise<{ url: string; smtp: { host: string; port: number } }> {
  return new Promise((resolve, reject) => {
    let output = ''
    desk.stderr?.on('data', (chunk) => {
      output += String(chunk)
      const url = /Tessera runs at (http\S+)/.exec(output)?.[1]
      const smtp = /SMTP at (\S+):(\d+)/.exec(output)
      if (url && smtp) resolve({ url, smtp: { host: smtp[1]!, port: Number(smtp[2]) } })
    })
    desk.once('exit', () => reject(new Error(`the desk did not start:\n${output}`)))
  })
}

async function stop(desk: ChildProcess): Promise<void> {
  if (desk.exitCode !== null) return
  const ended = new Promise((resolve) => desk.once('exit', resolve))
  desk.kill('SIGTERM')
  await ended
}

const ticketCall = (bench: Bench, index: number): Buffer =>
  httpRequest(
    'POST',
    '/api/tickets.json',
    { 'X-API-Key': bench.key, 'Content-Type': 'application/json' },
    JSON.stringify({
      alert: true,
      autorespond: true,
      source: 'API',
      name: `Customer ${index % 500}`,
      email: `customer${index % 500}@bench.example`,
      subject: `Grinder ${index} smells burnt`,
      message: `It began this morning before we opened. ${'Nothing was changed on our side. '.repeat(8)}`,
    }),
  )

async function allCreated(bench: Bench, from: number, total: number, connections: number) {
  const loaded = await loadHttp({ url: bench.url, connections, total, request: (index) => ticketCall(bench, from + index) })
  if (loaded.statuses.get(201) !== total)
    throw new Error(`not every call was answered with 201: ${JSON.stringify([...loaded.statuses])}`)
  return loaded
}

/** CPU that `work` costs, until no job waits. */
async function spent(bench: Bench, work: () => Promise<unknown>): Promise<{ all: number; postgres: number }> {
  const before = bench.cpu()
  await work()
  await jobsDone(bench)
  const after = bench.cpu()
  const postgres = after.postgres - before.postgres
  return { all: after.desk - before.desk + postgres, postgres }
}

async function jobsDone(bench: Bench): Promise<void> {
  for (;;) {
    const [waiting] = await bench.query<{ n: number }>(
      "select (select count(*) from graphile_worker.jobs where run_at <= clock_timestamp()) + (select count(*) from inbound_message where state = 'received') as n",
    )
    if (Number(waiting?.n) === 0) return
    await delay(50)
  }
}

async function ticketRows(bench: Bench, calls: number): Promise<Row[]> {
  await allCreated(bench, 0, 500, 10)
  let rate = 0
  const cpu = await spent(bench, async () => {
    rate = calls / (await allCreated(bench, 500, calls, 10)).seconds
  })
  return [
    {
      what: 'API ticket, CPU',
      value: cpu.all / calls,
      postgres: cpu.postgres / calls,
      unit: 'ms',
      osticket: 28,
      goal: { most: 3 },
    },
    { what: 'API tickets, 10 clients', value: rate, unit: '/s', osticket: 60, goal: { least: 600 } },
  ]
}

const FILL = `${'Nothing was changed on our side since the last delivery came in. '.repeat(70)}\r\n`

/** About 5 kB, of a customer who has written before; `answers`: to the mail of that index. */
const mail = (index: number, answers?: number): { from: string; raw: string } => {
  const from = `customer${(answers ?? index) % 500}@bench.example`
  const idOf = (of: number | string): string => `<bench-${of}-${process.pid}@bench.example>`
  const thread = answers === undefined ? '' : `In-Reply-To: ${idOf(answers)}\r\n`
  return {
    from,
    raw: `From: Customer <${from}>\r\nTo: ${MAILBOX}\r\nSubject: Delivery ${index} is late\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: ${idOf(index)}\r\n${thread}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${FILL.replace(/(.{70})\s/g, '$1\r\n')}`,
  }
}

const sendMails = (bench: Bench, from: number, total: number, answered?: number): Promise<void> =>
  loadMail({
    ...bench.smtp,
    connections: 4,
    total,
    to: MAILBOX,
    mail: (index) => (answered === undefined ? mail(from + index) : mail(from + index, answered + index)),
  })

async function mailRows(bench: Bench, total: number): Promise<Row[]> {
  await sendMails(bench, 0, 200)
  await jobsDone(bench)
  const measured = async (what: string, goals: { cpu: number; rate: number }, work: () => Promise<void>): Promise<Row[]> => {
    const began = performance.now()
    const cpu = await spent(bench, work)
    const seconds = (performance.now() - began) / 1000
    return [
      {
        what: `${what} of 5 kB, CPU`,
        value: cpu.all / total,
        postgres: cpu.postgres / total,
        unit: 'ms',
        osticket: 28,
        goal: { most: goals.cpu },
      },
      { what: `${what}s posted, 4 connections`, value: total / seconds, unit: '/s', osticket: null, goal: { least: goals.rate } },
    ]
  }
  return [
    ...(await measured('new mail', { cpu: 2.8, rate: 200 }, () => sendMails(bench, 200, total))),
    ...(await measured('answering mail', { cpu: 3, rate: 200 }, () => sendMails(bench, 200 + total, total, 200))),
  ]
}

async function pageRows(bench: Bench, total: number): Promise<Row[]> {
  const get = (path: string): Buffer => httpRequest('GET', path, { Cookie: bench.cookie })
  const page = async (path: (index: number) => string): Promise<{ cpu: number; postgres: number }> => {
    const requests = Array.from({ length: 200 }, (_, index) => get(path(index)))
    const load = (count: number) =>
      loadHttp({ url: bench.url, connections: 2, total: count, request: (index) => requests[index % 200]! })
    const warm = await load(100)
    if (warm.statuses.get(200) !== 100) throw new Error(`${path(0)} was answered with ${JSON.stringify([...warm.statuses])}`)
    const cpu = await spent(bench, () => load(total))
    return { cpu: cpu.all / total, postgres: cpu.postgres / total }
  }
  const ticketOf = (index: number): string => bench.numbers[index % bench.numbers.length]!
  const queue = await page(() => '/agent/queues/open')
  // What the browser asks for when one goes there from another page of the workspace: the frame around it stays.
  const queueData = await page(() => '/agent/queues/open.data?_routes=root%2Cpages%2Fagent%2Fdesk')
  const ticket = await page((index) => `/agent/tickets/${ticketOf(index)}`)
  const ticketData = await page(
    (index) => `/agent/tickets/${ticketOf(index)}.data?queue=open&_routes=root%2Cpages%2Fagent%2Fticket`,
  )
  return [
    {
      what: "agents' queue, whole document, CPU",
      value: queue.cpu,
      postgres: queue.postgres,
      unit: 'ms',
      osticket: 59,
      goal: { most: 5.9 },
    },
    {
      what: "agents' queue, navigation, CPU",
      value: queueData.cpu,
      postgres: queueData.postgres,
      unit: 'ms',
      osticket: 59,
      goal: { most: 5.9 },
    },
    {
      what: 'ticket page, whole document, CPU',
      value: ticket.cpu,
      postgres: ticket.postgres,
      unit: 'ms',
      osticket: 25,
      goal: { most: 2.5 },
    },
    {
      what: 'ticket page, navigation, CPU',
      value: ticketData.cpu,
      postgres: ticketData.postgres,
      unit: 'ms',
      osticket: 25,
      goal: { most: 2.5 },
    },
  ]
}

interface Statement {
  query: string
  calls: number
  /** Milliseconds of one call: of planning, of execution. */
  planning: number
  execution: number
}

async function statementRows(bench: Bench, list: ((text: string) => void) | null): Promise<Row[]> {
  await bench.query('create extension if not exists pg_stat_statements')
  const count = async (
    total: number,
    work: () => Promise<unknown>,
    title: string,
  ): Promise<{ statements: number; frames: number }> => {
    await bench.query('select pg_stat_statements_reset()')
    await work()
    await jobsDone(bench)
    const all = await bench.query<Statement>(
      "select query, calls, total_plan_time / calls as planning, mean_exec_time as execution from pg_stat_statements where query not like '%pg_stat_statements%' and query not like '%clock_timestamp()%' order by calls desc",
    )
    const isFrame = (query: string): boolean => /^(begin|commit|rollback|start transaction)\b/i.test(query)
    const sum = (some: Statement[]): number => some.reduce((total, { calls }) => total + Number(calls), 0) / total
    list?.(`\n${title}\n`)
    for (const { query, calls, planning, execution } of all) {
      const each = (Number(calls) / total).toFixed(2).padStart(7)
      list?.(`${each} × ${planning.toFixed(3)} + ${execution.toFixed(3)} ms  ${query.replace(/\s+/g, ' ').slice(0, 150)}\n`)
    }
    return { statements: sum(all.filter(({ query }) => !isFrame(query))), frames: sum(all.filter(({ query }) => isFrame(query))) }
  }
  await allCreated(bench, 0, 200, 4)
  await sendMails(bench, 0, 50)
  await jobsDone(bench)
  const ticket = await count(300, () => allCreated(bench, 200, 300, 1), 'API ticket')
  const mails = await count(200, () => sendMails(bench, 1000, 200), 'new mail')
  const answers = await count(200, () => sendMails(bench, 2000, 200, 1000), 'answering mail')
  const pages = async (path: string): Promise<number> => {
    const request = httpRequest('GET', path, { Cookie: bench.cookie })
    const load = (): Promise<unknown> => loadHttp({ url: bench.url, connections: 1, total: 50, request: () => request })
    await load()
    return (await count(50, load, path)).statements
  }
  const queuePage = await pages('/agent/queues/open')
  const ticketPage = await pages(`/agent/tickets/${bench.numbers[0]}`)
  return [
    { what: "agents' queue, SQL statements", value: queuePage, unit: '', osticket: null, goal: null },
    { what: 'ticket page, SQL statements', value: ticketPage, unit: '', osticket: null, goal: null },
    { what: 'API ticket, SQL statements', value: ticket.statements, unit: '', osticket: 138, goal: { most: 10 } },
    { what: 'API ticket, BEGIN and COMMIT', value: ticket.frames, unit: '', osticket: null, goal: null },
    { what: 'new mail, SQL statements', value: mails.statements, unit: '', osticket: null, goal: { most: 10 } },
    { what: 'answering mail, SQL statements', value: answers.statements, unit: '', osticket: null, goal: { most: 11 } },
    { what: 'new mail, BEGIN and COMMIT', value: mails.frames, unit: '', osticket: null, goal: null },
  ]
}
