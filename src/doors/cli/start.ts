import path from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { readConfig } from '../../config.ts'
import { start } from '../../main.ts'
import { exitCode, type Terminal } from './terminal.ts'

export const usage = `Usage: tessera start
Starts the desk and stays until it is told to stop (Ctrl-C or SIGTERM). Settings come from the environment.
`

/** How long open work may take to end before the process ends without it. */
const PATIENCE_MS = 30_000

export async function run(args: string[], terminal: Terminal): Promise<number> {
  parseArgs({ args, options: {} })
  const config = readConfig()
  const log = openLog(config.logLevel, config.logPretty)
  const stopped = stopSignal(terminal)
  const desk = await start({
    config,
    log,
    pages: () => import('virtual:react-router/server-build'),
    // The command line is build/server/cli.js.
    buildFolder: path.resolve(path.dirname(process.argv[1] ?? ''), '..'),
    onProgress: (sentence) => terminal.stderr.write(`${sentence} …\n`),
  })
  const lines = [
    ...(desk.url ? [`Tessera runs at ${config.baseUrlFixed ? config.baseUrl : desk.url}`] : ['Tessera runs, without web pages.']),
    ...(desk.smtp ? [`Mail is taken by SMTP at ${desk.smtp.host}:${desk.smtp.port}`] : []),
    ...(desk.setupLink ? [`Set it up (this link works once): ${desk.setupLink}`] : []),
  ]
  if (terminal.stdout.isTTY) terminal.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n  Ctrl-C stops it.\n\n`)
  else {
    // stdout carries JSON lines; whoever reads along gets the sentences beside them.
    log.info({ url: desk.url, smtp: desk.smtp, setupLink: desk.setupLink }, 'Tessera runs')
    terminal.stderr.write(lines.map((line) => `${line}\n`).join(''))
  }
  const signal = await stopped
  log.info({ signal }, 'stopping')
  const impatient = setTimeout(() => {
    log.error('open work did not end in time; ending without it')
    process.exit(exitCode.failed)
  }, PATIENCE_MS)
  await desk[Symbol.asyncDispose]()
  clearTimeout(impatient)
  log.info('stopped')
  process.exit(exitCode.done)
}

/** The first request to stop. A second one, a second later or more, ends the process at once. */
export function stopSignal(terminal: Terminal): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | null = null
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first === null) {
          first = performance.now()
          resolve(signal)
          // npm and the terminal may both pass on the same key.
        } else if (performance.now() - first > 1000) {
          terminal.stderr.write('Stopped at once.\n')
          process.exit(exitCode.failed)
        }
      })
    }
  })
}
