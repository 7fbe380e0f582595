import { createHash } from 'node:crypto'
import { closeSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { systemRandom } from '#core/random.ts'
import { defineService } from '#core/slots.ts'

/** Content-addressed bytes. A blob's name is the SHA-256 of its content in hex; names from outside never touch a path. */
export interface BlobStore {
  /** Durable when it returns: file and folder are synced. */
  put(bytes: Uint8Array): Promise<{ hash: string; size: number }>
  read(hash: string): Promise<Buffer>
  stream(hash: string): Promise<ReadableStream<Uint8Array>>
  size(hash: string): Promise<number>
}

export const blobs = defineService<BlobStore>('blob store')

const HASH = /^[0-9a-f]{64}$/

const SMALL = 64 * 1024

/** Blobs in a folder: temporary in the same folder → fsync → rename to its hash → fsync folder. */
export function openDiskBlobStore(root: string): BlobStore {
  makeFolders(root)
  const pathOf = (hash: string): { folder: string; file: string } => {
    if (!HASH.test(hash)) throw new Error('not a blob name')
    const folder = join(root, hash.slice(0, 2))
    return { folder, file: join(folder, hash) }
  }
  return {
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      const { folder, file } = pathOf(hash)
      // A small blob is written again sooner than it is asked for.
      if (bytes.byteLength > SMALL) {
        const there = await stat(file).catch(() => null)
        if (there?.size === bytes.byteLength) return { hash, size: bytes.byteLength }
      }
      const temporary = join(folder, `.${hash.slice(0, 16)}.${systemRandom.bytes(6).toString('hex')}`)
      const handle = await open(temporary, 'wx', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.datasync()
      } catch (error) {
        await handle.close()
        await unlink(temporary).catch(() => {})
        throw error
      }
      await handle.close()
      await rename(temporary, file)
      const directory = await open(folder, 'r')
      try {
        await directory.sync()
      } finally {
        await directory.close()
      }
      return { hash, size: bytes.byteLength }
    },
    read: (hash) => readFile(pathOf(hash).file),
    stream: async (hash) => {
      const { file } = pathOf(hash)
      await stat(file)
      return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
    },
    size: async (hash) => (await stat(pathOf(hash).file)).size,
  }
}

/** The 256 folders that hashes begin with, once and synced, so that no mail waits for one. The last one tells that all are there. */
function makeFolders(root: string): void {
  if (existsSync(join(root, 'ff'))) return
  for (let first = 0; first < 256; first++) {
    mkdirSync(join(root, first.toString(16).padStart(2, '0')), { recursive: true, mode: 0o700 })
  }
  const handle = openSync(root, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
