import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '#core/log.ts'
import { systemRandom } from '#core/random.ts'
import { type Connection, openConnection } from '#db/connection.ts'
import { openEmbeddedPostgres } from '#db/embedded-postgres.ts'
import { openDiskBlobStore } from '#files/blob-store.ts'
import { checkFiles } from '#upkeep/check-files.ts'
import { compareCounts, readHeader, restore } from '#upkeep/restore.ts'
import { type Config, readConfig } from '../../config.ts'
import { inWords, showProgress } from './progress.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera verify FILE [--json]
Proves that a backup can be restored: restores it to a scratch place, counts every table, reads every file, and removes the
scratch place again. The desk may run meanwhile. Exit code 1 when anything is missing.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } })
  if (positionals.length !== 1) throw new UsageError('Say which file to verify: tessera verify FILE.')
  const file = resolve(positionals[0]!)
  const config = readConfig()
  await readHeader(file)
  await using scratch = await openScratch(config)
  await using connection = openConnection({
    url: scratch.url,
    max: 3,
    applicationName: 'tessera-verify',
    copies: true,
    onError: () => {},
  })
  const blobs = openDiskBlobStore(join(scratch.folder, 'files'))
  const progress = showProgress(terminal)
  const { header, manifest, migrated } = await restore(
    { pool: connection.pool, blobs, dataDir: null },
    file,
    progress.onProgress,
  ).finally(progress.end)
  const problems = migrated.length === 0 ? await compareCounts(connection.pool, manifest) : []
  const files = await checkFiles(connection.pool, blobs)
  problems.push(...files.damaged.map((hash) => `The file ${hash} is damaged.`))
  problems.push(...files.missing.map((hash) => `The file ${hash} is named in the database and missing.`))
  const count = (table: string) => manifest.tables.find((one) => one.name === table)?.rows ?? 0
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const found = {
    ok: problems.length === 0,
    takenAt: header.takenAt,
    tickets: count('ticket'),
    entries: count('thread_entry'),
    people: count('end_user'),
    tables: manifest.tables.length,
    rows,
    files: files.files,
    fileBytes: files.bytes,
    problems,
  }
  if (values.json) terminal.stdout.write(`${JSON.stringify(found)}\n`)
  else {
    terminal.stdout.write(
      `Taken ${header.takenAt}: ${found.tickets} tickets with ${found.entries} entries of ${found.people} people; ${rows} rows in ${found.tables} tables; ${found.files} files, ${inWords(found.fileBytes)}.\n`,
    )
    if (found.ok) terminal.stdout.write('Restored to a scratch place: every row and every file is there.\n')
    else for (const problem of problems) terminal.stderr.write(`${problem}\n`)
  }
  return found.ok ? exitCode.done : exitCode.failed
}

interface Scratch extends AsyncDisposable {
  readonly url: string
  readonly folder: string
}

/** A database nobody else sees: an embedded one in a temporary folder, or one of its own on the server of DATABASE_URL. */
async function openScratch(config: Config): Promise<Scratch> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-verify-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  try {
    if (config.databaseUrl) return await scratchDatabase(config.databaseUrl, folder, removeFolder)
    // As root the server runs as another user, who must be able to walk through.
    chmodSync(folder, 0o711)
    const server = await openEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      log: openLog('warn', false),
      mode: 'own',
      binDir: config.pgBinDir ?? undefined,
      // Nothing here outlives the look at it.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    })
    return {
      url: server.url,
      folder,
      async [Symbol.asyncDispose]() {
        await server.stop()
        removeFolder()
      },
    }
  } catch (error) {
    removeFolder()
    throw error
  }
}

async function scratchDatabase(databaseUrl: string, folder: string, removeFolder: () => void): Promise<Scratch> {
  const name = `tessera_verify_${systemRandom.bytes(6).toString('hex')}`
  const admin = async (use: (pool: Connection['pool']) => Promise<unknown>) => {
    await using connection = openConnection({ url: databaseUrl, max: 1, applicationName: 'tessera-verify', onError: () => {} })
    await use(connection.pool)
  }
  await admin((pool) => pool.query(`create database "${name}" template template0 encoding 'UTF8'`)).catch((error) => {
    throw Object.assign(
      new Error(
        `The user of DATABASE_URL may not make a scratch database (${(error as Error).message}); grant it CREATEDB, or run verify without DATABASE_URL.`,
      ),
      { code: 'cannot_start' },
    )
  })
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  return {
    url: url.toString(),
    folder,
    async [Symbol.asyncDispose]() {
      await admin((pool) => pool.query(`drop database if exists "${name}" with (force)`))
      removeFolder()
    },
  }
}
