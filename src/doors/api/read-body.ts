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
  const source: AsyncIterable<Uint8Array> | null = incoming ?? (c.req.raw.body as AsyncIterable<Uint8Array> | null)
  if (!source) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return chunks.length === 1
    ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, chunks[0]!.byteLength)
    : Buffer.concat(chunks)
}
