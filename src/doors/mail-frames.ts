import { loadInbound } from '#channels/inbound-messages.ts'
import { accessInbound } from '#channels/mail-log.ts'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { listAttachments, signedFilePath } from '#files/attachments.ts'
import { type Entry, readEntry } from '#threads/entries.ts'
import { sanitizeHtml } from '#threads/sanitize-html.ts'
import { accessTicket, seeTicket } from '#tickets/ticket-access.ts'
import { fileResponse } from './file-response.ts'

const IMAGE_LINK_SECONDS = 6 * 3600

async function gatedEntry(ctx: Context, id: number, audience: 'agent' | 'customer'): Promise<Entry> {
  const entry = Number.isSafeInteger(id) ? await readEntry(ctx, id) : null
  if (!entry) throw notFound()
  if (audience === 'agent') await accessTicket(ctx, { thread: entry.threadId }, 'ticket.view')
  else {
    if (entry.kind === 'note' || entry.releasedAt === null) throw notFound()
    await seeTicket(ctx, { thread: entry.threadId })
  }
  return entry
}

/**
 * One mail's HTML as a document of its own, for a sandboxed frame without scripts: sanitised anew each time it is shown, so that a
 * better sanitiser mends old mails too. `part=visible` is what was new in it, `part=all` the whole; remote pictures only when asked.
 */
export async function mailFrame(
  ctx: Context,
  id: number,
  options: { audience: 'agent' | 'customer'; part: 'visible' | 'all'; remoteImages: boolean },
): Promise<Response> {
  const entry = await gatedEntry(ctx, id, options.audience)
  const html = (options.part === 'visible' ? (entry.visibleHtml ?? entry.bodyHtml) : entry.bodyHtml) ?? ''
  const files = await listAttachments(ctx, 'entry', [id])
  const byCid = new Map<string, (typeof files)[number]>(
    files.flatMap((file) => (file.contentId ? [[file.contentId, file] as const] : [])),
  )
  for (const file of files) byCid.set(`attachment-${file.id}`, file)
  const body = sanitizeHtml(html, {
    allowRemoteImages: options.remoteImages,
    styleSheets: true,
    imageUrl: (contentId) => {
      const file = byCid.get(contentId)
      return file ? signedFilePath(ctx, file, IMAGE_LINK_SECONDS, 'frame') : null
    },
  })
  const images = options.remoteImages ? "img-src 'self' https: http:" : "img-src 'self'"
  return new Response(
    `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><base target="_blank"><style>${FRAME_STYLE}</style></head><body>${body}</body></html>`,
    {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; ${images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox`,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'private, no-store',
      },
    },
  )
}

/** Mails are written for a light page; on a dark desk the frame keeps one, so that no sender's grey text drowns. */
const FRAME_STYLE =
  'html{background:#fff;color:#1c2430;color-scheme:light}body{margin:0;padding:2px;font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:0 0 0 4px;padding-left:10px;border-left:2px solid #d5dbe1}'

/** The raw mail behind an entry, as it came. Agents only. */
export async function originalMail(ctx: Context, id: number): Promise<Response> {
  const entry = await gatedEntry(ctx, id, 'agent')
  const inbound = entry.inboundMessageId === null ? null : await loadInbound(ctx, entry.inboundMessageId)
  if (!inbound) throw notFound()
  return fileResponse(
    ctx,
    { blob: inbound.blob, name: `mail-${id}.eml`, size: inbound.size, contentType: 'message/rfc822' },
    { cacheSeconds: 0 },
  )
}

/** A mail of the log or among the suspended, as it came. Administrators only. */
export async function inboundMail(ctx: Context, id: number): Promise<Response> {
  if (!Number.isSafeInteger(id)) throw notFound()
  const { blob, size } = await accessInbound(ctx, id)
  return fileResponse(ctx, { blob, name: `inbound-${id}.eml`, size, contentType: 'message/rfc822' }, { cacheSeconds: 0 })
}
