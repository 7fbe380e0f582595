import type { Hono, Context as HonoContext } from 'hono'
import { osticketActor } from '#access/actors.ts'
import { type OsticketScope, readOsticketKey } from '#access/api-tokens.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import type { HttpEnv } from '../../http-types.ts'
import { readBody } from '../read-body.ts'
import type { OsticketAnswer } from './answer.ts'
import { openFromRequest } from './open-from-request.ts'
import { MalformedRequest, readJsonRequest, readXmlRequest } from './read-request.ts'
import { takeMail } from './take-mail.ts'

const refuse = (status: OsticketAnswer['status'], body: string): OsticketAnswer => ({ status, body })

const NOT_SUPPORTED = refuse(400, 'URL not supported')

/** What nginx answers for an address below /api that leads nowhere; callers look at these bytes as they look at ours. */
const NOT_FOUND =
  '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n'

const FORMATS = new Map<string, (ctx: Context, body: Buffer) => Promise<OsticketAnswer>>([
  ['json', (ctx, body) => openFromRequest(ctx, readJsonRequest(body))],
  ['xml', (ctx, body) => openFromRequest(ctx, readXmlRequest(body))],
  ['email', (ctx, body) => takeMail(actingAs(ctx, systemActor), body)],
])

/**
 * osTicket's own calls, byte for byte as osTicket 1.18 answers them: `POST /api/tickets.{json,xml,email}` and `POST
 * /api/tasks/cron`, with or without `http.php` in the path as its old scripts have it.
 */
export function mountOsticket(app: Hono<HttpEnv>): void {
  for (const base of ['/api', '/api/http.php']) {
    app.post(`${base}/:call{tickets\\.[a-z]+}`, (c) =>
      answer(c, () => tickets(c, c.req.path.slice(c.req.path.lastIndexOf('.') + 1))),
    )
    app.post(`${base}/tasks/cron`, (c) => answer(c, () => cron(c)))
    for (const path of ['/:call{tickets\\..*}', '/tickets', '/tickets/*', '/tasks', '/tasks/*'])
      app.all(base + path, (c) => answer(c, async () => NOT_SUPPORTED))
  }
  app.all('/api/*', (c) => c.body(NOT_FOUND, 404, { 'Content-Type': 'text/html' }))
}

async function tickets(c: HonoContext<HttpEnv>, format: string): Promise<OsticketAnswer> {
  const read = FORMATS.get(format)
  if (!read) return NOT_SUPPORTED
  const ctx = c.get('ctx')
  const refusal = await gate(ctx, c.req.header('x-api-key'), 'tickets:create')
  if (refusal) return refusal
  const { limits } = ctx.site
  const body = await readBody(c, format === 'email' ? limits.mailBytes : limits.fileBytes * 2)
  return read(actingAs(ctx, osticketActor), body)
}

async function cron(c: HonoContext<HttpEnv>): Promise<OsticketAnswer> {
  const refusal = await gate(c.get('ctx'), c.req.header('x-api-key'), 'cron:run')
  if (refusal) return refusal
  // The desk keeps its own time; whoever rings this bell wants what is due to be done now.
  await wakeMessages(actingAs(c.get('ctx'), systemActor))
  return refuse(200, 'Completed')
}

async function gate(ctx: Context, key: string | undefined, scope: OsticketScope): Promise<OsticketAnswer | null> {
  const found = key ? await readOsticketKey(ctx, key) : null
  if (!found) return refuse(401, 'Valid API key required')
  if (!found.isEnabled) return refuse(401, 'API key not found/active or source IP not authorized')
  return found.scopes.includes(scope) ? null : refuse(401, 'API key not authorized')
}

async function answer(c: HonoContext<HttpEnv>, work: () => Promise<OsticketAnswer>): Promise<Response> {
  const { status, body } = await work().catch((error: unknown) => explain(c.get('ctx'), error))
  return c.body(body, status, { 'Content-Type': 'text/html; charset=UTF-8' })
}

function explain(ctx: Context, error: unknown): OsticketAnswer {
  if (error instanceof MalformedRequest) return refuse(400, error.message)
  if (isAppError(error) && error.code === 'too_large') return refuse(413, 'Request Entity Too Large')
  ctx.log.error({ err: error }, 'a call of the osTicket API failed')
  return refuse(500, 'Unable to create new ticket: unknown error')
}
