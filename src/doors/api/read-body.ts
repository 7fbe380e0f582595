import type { IncomingMessage } from 'node:http'
import type { Context as HonoContext } from 'hono'
import { AppError } from '#core/errors.ts'
import type { HttpEnv } from '../http-types.ts'

const tooLarge = (limit: number): AppError =>
  new AppError('too_large', 'tooLarge', { params: { megabytes: Math.floor(limit / 1_048_576) } })

/**
 * The body's bytes, at most `limit` of them: a declared length over it is refused before anything is read, an undeclared one as
 * soon as it is passed. Errors: TooLarge.
 */
export async function readBody(c: HonoContext<HttpEnv>, limit: number): Promise<Buffer> {
  const declared = Number(c.req.header('content-length') ?? '0')
  if (declared > limit) throw tooLarge(limit)
  const incoming = c.env.incoming as IncomingMessage | undefined
  if (incoming) return collect(incoming, limit)
  const bytes = Buffer.from(await c.req.arrayBuffer())
  if (bytes.length > limit) throw tooLarge(limit)
  return bytes
}

/** Listens instead of iterating: leaving a loop over the request would destroy its socket, and the refusal with it. */
function collect(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  if (incoming.destroyed) return Promise.reject(new Error('the request ended before its body did'))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stop = (): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      stop()
      incoming.pause()
      reject(tooLarge(limit))
    }
    const onEnd = (): void => {
      stop()
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    }
    const onError = (error: Error): void => {
      stop()
      reject(error)
    }
    const onClose = (): void => onError(new Error('the request ended before its body did'))
    incoming.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}
