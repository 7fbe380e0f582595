import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spoolFolder } from '#channels/spool.ts'
import type { Connection } from '#db/connection.ts'
import { beginLoading, countRows } from '#db/dump.ts'
import { migrate, migrations } from '#db/migrate.ts'
import type { BlobStore } from '#files/blob-store.ts'
import {
  ArchiveDamaged,
  type ArchiveEntry,
  type ArchiveHeader,
  type ArchiveManifest,
  bytesOf,
  HEADER,
  MANIFEST,
  readArchive,
  SECRET_KEY,
} from './archive.ts'
import type { OnProgress } from './back-up.ts'

export interface PlaceToRestore {
  readonly pool: Connection['pool']
  readonly blobs: BlobStore
  /** Where the spool goes; null leaves it out. */
  readonly dataDir: string | null
  /** Gets the archive's secret key before anything else is written; may refuse by throwing. */
  readonly takeKey?: (secret: Buffer | null, header: ArchiveHeader) => void
}

export interface Restored {
  readonly header: ArchiveHeader
  readonly manifest: ArchiveManifest
  /** Migrations that were run on top, since the archive is older. */
  readonly migrated: readonly string[]
}

/** A desk stands where the backup should go. The message is fit to print as it is. */
export class PlaceTaken extends Error {
  readonly code = 'place_taken'
}

/** The first entry of an archive. Throws ArchiveDamaged. */
export async function readHeader(file: string): Promise<ArchiveHeader> {
  for await (const entry of readArchive(file)) return await headerOf(file, entry)
  throw new ArchiveDamaged(`${file} is empty.`)
}

/**
 * Fills an empty desk from an archive. The tables come in one transaction, which commits only when the archive was read to its end
 * and everything counted right; a file that is cut off or damaged leaves an empty schema and some files nobody names.
 * Throws ArchiveDamaged, PlaceTaken.
 */
export async function restore(place: PlaceToRestore, file: string, onProgress: OnProgress = () => {}): Promise<Restored> {
  const entries = readArchive(file)[Symbol.asyncIterator]()
  const first = await entries.next()
  if (first.done) throw new ArchiveDamaged(`${file} is empty.`)
  const header = await headerOf(file, first.value)
  await refuseIfTaken(place.pool)
  await migrate(place.pool, { only: header.migrations })

  const client = await place.pool.connect()
  let manifest: ArchiveManifest | null = null
  try {
    await client.query('begin')
    const loading = await beginLoading(client)
    const dumped = new Map<string, number>()
    let keyTaken = false
    let files = 0
    let next = await entries.next()
    const takeKey = (secret: Buffer | null) => {
      if (!keyTaken) place.takeKey?.(secret, header)
      keyTaken = true
    }
    while (!next.done) {
      const entry = next.value
      if (manifest) throw new ArchiveDamaged(`${file} goes on after its end.`)
      if (entry.name === SECRET_KEY) {
        takeKey(Buffer.from((await bytesOf(entry)).toString('utf8').trim(), 'hex'))
        next = await entries.next()
        continue
      }
      takeKey(null)
      const [kind, name = ''] = entry.name.split('/')
      if (kind === 'tables') {
        const columns = await columnsOf(client, name)
        let after: IteratorResult<ArchiveEntry> | null = null
        async function* parts() {
          let part = entry
          for (;;) {
            yield* part.chunks
            after = await entries.next()
            if (after.done || !after.value.name.startsWith(`tables/${name}/`)) return
            part = after.value
          }
        }
        dumped.set(name, await loading.table({ name, columns }, parts()))
        onProgress('tables', dumped.size, null)
        next = after ?? (await entries.next())
        continue
      }
      if (kind === 'files') {
        await putFile(place.blobs, file, name, await bytesOf(entry))
        onProgress('files', ++files, null)
      } else if (kind === 'spool' && /^[0-9]+-[0-9a-f]+\.mail$/.test(name)) {
        const bytes = await bytesOf(entry)
        if (place.dataDir) keepSpooled(place.dataDir, name, bytes)
      } else if (entry.name === MANIFEST) {
        manifest = JSON.parse((await bytesOf(entry)).toString('utf8')) as ArchiveManifest
      } else throw new ArchiveDamaged(`${file} holds ${entry.name}, which no backup has.`)
      next = await entries.next()
    }
    if (!manifest) throw new ArchiveDamaged(`${file} is cut off: its last part is missing. Nothing was restored.`)
    compare(file, manifest, dumped, files)
    await loading.finish(manifest.sequences, manifest.jobs)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release(true)
  }
  const migrated = await migrate(place.pool)
  return { header, manifest, migrated }
}

async function headerOf(file: string, entry: ArchiveEntry): Promise<ArchiveHeader> {
  if (entry.name !== HEADER) throw new ArchiveDamaged(`${file} is no backup of Tessera.`)
  const header = JSON.parse((await bytesOf(entry)).toString('utf8')) as ArchiveHeader
  if (header.format !== 1) throw new ArchiveDamaged(`${file} has a format (${header.format}) that this version does not know.`)
  const known = new Set(migrations.map((one) => one.name))
  const newer = header.migrations.find((name) => !known.has(name))
  if (newer) throw new ArchiveDamaged(`${file} was written by a newer Tessera (it has migration ${newer}); install that version.`)
  return header
}

/** Only an empty desk may be filled: none at all, or one nobody has set up. */
async function refuseIfTaken(pool: Connection['pool']): Promise<void> {
  const { rows } = await pool.query<{ there: boolean }>(`select to_regclass('public.agent') is not null as there`)
  if (!rows[0]?.there) return
  const { rows: people } = await pool.query<{ taken: boolean }>(
    'select exists (select from agent) or exists (select from ticket) or exists (select from end_user) as taken',
  )
  if (people[0]?.taken)
    throw new PlaceTaken('There is a desk in use here. Restore into an empty data folder (DATA_DIR) or database (DATABASE_URL).')
}

async function columnsOf(
  client: { query(text: string, values: unknown[]): Promise<{ rows: { columns: string[] | null }[] }> },
  table: string,
): Promise<string[]> {
  const { rows } = await client.query(
    `select array_agg(attname::text order by attnum) as columns from pg_attribute
     where attrelid = to_regclass('public.' || quote_ident($1)) and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  )
  return rows[0]?.columns ?? []
}

async function putFile(blobs: BlobStore, file: string, name: string, bytes: Buffer): Promise<void> {
  if (createHash('sha256').update(bytes).digest('hex') !== name)
    throw new ArchiveDamaged(`${file} is damaged: the file ${name} in it is not what its name says.`)
  await blobs.put(bytes)
}

function keepSpooled(dataDir: string, name: string, bytes: Buffer): void {
  const folder = spoolFolder(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, name), bytes, { mode: 0o600, flush: true })
}

function compare(file: string, manifest: ArchiveManifest, dumped: ReadonlyMap<string, number>, files: number): void {
  for (const { name, rows } of manifest.tables) {
    const found = dumped.get(name) ?? 0
    if (found !== rows) throw new ArchiveDamaged(`${file} is damaged: ${found} of ${rows} rows of ${name} are in it.`)
  }
  if (files !== manifest.files) throw new ArchiveDamaged(`${file} is damaged: ${files} of ${manifest.files} files are in it.`)
}

/** Rows of each table that differ from the manifest, as sentences; none when all agree. For a look after restoring. */
export async function compareCounts(pool: Connection['pool'], manifest: ArchiveManifest): Promise<string[]> {
  const client = await pool.connect()
  try {
    const counts = await countRows(client)
    return manifest.tables
      .filter(({ name, rows }) => counts.get(name) !== rows)
      .map(({ name, rows }) => `${name} has ${counts.get(name) ?? 0} rows instead of ${rows}.`)
  } finally {
    client.release()
  }
}
