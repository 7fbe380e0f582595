import { constants, existsSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { openConnection } from '#db/connection.ts'
import { embeddedPostgresHolder } from '#db/embedded-postgres.ts'
import { migrate } from '#db/migrate.ts'
import { type Config, readConfig } from '../../config.ts'
import { openDeskDatabase } from './open-desk.ts'
import type { Terminal } from './terminal.ts'

export const usage = `Usage: tessera doctor [--json]
Looks whether this machine and this configuration are fit to run a desk. Exit code 1 when something is not.
`

interface Finding {
  what: string
  ok: boolean
  says: string
}

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } })
  const config = readConfig()
  const findings: Finding[] = []
  const look = async (what: string, check: () => Promise<string>) => {
    try {
      findings.push({ what, ok: true, says: await check() })
    } catch (error) {
      findings.push({ what, ok: false, says: error instanceof Error ? error.message : String(error) })
    }
  }
  const holder = config.databaseUrl ? null : embeddedPostgresHolder(config.dataDir)
  const isRunning = holder?.command === 'own'
  await look('node', async () => process.version)
  await look('desk', async () => (isRunning ? `runs (process ${holder?.pid})` : 'does not run on this data folder'))
  await look('data folder', () => dataFolder(config))
  await look('port', () => (isRunning ? Promise.resolve(`${config.host}:${config.port}`) : freePort(config)))
  await look('database', () => database(config))
  if (values.json) terminal.stdout.write(`${JSON.stringify({ ok: findings.every((finding) => finding.ok), findings })}\n`)
  else for (const { what, ok, says } of findings) terminal.stdout.write(`${ok ? 'ok  ' : 'BAD '} ${what.padEnd(12)} ${says}\n`)
  return findings.every((finding) => finding.ok) ? 0 : 1
}

async function dataFolder({ dataDir }: Config): Promise<string> {
  const there = await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw new Error(`${dataDir} cannot be written (${error.code}).`)
    },
  )
  if (!there) return `${dataDir} will be made at the first start`
  const disk = await statfs(dataDir)
  const free = (disk.bavail * disk.bsize) / 2 ** 30
  if (free < 1) throw new Error(`${dataDir} has ${Math.round(free * 1024)} MB left; a desk wants 1 GB at least.`)
  return `${dataDir}, ${free.toFixed(0)} GB free`
}

function freePort({ host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(`${host}:${port} cannot be opened (${error.code}).`)))
    server.listen(port, host, () => server.close(() => resolve(`${host}:${port} is free`)))
  })
}

async function database(config: Config): Promise<string> {
  // Looking must not make anything.
  const isMade = ['postgres', 'postgres-location'].some((name) => existsSync(join(config.dataDir, name)))
  if (!config.databaseUrl && !isMade) return 'embedded, will be made at the first start'
  const log = openLog('fatal', false)
  await using opened = await openDeskDatabase(config, log)
  await using connection = openConnection({ url: opened.url, max: 2, onError: () => {} })
  const { rows } = await connection.pool.query<{ version: string; number: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num') as number`,
  )
  const { version, number } = rows[0]!
  if (Number(number) < 150_000) throw new Error(`PostgreSQL ${version} is too old: Tessera needs 15 or newer.`)
  const waiting = await migrate(connection.pool, { dryRun: true })
  const schema = waiting.length === 0 ? 'schema up to date' : `${waiting.length} migrations to run (they run at the next start)`
  return `PostgreSQL ${version}${config.databaseUrl ? '' : ', embedded'}, ${schema}`
}
