import type { z } from 'zod'
import { AppError, type FieldProblem } from './errors.ts'

/** What a schema finds wrong, as problems at their fields: keys are in the `errors` catalogue. */
export function problemsOf(error: z.ZodError): FieldProblem[] {
  return error.issues.map((issue): FieldProblem => {
    const pointer = `/${issue.path.map(String).join('/')}`
    if (issue.code === 'too_big') return { pointer, key: 'tooLong', params: { max: Number(issue.maximum) } }
    if (issue.code === 'too_small' && Number(issue.minimum) <= 1) return { pointer, key: 'required' }
    if (issue.code === 'too_small') return { pointer, key: 'tooShort', params: { min: Number(issue.minimum) } }
    if (issue.code === 'invalid_type' && issue.input === undefined) return { pointer, key: 'required' }
    if (issue.code === 'custom' && typeof issue.params?.key === 'string') return { pointer, key: issue.params.key }
    return { pointer, key: 'value' }
  })
}

/** No schema of ours nests so far; what does is refused by the schema. */
const DEEPEST = 40

/**
 * Text that every store can hold: NUL, which PostgreSQL's text cannot, and lone surrogates, which are no character, become U+FFFD
 * wherever they stand in plain data.
 */
export function cleanText<T>(value: T, depth = 0): T {
  if (typeof value === 'string') {
    const isFine = value.isWellFormed() && !value.includes('\u0000')
    return (isFine ? value : value.toWellFormed().replaceAll('\u0000', '\ufffd')) as T
  }
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value
  if (Array.isArray(value)) return value.map((item) => cleanText(item as unknown, depth + 1)) as T
  const prototype = Object.getPrototypeOf(value) as unknown
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, cleanText(field as unknown, depth + 1)])) as T
}

/** The input as the schema shapes it, its text cleaned. Errors: Invalid with a pointer for each problem. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(cleanText(input), { reportInput: true })
  if (!parsed.success) throw new AppError('invalid', 'invalid', { problems: problemsOf(parsed.error) })
  return parsed.data
}
