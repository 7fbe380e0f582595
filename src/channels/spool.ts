import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '#core/random.ts'

/** A mail as a mail server's pipe hands it over. */
export interface PipedMail {
  from: string | null
  to: string[]
  raw: Buffer
}

const NAME = /^[0-9]+-[0-9a-f]+\.mail$/

export const spoolFolder = (dataDir: string): string => join(dataDir, 'spool')

/** Where the running desk takes piped mail. Unix sockets have names of 107 octets at most, so a deep data folder gets one elsewhere. */
export function intakeSocketPath(dataDir: string): string {
  const path = join(dataDir, 'intake.sock')
  if (Buffer.byteLength(path) <= 100) return path
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  return join(tmpdir(), `tessera-${userInfo().uid}-${hash}.sock`)
}

/** First line: the envelope as JSON; the rest: the mail. Used in the spool and on the intake socket. */
export function frameMail(mail: PipedMail): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ from: mail.from, to: mail.to })}\n`), mail.raw])
}

/** null when the first line is no envelope. */
export function unframeMail(bytes: Buffer): PipedMail | null {
  const end = bytes.indexOf(0x0a)
  if (end < 0 || end > 65_536) return null
  try {
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as { from?: unknown; to?: unknown }
    if (typeof head !== 'object' || head === null) return null
    return {
      from: typeof head.from === 'string' ? head.from.slice(0, 1000) : null,
      to: Array.isArray(head.to) ? head.to.filter((one) => typeof one === 'string').map((one) => one.slice(0, 1000)) : [],
      raw: bytes.subarray(end + 1),
    }
  } catch {
    return null
  }
}

/** Keeps a mail until the desk runs again; durable when it returns. */
export async function spoolMail(dataDir: string, mail: PipedMail): Promise<void> {
  const folder = spoolFolder(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `${process.hrtime.bigint()}-${systemRandom.bytes(8).toString('hex')}.mail`
  const temporary = join(folder, `.${name}`)
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(frameMail(mail))
    await file.sync()
  } catch (error) {
    await file.close()
    await unlink(temporary).catch(() => {})
    throw error
  }
  await file.close()
  await rename(temporary, join(folder, name))
  await syncFolder(folder)
  await syncFolder(dataDir)
}

/**
 * Hands every spooled mail to `take`, oldest first, and deletes it once that resolved. One that is refused stays for the next time
 * and stops none behind it. Returns how many were taken and how many stay.
 */
export async function drainSpool(
  dataDir: string,
  take: (mail: PipedMail) => Promise<void>,
  onError: (file: string, error: unknown) => void,
): Promise<{ taken: number; left: number }> {
  const folder = spoolFolder(dataDir)
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => NAME.test(name))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0 })),
  )
  dated.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
  let taken = 0
  let left = 0
  for (const { name } of dated) {
    const path = join(folder, name)
    try {
      const mail = unframeMail(await readFile(path))
      if (!mail) {
        await rename(path, join(folder, `${name}.unreadable`))
        throw new Error('not a spooled mail; kept beside the others as .unreadable')
      }
      await take(mail)
      await unlink(path)
      taken += 1
    } catch (error) {
      left += 1
      onError(path, error)
    }
  }
  return { taken, left }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
