import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spoolFolder } from '#channels/spool.ts'
import type { Keyring } from '#core/signing.ts'
import type { Connection } from '#db/connection.ts'
import { appliedMigrations, beginSnapshot, type DumpedTable, dumpTables, sequenceStates, waitingJobs } from '#db/dump.ts'
import type { BlobStore } from '#files/blob-store.ts'
import { type ArchiveHeader, type ArchiveManifest, HEADER, MANIFEST, SECRET_KEY, writeArchive } from './archive.ts'

/** A table's data is cut into entries of about this size, since a tar wants to know sizes beforehand. */
const PART_BYTES = 4 * 1024 * 1024

export interface DeskToBackUp {
  readonly pool: Connection['pool']
  readonly blobs: BlobStore
  readonly dataDir: string
  readonly keys: Keyring
  /** The secret when it lives in the data folder; null when it is given from outside, which then must be kept there. */
  readonly secret: Buffer | null
  readonly now: Date
}

export type OnProgress = (what: 'tables' | 'files', done: number, total: number | null) => void

export interface BackedUp {
  readonly bytes: number
  readonly manifest: ArchiveManifest
}

export const keyFingerprint = (keys: Keyring): string => keys.sign('backup', 'fingerprint')

/**
 * Writes all of a desk into one file while the desk goes on: the tables of one moment, then the files (each was stored before the
 * row that names it, so none of that moment's is missing), the spool, the secret key. An older file of that name is replaced once
 * the new one is whole.
 */
export async function backUp(desk: DeskToBackUp, file: string, onProgress: OnProgress = () => {}): Promise<BackedUp> {
  const client = await desk.pool.connect()
  try {
    await beginSnapshot(client)
    const { rows: named } = await client.query<{ name: string }>(
      `select value #>> '{}' as name from setting where key = 'desk.name'`,
    )
    const header: ArchiveHeader = {
      format: 1,
      takenAt: desk.now.toISOString(),
      deskName: named[0]?.name ?? '',
      migrations: await appliedMigrations(client),
      keyFingerprint: keyFingerprint(desk.keys),
    }
    let manifest: ArchiveManifest | null = null
    const { bytes } = await writeArchive(file, async (archive) => {
      await archive.add(HEADER, json(header))
      if (desk.secret) await archive.add(SECRET_KEY, Buffer.from(`${desk.secret.toString('hex')}\n`))
      const tables: DumpedTable[] = []
      for await (const table of dumpTables(client)) {
        const add = (parts: Buffer[], number: number) =>
          archive.add(`tables/${table.name}/${String(number).padStart(6, '0')}`, Buffer.concat(parts))
        let parts: Buffer[] = []
        let size = 0
        let number = 0
        for await (const chunk of table.chunks) {
          parts.push(chunk)
          size += chunk.length
          if (size < PART_BYTES) continue
          await add(parts, number++)
          parts = []
          size = 0
        }
        if (size > 0) await add(parts, number)
        tables.push({ name: table.name, columns: table.columns, rows: table.rows() })
        onProgress('tables', tables.length, null)
      }
      const jobs = await waitingJobs(client)
      const sequences = await sequenceStates(client)
      await client.query('commit')
      let files = 0
      let fileBytes = 0
      for await (const { hash, size } of desk.blobs.list()) {
        await archive.addStream(`files/${hash}`, size, await desk.blobs.stream(hash))
        files++
        fileBytes += size
        onProgress('files', files, null)
      }
      const spooled = await addSpool(desk.dataDir, archive.add)
      manifest = { tables, sequences, jobs, files, fileBytes, spooled }
      await archive.add(MANIFEST, json(manifest))
    })
    return { bytes, manifest: manifest! }
  } finally {
    // A connection in the middle of a COPY is of no use to anybody else.
    client.release(true)
  }
}

/** Mail the pipe took while no desk ran. What is taken from the spool meanwhile is in the next backup. */
async function addSpool(dataDir: string, add: (name: string, bytes: Uint8Array) => Promise<void>): Promise<number> {
  const names = await readdir(spoolFolder(dataDir)).catch(() => [] as string[])
  let count = 0
  for (const name of names.sort()) {
    if (!name.endsWith('.mail') || name.startsWith('.')) continue
    const bytes = await readFile(join(spoolFolder(dataDir), name)).catch(() => null)
    if (!bytes) continue
    await add(`spool/${name}`, bytes)
    count++
  }
  return count
}

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 1)}\n`)
