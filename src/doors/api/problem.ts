import type { Context as HonoContext } from 'hono'
import { z } from 'zod'
import { AppError, type ErrorCode, isAppError } from '#core/errors.ts'
import { translatorFor } from '#i18n/messages.ts'
import { errorText } from '#i18n/translate.ts'
import type { HttpEnv } from '../http-types.ts'

/** The API's one map of errors. */
const STATUS: Record<ErrorCode, 401 | 403 | 404 | 409 | 413 | 422 | 429 | 503> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  too_many: 429,
  unavailable: 503,
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
}

/** A problem document (RFC 9457). `errors` names each field by a JSON pointer (RFC 6901). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string(), code: z.string() })).optional(),
})

/** A refusal that is no AppError: HTTP's own, with a key of the `errors` catalogue. */
export class HttpProblem extends Error {
  readonly status: 400 | 405 | 415
  readonly key: string
  constructor(status: 400 | 405 | 415, key: string) {
    super(key)
    this.status = status
    this.key = key
  }
}

/** Any error as a problem document; what nobody foresaw is logged and told as 500 without its words. */
export function problemResponse(c: HonoContext<HttpEnv>, error: unknown): Response {
  const ctx = c.get('ctx')
  const t = translatorFor(ctx.locale)
  const known = isAppError(error) ? error : null
  const status = known ? STATUS[known.code] : error instanceof HttpProblem ? error.status : 500
  const key = known ? known.key : error instanceof HttpProblem ? error.key : 'unknown'
  if (status === 500) ctx.log.error({ err: error, request: ctx.request?.id }, 'an API call failed')
  const body: z.infer<typeof Problem> = {
    type: `urn:tessera:problem:${known?.code ?? (status === 500 ? 'internal' : 'request')}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail: errorText(t, { key, params: known?.params ?? {} }),
    code: key,
    ...(known && known.problems.length > 0
      ? {
          errors: known.problems.map((problem) => ({
            pointer: problem.pointer,
            detail: errorText(t, problem),
            code: problem.key,
          })),
        }
      : {}),
  }
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' }
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer'
  if (status === 429) headers['Retry-After'] = String(known?.params.seconds ?? 60)
  if (status === 503) headers['Retry-After'] = '5'
  // The rest of a body that nobody reads must not be taken for the next request.
  if (status === 413) headers.Connection = 'close'
  return c.body(JSON.stringify(body), status, headers)
}

export const unauthenticated = (): AppError => new AppError('unauthenticated', 'apiToken')
