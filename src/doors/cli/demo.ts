import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { openDemoDesk } from '#demo/demo-desk.ts'
import { fillDemoDesk } from '#demo/fill-demo-desk.ts'
import { liveOn } from '#demo/life.ts'
import { readConfig } from '../../config.ts'
import { settleJobs, start } from '../../main.ts'
import { stopSignal } from './start.ts'
import { stayLocal } from './stay-local.ts'
import { exitCode, type Terminal } from './terminal.ts'

export const usage = `Usage: tessera demo
Starts a desk in use on a throw-away database and prints how to sign in. Everything is gone when it stops.
`

const titles = { agent: 'Agent', lead: 'Team lead', administrator: 'Administrator', customer: 'Customer' } as const

export async function run(args: string[], terminal: Terminal): Promise<number> {
  parseArgs({ args, options: {} })
  stayLocal()
  const given = readConfig()
  const port = given.port === 0 ? await freePort(given.host) : given.port
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tessera-demo-'))
  // The database of a desk that root starts runs under a user of its own, who must come through here.
  chmodSync(dataDir, 0o711)
  const config = {
    ...given,
    port,
    // Its links must lead back to it.
    baseUrl: given.baseUrlFixed ? given.baseUrl : given.baseUrl.replace(/:\d+$/, `:${port}`),
    dataDir,
    databaseUrl: null,
    filesUrl: path.join(dataDir, 'files'),
    roles: new Set(['web', 'worker', 'mail'] as const),
    // Another program may have the usual port: then any other does.
    smtpListen: given.smtpListen ?? { host: '127.0.0.1', port: (await isFree(2525)) ? 2525 : 0 },
    smtpUrl: null,
  }
  const demo = openDemoDesk()
  const stopped = stopSignal(terminal)
  try {
    await using desk = await start({
      config,
      log: openLog('warn', config.logPretty),
      pages: () => import('virtual:react-router/server-build'),
      buildFolder: path.resolve(path.dirname(process.argv[1] ?? ''), '..'),
      demo,
      prepare: async (app) => {
        terminal.stderr.write('Filling the desk …\n')
        demo.world = await fillDemoDesk(app.ctx, demo, (then) => settleJobs(then, app.connection.pool))
      },
      onProgress: (sentence) => terminal.stderr.write(`${sentence} …\n`),
    })
    const life = liveOn(desk.app.ctx, demo)
    const lines = [
      `The demonstration runs at ${config.baseUrlFixed ? config.baseUrl : desk.url}`,
      'One click in the strip at the top makes you one of these; their passwords are for signing in by hand.',
      ...(demo.world?.people ?? []).map(({ role, name, email, password }) =>
        [`  ${titles[role]}`.padEnd(16), name.padEnd(16), email.padEnd(42), password ?? ''].join(' ').trimEnd(),
      ),
      ...(desk.smtp ? [`Mail to ${demo.world?.mailboxes[0]} is taken by SMTP at ${desk.smtp.host}:${desk.smtp.port}.`] : []),
      'What the desk sends stands in its outbox: nothing leaves this machine. Everything is gone when it stops.',
    ]
    terminal.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`)
    await stopped
    await life.stop()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.exit(exitCode.done)
}

/** A port that nobody holds at this moment. */
async function freePort(host: string, port = 0): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

const isFree = (port: number): Promise<boolean> =>
  freePort('127.0.0.1', port).then(
    () => true,
    () => false,
  )
