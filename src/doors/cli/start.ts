import { openLog } from '#core/log.ts'
import { readConfig } from '../../config.ts'
import { start } from '../../main.ts'
import { exitCode, type Terminal } from './terminal.ts'

export const usage = `Usage: tessera start
Starts the desk: database, web, worker and mail, as ROLES says. Stops in order on SIGTERM or SIGINT.
`

/** Runs the desk until a signal asks it to stop. */
export async function run(_args: string[], terminal: Terminal): Promise<number> {
  const config = readConfig()
  const log = openLog(config.logLevel, config.logPretty)
  const stop = new AbortController()
  let asked = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    asked += 1
    if (asked > 1) process.exit(1)
    log.info({ signal }, 'stopping')
    stop.abort()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('SIGHUP', onSignal)

  await using desk = await start({
    config,
    log,
    buildFolder: import.meta.env.PROD ? buildFolderOf(process.argv[1]!) : 'build',
    // The pages are part of this same build: one module graph.
    pages: () => import('virtual:react-router/server-build'),
    onProgress: (sentence) => terminal.stderr.write(`${sentence}\n`),
  })
  if (desk.url) terminal.stdout.write(`\nTessera runs at ${config.baseUrlFixed || config.port !== 0 ? config.baseUrl : desk.url}\n`)
  if (desk.smtp) terminal.stdout.write(`It takes mail by SMTP at ${desk.smtp.host}:${desk.smtp.port}\n`)
  if (desk.setupLink) terminal.stdout.write(`\nSet it up with this link, which works once:\n  ${desk.setupLink}\n`)
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  return exitCode.done
}

/** build/server/cli.js → build */
const buildFolderOf = (script: string): string => script.replace(/[\\/]server[\\/][^\\/]+$/, '')
