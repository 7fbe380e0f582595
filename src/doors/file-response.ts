import { fileTypeFromBuffer } from 'file-type'
import type { Context } from '#core/context.ts'
import type { Attachment } from '#files/attachments.ts'
import { blobs } from '#files/blob-store.ts'

/** Shown in place; everything else is a download, whatever its sender called it. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])
const SNIFF_UP_TO = 12 * 1024 * 1024

/** RFC 6266: an ASCII name for the old, the real one in UTF-8 (RFC 8187) for everybody else. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
}

/**
 * The bytes of an attachment. Type by content, never by what the sender said; nothing active is ever shown in our origin: no
 * sniffing, a sandbox without scripts, and a download for all but plain pictures, or for those too with `isDownload`.
 */
export async function fileResponse(
  ctx: Context,
  file: Pick<Attachment, 'blob' | 'name' | 'size' | 'contentType'>,
  options: { cacheSeconds: number; isDownload?: boolean },
): Promise<Response> {
  const store = ctx.slots.use(blobs)
  const headers = new Headers({
    'Content-Length': String(file.size),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': options.cacheSeconds > 0 ? `private, max-age=${options.cacheSeconds}` : 'no-store',
  })
  if (!options.isDownload && SHOWN.has(file.contentType) && file.size <= SNIFF_UP_TO) {
    const bytes = await store.read(file.blob)
    const found = await fileTypeFromBuffer(bytes)
    if (found && SHOWN.has(found.mime)) {
      headers.set('Content-Type', found.mime)
      headers.set('Content-Disposition', contentDisposition('inline', file.name))
      return new Response(new Uint8Array(bytes), { headers })
    }
  }
  headers.set('Content-Type', 'application/octet-stream')
  headers.set('Content-Disposition', contentDisposition('attachment', file.name))
  return new Response(await store.stream(file.blob), { headers })
}
