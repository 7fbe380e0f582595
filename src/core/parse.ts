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
    return { pointer, key: 'value' }
  })
}

/** The input as the schema shapes it. Errors: Invalid with a pointer for each problem. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw new AppError('invalid', 'invalid', { problems: problemsOf(parsed.error) })
  return parsed.data
}
