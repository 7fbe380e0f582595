import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { openKeyring } from '#core/signing.ts'
import { openConnection } from '#db/connection.ts'
import { writeDurably } from '#db/durable-file.ts'
import { openEmbeddedPostgres } from '#db/embedded-postgres.ts'
import { openDiskBlobStore } from '#files/blob-store.ts'
import { keyFingerprint } from '#upkeep/back-up.ts'
import { compareCounts, readHeader, restore } from '#upkeep/restore.ts'
import { type Config, readConfig } from '../../config.ts'
import { showProgress } from './progress.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera restore FILE [--json]
Fills an empty desk (DATA_DIR, or DATABASE_URL and FILES_URL) from a backup. The desk must not run. Mail that waited to be sent
when the backup was taken goes out when the desk is started.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } })
  if (positionals.length !== 1) throw new UsageError('Say which file to restore: tessera restore FILE.')
  const file = resolve(positionals[0]!)
  const config = readConfig()
  // A look at the file first: a wrong name should make no folder.
  const looked = await readHeader(file)
  if (config.secretKey && keyFingerprint(openKeyring(Buffer.from(config.secretKey, 'utf8'))) !== looked.keyFingerprint)
    terminal.stderr.write(
      'SECRET_KEY is not the one of this backup: passwords of mailboxes must be entered again, and links that were mailed are void.\n',
    )
  await using database = await openEmptyPlace(config)
  await using connection = openConnection({
    url: database.url,
    max: 3,
    applicationName: 'tessera-restore',
    copies: true,
    onError: () => {},
  })
  const { rows } = await connection.pool.query<{ running: number }>(
    `select count(*) as running from pg_stat_activity where datname = current_database() and application_name = 'tessera'`,
  )
  if (rows[0]!.running > 0)
    throw Object.assign(new Error('A desk runs on this database; stop it first.'), { code: 'cannot_start' })
  const progress = showProgress(terminal)
  const { header, manifest, migrated } = await restore(
    {
      pool: connection.pool,
      blobs: openDiskBlobStore(config.filesUrl),
      dataDir: config.dataDir,
      takeKey: (secret) => {
        if (config.secretKey) return
        const kept = join(config.dataDir, 'secret-key')
        if (secret) {
          // Whatever key an empty desk has made has signed nothing.
          if (existsSync(kept)) rmSync(kept)
          writeDurably(kept, `${secret.toString('hex')}\n`, { mode: 0o600 })
        } else
          terminal.stderr.write(
            'The backup has no secret key, since that desk was given SECRET_KEY: start this one with the same.\n',
          )
      },
    },
    file,
    progress.onProgress,
  ).finally(progress.end)
  // With migrations on top, tables may rightly differ.
  const differences = migrated.length === 0 ? await compareCounts(connection.pool, manifest) : []
  if (differences.length > 0) throw Object.assign(new Error(differences.join('\n')), { code: 'cannot_start' })
  const count = (table: string) => manifest.tables.find((one) => one.name === table)?.rows ?? 0
  const counts = {
    takenAt: header.takenAt,
    tickets: count('ticket'),
    entries: count('thread_entry'),
    files: manifest.files,
    migrated: migrated.length,
  }
  terminal.stdout.write(
    values.json
      ? `${JSON.stringify(counts)}\n`
      : `Restored as of ${header.takenAt}: ${counts.tickets} tickets with ${counts.entries} entries, ${counts.files} files. Start the desk with: tessera start\n`,
  )
  return exitCode.done
}

/** The database to fill: DATABASE_URL, or the embedded one of a data folder that no process uses. */
async function openEmptyPlace(config: Config): Promise<AsyncDisposable & { url: string }> {
  if (config.databaseUrl) return { url: config.databaseUrl, [Symbol.asyncDispose]: async () => {} }
  const server = await openEmbeddedPostgres({
    dataDir: config.dataDir,
    log: openLog('warn', false),
    mode: 'own',
    binDir: config.pgBinDir ?? undefined,
  })
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() }
}
