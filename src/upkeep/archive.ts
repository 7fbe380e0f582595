import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import type { DumpedJob, DumpedTable, SequenceState } from '#db/dump.ts'
import { syncFile, syncFolder } from '#db/durable-file.ts'

/** The first entry: what the archive is. */
export interface ArchiveHeader {
  readonly format: 1
  readonly takenAt: string
  readonly deskName: string
  /** Migrations that made the schema of the tables that follow. */
  readonly migrations: readonly string[]
  /** Tells two keys apart, and nothing about either. */
  readonly keyFingerprint: string
}

/** The last entry: what the archive must hold to be whole. */
export interface ArchiveManifest {
  readonly tables: readonly DumpedTable[]
  readonly sequences: readonly SequenceState[]
  readonly jobs: readonly DumpedJob[]
  readonly files: number
  readonly fileBytes: number
  readonly spooled: number
}

export const HEADER = 'tessera-backup.json'
export const MANIFEST = 'manifest.json'
export const SECRET_KEY = 'secret-key'

/** The file is no backup, or not a whole one. The message is fit to print as it is. */
export class ArchiveDamaged extends Error {
  readonly code = 'archive_damaged'
}

export interface ArchiveWriter {
  add(name: string, bytes: Uint8Array): Promise<void>
  addStream(name: string, size: number, stream: ReadableStream<Uint8Array>): Promise<void>
}

/**
 * Writes an archive: under another name until it is whole and synced, readable by its owner only (it holds everything).
 * `write` gets the writer; when it throws, nothing is left.
 */
export async function writeArchive(file: string, write: (archive: ArchiveWriter) => Promise<void>): Promise<{ bytes: number }> {
  const temporary = `${file}.part`
  const tar = pack()
  const target = createWriteStream(temporary, { flags: 'w', mode: 0o600 })
  const zstd = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  })
  const written = pipeline(Readable.from(tar), zstd, target)
  // Reported below; a full disk must not end the process in between.
  written.catch(() => {})
  const entry = (name: string, size: number, fill: (into: NodeJS.WritableStream) => Promise<void>): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve, reject) => {
        const into = tar.entry({ name, size, mode: 0o600 }, (error) => (error ? reject(error) : resolve()))
        fill(into).catch(reject)
      }),
      // When the disk fails, no entry is ever taken.
      written.then(() => Promise.reject(new Error('the archive was closed too early'))),
    ])
  try {
    await write({
      add: (name, bytes) =>
        entry(name, bytes.byteLength, async (into) => {
          into.end(bytes)
        }),
      addStream: (name, size, stream) => entry(name, size, (into) => pipeline(Readable.fromWeb(stream as never), into)),
    })
    tar.finalize()
    await written
    syncFile(temporary)
    await rename(temporary, file)
    syncFolder(dirname(file))
  } catch (error) {
    tar.destroy()
    await written.catch(() => {})
    await rm(temporary, { force: true })
    throw error
  }
  return { bytes: target.bytesWritten }
}

export interface ArchiveEntry {
  readonly name: string
  readonly size: number
  readonly chunks: AsyncIterable<Buffer>
}

/** The entries of an archive in order; each must be read to its end before the next. Throws ArchiveDamaged. */
export async function* readArchive(file: string): AsyncGenerator<ArchiveEntry> {
  const tar = extract()
  const feeding = pipeline(createReadStream(file), createZstdDecompress(), tar)
  feeding.catch(() => {})
  try {
    for await (const entry of tar) {
      yield { name: entry.header.name, size: entry.header.size ?? 0, chunks: entry as unknown as AsyncIterable<Buffer> }
    }
    await feeding
  } catch (error) {
    throw readingFailed(file, error)
  }
}

function readingFailed(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new ArchiveDamaged(`There is no file ${file}.`)
  if (code === 'EACCES' || code === 'EISDIR') return new ArchiveDamaged(`${file} cannot be read (${code}).`)
  if (/^(ZSTD_|Z_|ERR_ZSTD|ERR_STREAM_PREMATURE)/.test(code ?? '') || /tar|unexpected end/i.test(message))
    return new ArchiveDamaged(`${file} is no backup, or a damaged one (${message}).`)
  return error
}

/** A small entry as a whole. */
export async function bytesOf(entry: ArchiveEntry): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of entry.chunks) chunks.push(chunk)
  return Buffer.concat(chunks)
}
