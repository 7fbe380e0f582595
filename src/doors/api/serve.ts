import { createHash } from 'node:crypto'
import type { Hono, Context as HonoContext } from 'hono'
import { type RestToken, readRestToken } from '#access/api-tokens.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { once } from '#core/once.ts'
import { parseInput } from '#core/parse.ts'
import { type IncomingFile, storeFiles } from '#files/attachments.ts'
import type { HttpEnv } from '../http-types.ts'
import { CallLimit } from './call-limit.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { readForm, readInlineFiles } from './incoming-files.ts'
import { HttpProblem, problemResponse, unauthenticated } from './problem.ts'
import { PublicIds } from './public-id.ts'
import { readBody } from './read-body.ts'

/** Calls of one token a minute, and failed ones of one address. */
const CALLS_A_MINUTE = 3_000
const FAILURES_A_MINUTE = 30
const JSON_BYTES = 1_048_576

type HonoCall = HonoContext<HttpEnv>

/** Serves every endpoint below `/api/v1`, and answers what is none of them with a problem too. */
export function serveEndpoints(app: Hono<HttpEnv>, endpoints: readonly Endpoint[]): void {
  const calls = new CallLimit(CALLS_A_MINUTE)
  const failures = new CallLimit(FAILURES_A_MINUTE)
  let ids: PublicIds | null = null

  const authenticate = async (c: HonoCall): Promise<RestToken> => {
    const ctx = c.get('ctx')
    const address = ctx.request?.address ?? ''
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const token = given ? await readRestToken(ctx, given) : null
    if (!token) {
      failures.count(ctx.clock, address)
      throw unauthenticated()
    }
    calls.count(ctx.clock, String(token.id))
    return token
  }

  for (const endpoint of endpoints) {
    const path = `/api/v1${endpoint.path.replace(/\{(\w+)\}/g, ':$1')}`
    app.on(endpoint.method, path, async (c) => {
      try {
        const token = await authenticate(c)
        if (endpoint.scope && !token.scopes.includes(endpoint.scope) && !token.scopes.includes('admin')) {
          throw new AppError('forbidden', 'apiScope', { params: { scope: endpoint.scope } })
        }
        const ctx: Context = { ...c.get('ctx'), actor: token.actor }
        ids ??= new PublicIds(ctx.site.keys)
        return await serve(c, ctx, endpoint, token, ids)
      } catch (error) {
        return problemResponse(c, error)
      }
    })
  }
  // A path that is served by other methods says so; any other is not there.
  const methods = new Map<string, string[]>()
  for (const { path, method } of endpoints) methods.set(path, [...(methods.get(path) ?? []), method])
  for (const [path, allowed] of methods) {
    app.all(`/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`, (c) => {
      c.header('Allow', allowed.join(', '))
      return problemResponse(c, new HttpProblem(405, 'apiMethod'))
    })
  }
  app.all('/api/v1/*', (c) => problemResponse(c, new AppError('not_found', 'notFound')))
}

async function serve(c: HonoCall, ctx: Context, endpoint: Endpoint, token: RestToken, ids: PublicIds): Promise<Response> {
  const path: Record<string, number> = {}
  for (const [name, kind] of Object.entries(endpoint.ids)) path[name] = ids.read(kind, c.req.param(name) ?? '')
  const query = endpoint.query ? parseInput(endpoint.query, c.req.query()) : null
  if (endpoint.method === 'GET') {
    const result = await endpoint.handle({ ctx, ids, token, path, query, body: null, files: [] } as unknown as Call<never, never>)
    return result instanceof Response ? result : c.json(result as object, 200, { 'Cache-Control': 'private, no-store' })
  }

  const { value, raw, incoming } = await readInput(c, ctx, endpoint)
  const body = endpoint.body ? parseInput(endpoint.body, value) : null
  const files = incoming.length > 0 ? await storeFiles(ctx, incoming) : []
  const key = c.req.header('idempotency-key') ?? null
  if (key !== null && (key.length === 0 || key.length > 255)) throw new HttpProblem(400, 'apiKeyLength')
  const print = key === null ? '' : createHash('sha256').update(raw).digest('base64url')
  let isFresh = false
  const kept = await once(ctx, `api:${token.id}:${endpoint.method} ${c.req.path}`, key, async (ctx) => {
    isFresh = true
    const call = { ctx, ids, token, path, query, body, files } as unknown as Call<never, never>
    return { print, answer: ((await endpoint.handle(call)) ?? null) as object | null }
  })
  if (!isFresh) {
    if (kept.print !== print) throw new AppError('invalid', 'apiKeyReused')
    c.header('Idempotent-Replayed', 'true')
  }
  c.header('Cache-Control', 'private, no-store')
  if (endpoint.status === 204 || kept.answer === null) return c.body(null, 204)
  if (endpoint.madeAt && 'id' in kept.answer) c.header('Location', `/api/v1${endpoint.madeAt}/${String(kept.answer.id)}`)
  return c.json(kept.answer, endpoint.status)
}

interface Input {
  value: unknown
  raw: Uint8Array
  incoming: IncomingFile[]
}

/** JSON, or a form with files where an endpoint takes them. */
async function readInput(c: HonoCall, ctx: Context, endpoint: Endpoint): Promise<Input> {
  if (!endpoint.body) return { value: null, raw: new Uint8Array(), incoming: [] }
  const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  const isForm = type === 'multipart/form-data'
  if (type !== 'application/json' && !(isForm && endpoint.takesFiles)) throw new HttpProblem(415, 'apiMediaType')
  // Inline files are a third longer than their bytes.
  const raw = await readBody(c, endpoint.takesFiles ? JSON_BYTES + Math.ceil(ctx.site.limits.fileBytes * 1.4) : JSON_BYTES)
  if (isForm) return { raw, ...(await readForm(raw, c.req.header('content-type')!)) }
  let value: unknown
  try {
    value = JSON.parse(raw.toString('utf8'))
  } catch {
    throw new HttpProblem(400, 'apiJson')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HttpProblem(400, 'apiJson')
  return { value, raw, incoming: endpoint.takesFiles ? readInlineFiles(value as Record<string, unknown>) : [] }
}
