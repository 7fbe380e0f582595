import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { accessDemo } from '#demo/look-as.ts'
import { sanitizeHtml } from '#threads/sanitize-html.ts'

/**
 * A mail of the outbox as a document of its own, for a locked frame: no script, no request, no form, no origin. Pictures that came
 * with it are shown out of the mail itself; remote ones never. Errors: NotFound, also on every desk that is no demonstration.
 */
export function keptMailFrame(ctx: Context, id: number): Response {
  const { demo } = accessDemo(ctx)
  const mail = demo.outbox.get(id)
  if (!mail?.html) throw notFound()
  const body = sanitizeHtml(mail.html, {
    allowRemoteImages: false,
    styleSheets: true,
    imageUrl: (contentId) => mail.images.get(contentId) ?? null,
  })
  return new Response(
    `<!doctype html><html><head><meta charset="utf-8"><style>html{background:#fff;color:#1c2430;color-scheme:light}body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}</style></head><body>${body}</body></html>`,
    {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy':
          "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox",
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'private, no-store',
      },
    },
  )
}
