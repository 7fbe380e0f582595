/**
 * What can go wrong for a person. One map a door turns a code into a status: field errors on pages, RFC 9457 problems
 * in the API, exit codes on the command line. Told apart by `code`, never by instanceof.
 */
export type ErrorCode =
  | 'invalid'
  | 'not_found'
  | 'forbidden'
  | 'unauthenticated'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'unavailable'

/** One problem at one place: `pointer` names the field (`/subject`, `/attachments/0`), `key` is in the `errors` catalogue. */
export interface FieldProblem {
  pointer: string
  key: string
  params?: Record<string, string | number>
}

export class AppError extends Error {
  readonly code: ErrorCode
  /** Key in the `errors` namespace of the message catalogue. */
  readonly key: string
  readonly params: Record<string, string | number>
  readonly problems: readonly FieldProblem[]
  /** What a door may show beside the sentence, such as the entries that arrived meanwhile. */
  readonly detail: unknown
  constructor(
    code: ErrorCode,
    key: string,
    options: {
      params?: Record<string, string | number>
      problems?: readonly FieldProblem[]
      detail?: unknown
      cause?: unknown
    } = {},
  ) {
    super(
      `${code}: ${key}${options.problems?.length ? ` (${options.problems.map((p) => `${p.pointer} ${p.key}`).join(', ')})` : ''}`,
      {
        cause: options.cause,
      },
    )
    this.name = 'AppError'
    this.code = code
    this.key = key
    this.params = options.params ?? {}
    this.problems = options.problems ?? []
    this.detail = options.detail
  }
}

const CODES = new Set<string>([
  'invalid',
  'not_found',
  'forbidden',
  'unauthenticated',
  'conflict',
  'too_large',
  'too_many',
  'unavailable',
])

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && CODES.has((error as AppError).code)
}

export const notFound = (key = 'notFound'): AppError => new AppError('not_found', key)
export const forbidden = (key = 'forbidden'): AppError => new AppError('forbidden', key)
export const invalid = (pointer: string, key: string, params?: Record<string, string | number>): AppError =>
  new AppError('invalid', 'invalid', { problems: [params ? { pointer, key, params } : { pointer, key }] })
