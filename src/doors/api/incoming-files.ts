import { z } from 'zod'
import { AppError } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import type { IncomingFile } from '#files/attachments.ts'
import { readBase64 } from './data-uri.ts'
import { HttpProblem } from './problem.ts'

const MAX_FILES = 20

/** A file inside a JSON body. */
export const InlineFile = z.object({
  name: z.string().trim().min(1).max(200),
  contentType: z.string().max(200).default('application/octet-stream'),
  /** Base64 (RFC 4648). */
  content: z.string().describe('The bytes in base64'),
})

/** `attachments` of a JSON body. Errors: Invalid with a pointer. */
export function readInlineFiles(value: Record<string, unknown>): IncomingFile[] {
  if (value.attachments === undefined) return []
  const { attachments } = parseInput(z.object({ attachments: z.array(InlineFile).max(MAX_FILES) }), value)
  return attachments.map(({ name, contentType, content }, index) => {
    const bytes = readBase64(content)
    if (!bytes)
      throw new AppError('invalid', 'invalid', { problems: [{ pointer: `/attachments/${index}/content`, key: 'format' }] })
    return { name, contentType, content: bytes }
  })
}

/**
 * multipart/form-data: the part `body` holds the JSON of the call (or plain parts hold its texts), every part with a file name is a
 * file. Errors: Bad request when it cannot be read, Invalid when there are too many files.
 */
export async function readForm(raw: Uint8Array, contentType: string): Promise<{ value: unknown; incoming: IncomingFile[] }> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'Content-Type': contentType } }).formData().catch(() => null)
  if (!form) throw new HttpProblem(400, 'apiForm')
  const value: Record<string, unknown> = {}
  const incoming: IncomingFile[] = []
  for (const [name, part] of form) {
    if (typeof part === 'string') {
      if (name === 'body' && part.trimStart().startsWith('{')) Object.assign(value, parseBody(part))
      else value[name] = part
    } else if (part.name || part.size > 0) {
      incoming.push({ name: part.name, contentType: part.type, content: new Uint8Array(await part.arrayBuffer()) })
    }
  }
  if (incoming.length > MAX_FILES) {
    throw new AppError('invalid', 'invalid', {
      problems: [{ pointer: '/attachments', key: 'tooLong', params: { max: MAX_FILES } }],
    })
  }
  return { value, incoming }
}

function parseBody(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch {
    throw new HttpProblem(400, 'apiJson')
  }
}
