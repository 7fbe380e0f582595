import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { openConnection } from '#db/connection.ts'
import { migrate } from '#db/migrate.ts'
import { readConfig } from '../../config.ts'
import { openDeskDatabase } from './open-desk.ts'
import type { Terminal } from './terminal.ts'

export const usage = `Usage: tessera migrate [--dry-run] [--json]
Brings the database up to date. With --dry-run it only names what it would run.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args, options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } } })
  const config = readConfig()
  const log = openLog('warn', false)
  await using database = await openDeskDatabase(config, log)
  await using connection = openConnection({
    url: database.url,
    max: 2,
    applicationName: 'tessera-migrate',
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  })
  const names = await migrate(connection.pool, {
    dryRun: values['dry-run'] ?? false,
    onStep: (name, index, total) => terminal.stderr.write(`Migration ${index + 1} of ${total}: ${name}\n`),
  })
  if (values.json) terminal.stdout.write(`${JSON.stringify({ migrations: names, dryRun: values['dry-run'] ?? false })}\n`)
  else if (names.length === 0) terminal.stdout.write('The database is up to date.\n')
  else if (values['dry-run']) terminal.stdout.write(`Would run:\n${names.map((name) => `  ${name}\n`).join('')}`)
  else terminal.stdout.write(`Done: ${names.length} ${names.length === 1 ? 'migration' : 'migrations'}.\n`)
  return 0
}
