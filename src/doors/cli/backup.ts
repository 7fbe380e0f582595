import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '#core/clock.ts'
import { openLog } from '#core/log.ts'
import { openKeyring } from '#core/signing.ts'
import { openConnection } from '#db/connection.ts'
import { openDiskBlobStore } from '#files/blob-store.ts'
import { backUp } from '#upkeep/back-up.ts'
import { readConfig, readSecret } from '../../config.ts'
import { openDeskDatabase } from './open-desk.ts'
import { inWords, showProgress } from './progress.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera backup FILE [--json]
Writes the whole desk into one file while it runs: database, files, waiting mail, secret key. Keep the file safe: it holds
everything. "tessera verify FILE" proves that it can be restored.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } })
  if (positionals.length !== 1) throw new UsageError('Say which file to write: tessera backup FILE.')
  const file = resolve(positionals[0]!)
  const config = readConfig()
  const log = openLog('warn', false)
  await using database = await openDeskDatabase(config, log)
  await using connection = openConnection({
    url: database.url,
    max: 1,
    applicationName: 'tessera-backup',
    copies: true,
    onError: () => {},
  })
  const secret = readSecret(config)
  const progress = showProgress(terminal)
  const { bytes, manifest } = await backUp(
    {
      pool: connection.pool,
      blobs: openDiskBlobStore(config.filesUrl),
      dataDir: config.dataDir,
      keys: openKeyring(secret),
      secret: config.secretKey ? null : secret,
      now: systemClock.now(),
    },
    file,
    progress.onProgress,
  ).finally(progress.end)
  const rows = new Map(manifest.tables.map((table) => [table.name, table.rows]))
  const counts = {
    file,
    bytes,
    tickets: rows.get('ticket') ?? 0,
    entries: rows.get('thread_entry') ?? 0,
    files: manifest.files,
    fileBytes: manifest.fileBytes,
    hasSecretKey: !config.secretKey,
  }
  if (values.json) terminal.stdout.write(`${JSON.stringify(counts)}\n`)
  else {
    terminal.stdout.write(
      `${file}: ${counts.tickets} tickets with ${counts.entries} entries, ${counts.files} files; ${inWords(bytes)}.\n`,
    )
    if (config.secretKey) terminal.stdout.write('SECRET_KEY is not in it: keep it with the backup, stored passwords need it.\n')
  }
  return exitCode.done
}
