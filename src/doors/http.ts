import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { Readable } from 'node:stream'
import { Hono, type Context as HonoContext } from 'hono'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import { csrfOf, readSession } from '#access/sessions.ts'
import { anonymousActor } from '#core/actor.ts'
import type { Context } from '#core/context.ts'
import { isAppError, notFound } from '#core/errors.ts'
import { hashToken } from '#core/signing.ts'
import { accessAttachment, readSignedFile } from '#files/attachments.ts'
import { locales, translatorFor } from '#i18n/messages.ts'
import { negotiateLocale } from '#i18n/negotiate.ts'
import { readSettings } from '#settings/settings.ts'
import { mountApi } from './api/mount.ts'
import { forwardedFacts, parseNetworks } from './client-address.ts'
import { keptMailFrame } from './demo-frames.ts'
import { fileResponse } from './file-response.ts'
import type { HttpEnv } from './http-types.ts'
import { openStream } from './live.ts'
import { inboundMail, mailFrame, originalMail } from './mail-frames.ts'
import { contextKey, pageKey } from './web/context.ts'
import { isSecure, sessionTokenOf } from './web/session-cookie.ts'

export interface HttpOptions {
  /** Acting as the system; each request gets its own with its own actor. */
  ctx: Context
  trustedProxies: readonly string[]
  /** The pages; absent in tests of the API alone. */
  pages: ServerBuild | null
  /** Folder of the built client files. */
  clientFolder: string | null
  /** False while the desk is starting or stopping. */
  isReady: () => boolean
}

const STATUS: Record<string, number> = {
  invalid: 422,
  not_found: 404,
  forbidden: 403,
  unauthenticated: 401,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** The one HTTP door: names each request, bounds it, finds out who asks, and hands it to the API, the frames or the pages. */
export function openHttp(options: HttpOptions): Hono<HttpEnv> {
  const networks = parseNetworks(options.trustedProxies)
  const base = options.ctx
  const app = new Hono<HttpEnv>()
  const secureByConfig = isSecure(base.site.baseUrl)

  app.get('/healthz', (c) => c.text('ok'))
  app.get('/readyz', async (c) => {
    if (!options.isReady()) return c.text('not ready', 503)
    try {
      await readSettings(base)
      return c.text('ready')
    } catch {
      return c.text('database not reachable', 503)
    }
  })

  if (options.clientFolder) serveClient(app, options.clientFolder)

  app.use('*', async (c, next) => {
    const forwarded = forwardedFacts(
      c.env.incoming?.socket?.remoteAddress,
      { get: (name) => c.req.header(name) ?? null },
      networks,
    )
    const given = c.req.header('x-request-id')
    const id = given && networks.length > 0 && /^[\w-]{8,64}$/.test(given) ? given : base.random.uuid()
    c.set('ctx', {
      ...base,
      actor: anonymousActor,
      request: { id, address: forwarded.address, userAgent: c.req.header('user-agent')?.slice(0, 300) ?? null },
    })
    c.header('X-Request-Id', id)
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'same-origin')
    c.header('Cross-Origin-Opener-Policy', 'same-origin')
    if (forwarded.protocol === 'https' || secureByConfig) c.header('Strict-Transport-Security', 'max-age=31536000')
    await next()
  })

  mountApi(app)

  // From here on a cookie says who asks, so whoever changes something must come from our own pages (the token is checked with the form).
  app.use('*', async (c, next) => {
    const method = c.req.method
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      const forwarded = forwardedFacts(
        c.env.incoming?.socket?.remoteAddress,
        { get: (name) => c.req.header(name) ?? null },
        networks,
      )
      const origin = c.req.header('origin')
      const site = c.req.header('sec-fetch-site')
      const foreign =
        origin !== undefined && origin !== 'null'
          ? !URL.canParse(origin) || new URL(origin).host !== forwarded.host
          : origin === 'null' || site === 'cross-site'
      if (foreign) return c.text('This form was sent from another site.', 403)
    }
    const ctx = c.get('ctx')
    const token = sessionTokenOf(c.req.header('cookie'), secureByConfig)
    const session = token ? await readSession(ctx, token) : null
    const settings = await readSettings(ctx)
    const locale = session?.locale ?? negotiateLocale(c.req.header('accept-language'), locales) ?? settings['desk.locale']
    c.set('session', session)
    c.set('ctx', { ...ctx, actor: session?.actor ?? anonymousActor, locale })
    await next()
  })

  app.get('/live', (c) => {
    const { actor } = c.get('ctx')
    const token = sessionTokenOf(c.req.header('cookie'), secureByConfig)
    if (actor.kind !== 'agent' || !token) return c.text('Sign in first.', 401)
    return openStream(c, c.get('ctx'), token)
  })

  app.get('/files/:id/:name', async (c, next) => {
    const id = Number(c.req.param('id'))
    const signature = c.req.query('signature')
    if (!signature) {
      return answer(c, async (ctx) => fileResponse(ctx, await accessAttachment(ctx, id), { cacheSeconds: 3600 }))
    }
    const found = await readSignedFile(c.get('ctx'), id, Number(c.req.query('expires')), signature)
    const isLink = found?.use === 'link'
    const wants = c.req.query('download') !== undefined
    // A link of a mail opens a page that says what it is; what cannot be had any more is said there too.
    if (isLink && !wants) return next()
    if (isLink && found.state !== 'opens') {
      const { pathname, search } = new URL(c.req.url)
      return c.redirect(pathname + search.replace(/&download(=[^&]*)?(?=&|$)/, ''))
    }
    return answer(c, async (ctx) => {
      if (found?.state !== 'opens' || !found.file) throw notFound()
      return fileResponse(ctx, found.file, { cacheSeconds: isLink ? 0 : 3600, isDownload: isLink })
    })
  })
  const frame = (audience: 'agent' | 'customer') => (c: HonoContext<HttpEnv>) =>
    answer(c, (ctx) =>
      mailFrame(ctx, Number(c.req.param('id')), {
        audience,
        part: c.req.query('part') === 'all' ? 'all' : 'visible',
        remoteImages: c.req.query('images') === '1',
      }),
    )
  app.get('/agent/entries/:id/frame', frame('agent'))
  app.get('/tickets/entries/:id/frame', frame('customer'))
  app.get('/agent/entries/:id/original', (c) => answer(c, (ctx) => originalMail(ctx, Number(c.req.param('id')))))
  app.get('/admin/inbound/:id/original', (c) => answer(c, (ctx) => inboundMail(ctx, Number(c.req.param('id')))))

  app.get('/demo/outbox/:id/frame', (c) => answer(c, async (ctx) => keptMailFrame(ctx, Number(c.req.param('id')))))

  if (options.pages) mountPages(app, options.pages, secureByConfig)
  return app
}

/** A response for a browser that asked for a thing, not a page: refusals are one plain sentence. */
async function answer(c: HonoContext<HttpEnv>, work: (ctx: Context) => Promise<Response>): Promise<Response> {
  try {
    return await work(c.get('ctx'))
  } catch (error) {
    if (isAppError(error))
      return c.text(
        error.code === 'not_found' || error.code === 'forbidden' ? 'Not found.' : 'Refused.',
        STATUS[error.code] as 404,
      )
    throw error
  }
}

/**
 * The router compares the form's origin with the address of the request. Behind a proxy that address is the inner one (http); the
 * origin was held against the address the browser used before this, so the request is given that one.
 */
function asSeenByTheBrowser(request: Request): Request {
  const origin = request.headers.get('origin')
  if (request.method === 'GET' || request.method === 'HEAD' || !origin || origin === 'null') return request
  const { origin: inner, pathname, search } = new URL(request.url)
  return inner === origin ? request : new Request(`${origin}${pathname}${search}`, request)
}

function mountPages(app: Hono<HttpEnv>, build: ServerBuild, secure: boolean): void {
  const handle = createRequestHandler(build, 'production')
  const visitorCookie = secure ? '__Host-visitor' : 'visitor'

  app.all('*', async (c) => {
    const ctx = c.get('ctx')
    const session = c.get('session')
    const settings = await readSettings(ctx)
    const nonce = ctx.random.bytes(16).toString('base64')
    // Somebody without a session gets a random cookie of their own that their forms are bound to.
    let visitor = new RegExp(`(?:^|;\\s*)${visitorCookie}=([\\w-]{20,64})`).exec(c.req.header('cookie') ?? '')?.[1]
    const fresh = !session && !visitor
    if (fresh) visitor = ctx.random.bytes(24).toString('base64url')
    const timeZone = session?.timeZone ?? settings['desk.timeZone']

    const provider = new RouterContextProvider()
    provider.set(contextKey, ctx)
    provider.set(pageKey, {
      nonce,
      csrf: session?.csrf ?? csrfOf(ctx, hashToken(visitor!)),
      timeZone,
      deskName: settings['desk.name'],
      t: translatorFor(ctx.locale, timeZone),
    })
    const response = await handle(asSeenByTheBrowser(c.req.raw), provider)
    const headers = new Headers(response.headers)
    if (fresh && !headers.has('set-cookie')) {
      headers.append('Set-Cookie', `${visitorCookie}=${visitor}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`)
    }
    headers.set(
      'Content-Security-Policy',
      [
        "default-src 'self'",
        `script-src 'nonce-${nonce}' 'strict-dynamic'`,
        `style-src 'self' 'nonce-${nonce}'`,
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
      ].join('; '),
    )
    if (!headers.has('cache-control')) headers.set('Cache-Control', 'private, no-store')
    for (const [name, value] of c.res.headers) if (!headers.has(name)) headers.set(name, value)
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
  })
}

/** Built files carry a hash in their name and may be kept for ever; what lies beside them may not. */
function serveClient(app: Hono<HttpEnv>, folder: string): void {
  const root = normalize(folder)
  const serve = (forever: boolean) => async (c: HonoContext<HttpEnv>, next: () => Promise<void>) => {
    let path: string
    try {
      path = normalize(join(root, decodeURIComponent(c.req.path)))
    } catch {
      return c.text('Bad address.', 400)
    }
    if (!path.startsWith(root + sep)) return c.text('Not found.', 404)
    const found = await stat(path).catch(() => null)
    if (!found?.isFile()) {
      await next()
      return
    }
    const headers = {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cache-Control': forever ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': String(found.size),
    }
    if (c.req.method === 'HEAD') return new Response(null, { headers })
    if (found.size < 262_144) return new Response(new Uint8Array(await readFile(path)), { headers })
    return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, { headers })
  }
  app.get('/assets/*', serve(true))
  for (const name of ['/tile.svg', '/favicon.ico', '/robots.txt', '/portal.js']) app.get(name, serve(false))
}
