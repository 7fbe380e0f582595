import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { readConfig } from '../../config.ts'
import { start } from '../../main.ts'
import { fillDemoDesk } from './demo-desk.ts'
import { stopSignal } from './start.ts'
import { exitCode, type Terminal } from './terminal.ts'

export const usage = `Usage: tessera demo
Starts a desk in use on a throw-away database and prints how to sign in. Everything is gone when it stops.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  parseArgs({ args, options: {} })
  const given = readConfig()
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tessera-demo-'))
  const config = {
    ...given,
    dataDir,
    databaseUrl: null,
    filesUrl: path.join(dataDir, 'files'),
    smtpListen: given.smtpListen ?? { host: '127.0.0.1', port: 2525 },
    // Nothing of a demonstration reaches a real mailbox: replies wait in the outbound queue.
    smtpUrl: null,
  }
  const stopped = stopSignal(terminal)
  try {
    await using desk = await start({
      config,
      log: openLog('warn', config.logPretty),
      pages: () => import('virtual:react-router/server-build'),
      buildFolder: path.resolve(path.dirname(process.argv[1] ?? ''), '..'),
      onProgress: (sentence) => terminal.stderr.write(`${sentence} …\n`),
    })
    const logins = await fillDemoDesk(desk.app.ctx)
    const lines = [
      `The demonstration runs at ${config.baseUrlFixed ? config.baseUrl : desk.url}`,
      ...logins.map(({ role, email, password }) => `${role.padEnd(14)} ${email.padEnd(24)} ${password}`),
      ...(desk.smtp
        ? [`Mail to any address is taken by SMTP at ${desk.smtp.host}:${desk.smtp.port}; replies are kept, not sent.`]
        : []),
      'Everything is gone when it stops.',
    ]
    terminal.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`)
    await stopped
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.exit(exitCode.done)
}
