import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fdatasync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFile as writeFileBack,
  writeFileSync,
} from 'node:fs'
import { readdir, readFile, stat, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { systemRandom } from '#core/random.ts'
import { defineService } from '#core/slots.ts'

/** Content-addressed bytes. A blob's name is the SHA-256 of its content in hex; names from outside never touch a path. */
export interface BlobStore {
  /** Durable when it returns: file and folder are synced. */
  put(bytes: Uint8Array): Promise<{ hash: string; size: number }>
  read(hash: string): Promise<Buffer>
  stream(hash: string): Promise<ReadableStream<Uint8Array>>
  size(hash: string): Promise<number>
  /** Bytes left where blobs are stored; null when there is no telling. */
  free(): Promise<number | null>
  /** Every blob that is stored, in the order of names. What is put meanwhile may be missing. */
  list(): AsyncIterable<{ hash: string; size: number }>
}

export const blobs = defineService<BlobStore>('blob store')

const HASH = /^[0-9a-f]{64}$/

const SMALL = 64 * 1024
const RECENT_BYTES = 8 * 1024 * 1024
const fsyncLater = promisify(fsync)
const fdatasyncLater = promisify(fdatasync)
const writeFile = promisify(writeFileBack)

/** Blobs in a folder: temporary in the same folder → fsync → rename to its hash → fsync folder. */
export function openDiskBlobStore(root: string): BlobStore {
  makeFolders(root)
  const pathOf = (hash: string): { folder: string; file: string } => {
    if (!HASH.test(hash)) throw new Error('not a blob name')
    const folder = join(root, hash.slice(0, 2))
    return { folder, file: join(folder, hash) }
  }
  // One descriptor a folder, opened when first needed: opening it for each blob costs more than the sync.
  const folders = new Map<string, number>()
  const syncFolder = async (folder: string): Promise<void> => {
    let descriptor = folders.get(folder)
    if (descriptor === undefined) {
      descriptor = openSync(folder, 'r')
      folders.set(folder, descriptor)
    }
    await fsyncLater(descriptor)
  }
  // A mail is read a moment after it was stored.
  const recent = new Map<string, Buffer>()
  let recentBytes = 0
  const remember = (hash: string, bytes: Uint8Array): void => {
    if (bytes.byteLength > SMALL || recent.has(hash)) return
    recent.set(hash, Buffer.from(bytes))
    recentBytes += bytes.byteLength
    for (const [oldest, held] of recent) {
      if (recentBytes <= RECENT_BYTES) break
      recent.delete(oldest)
      recentBytes -= held.byteLength
    }
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
      // Handing a small write to another thread costs more than the write; what waits for the disk waits elsewhere.
      const descriptor = openSync(temporary, 'wx', 0o600)
      try {
        if (bytes.byteLength > SMALL) await writeFile(descriptor, bytes)
        else writeFileSync(descriptor, bytes)
        await fdatasyncLater(descriptor)
      } catch (error) {
        closeSync(descriptor)
        await unlink(temporary).catch(() => {})
        throw error
      }
      closeSync(descriptor)
      renameSync(temporary, file)
      await syncFolder(folder)
      remember(hash, bytes)
      return { hash, size: bytes.byteLength }
    },
    read: async (hash) => recent.get(hash) ?? readFile(pathOf(hash).file),
    stream: async (hash) => {
      const { file } = pathOf(hash)
      await stat(file)
      return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
    },
    size: async (hash) => (await stat(pathOf(hash).file)).size,
    free: async () => {
      const disk = await statfs(root).catch(() => null)
      return disk && disk.bavail * disk.bsize
    },
    async *list() {
      for (const folder of (await readdir(root)).sort()) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue
        for (const hash of (await readdir(join(root, folder))).sort()) {
          if (HASH.test(hash)) yield { hash, size: (await stat(join(root, folder, hash))).size }
        }
      }
    },
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
