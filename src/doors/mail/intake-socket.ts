import { chmod, unlink } from 'node:fs/promises'
import net from 'node:net'
import { receiveMail } from '#channels/receive-mail.ts'
import type { PostLane } from '#channels/receive-raw.ts'
import { intakeSocketPath, unframeMail } from '#channels/spool.ts'
import type { Context } from '#core/context.ts'
import { crashPoint } from '#core/crash.ts'

const IDLE_MS = 60_000

/**
 * The socket `pipe-mail` hands mail to: an envelope line, the mail, end of input; the answer is one line, a sysexits code and a word
 * (0 only after the mail is stored for good).
 */
export async function openIntakeSocket(ctx: Context, dataDir: string, lane: PostLane | null = null): Promise<AsyncDisposable> {
  const path = intakeSocketPath(dataDir)
  const open = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    const parts: Buffer[] = []
    let bytes = 0
    const limit = ctx.site.limits.mailBytes + 65_536
    socket.on('data', (part) => {
      bytes += part.length
      if (bytes <= limit) parts.push(part as Buffer)
      else parts.length = 0
    })
    socket.on('end', () => {
      answer(bytes > limit ? null : Buffer.concat(parts)).then((line) => socket.end(`${line}\n`))
    })
  })

  async function answer(bytes: Buffer | null): Promise<string> {
    if (!bytes) return '65 The mail is too large'
    const mail = unframeMail(bytes)
    if (!mail) return '65 This is no mail'
    if (mail.raw.length === 0) return '65 The mail is empty'
    try {
      const { id } = await receiveMail(ctx, mail, lane)
      crashPoint('before-ack')
      return `0 stored ${id}`
    } catch (error) {
      ctx.log.error({ err: error }, 'could not store a piped mail')
      return '75 Please try again later'
    }
  }

  // Left by a process that was killed; a desk that runs holds the lock on its data folder.
  await unlink(path).catch(() => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // Mail servers run their pipes as other users; who may reach the socket is decided by the folder it stands in.
  await chmod(path, 0o666)
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.setTimeout(2_000)
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
