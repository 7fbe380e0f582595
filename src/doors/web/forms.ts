import { timingSafeEqual } from 'node:crypto'
import { type data as answerWith, data, type RouterContextProvider } from 'react-router'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, type ErrorCode, type FieldProblem, isAppError } from '#core/errors.ts'
import { errorText, type Translate } from '#i18n/translate.ts'
import { ctxOf, pageOf } from './context.ts'
import type { FormAnswer } from './ui/form.tsx'

/** What was typed, by field name; files and passwords are not among it. */
export type Typed = Record<string, string | string[]>

export interface ReadForm<T> {
  input: T
  /** Marks one filling-in of the form; goes to core/once so that a repeat answers as the first did. */
  submission: string | null
  /** Non-empty files, by field name. */
  files(name: string): File[]
  typed: Typed
}

/** Bytes of a form without files: two megabytes of text are a book. */
const TEXT_FORM_BYTES = 2 * 1024 * 1024

const statuses: Record<ErrorCode, number> = {
  invalid: 422,
  not_found: 404,
  forbidden: 403,
  unauthenticated: 401,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
}

/** The HTTP status of an error on a page. */
export const statusOf = (error: AppError): number => statuses[error.code]

const SECRET_FIELD = /password|secret|token(?!Endpoint)/i

/**
 * Reads a posted form: refuses it unread when it says it is larger than `maxBytes`, counts while it reads, checks the CSRF token,
 * parses the fields with the verb's schema. Errors: TooLarge, Forbidden (csrf), Invalid with pointers (`/subject`).
 */
export async function readForm<S extends z.ZodType>(
  request: Request,
  context: Readonly<RouterContextProvider>,
  schema: S,
  options: { maxBytes?: number } = {},
): Promise<ReadForm<z.output<S>>> {
  const raw = await readFields(request, options.maxBytes ?? TEXT_FORM_BYTES)
  return parseForm(raw, pageOf(context).csrf, schema)
}

interface RawForm {
  fields: Record<string, string | string[]>
  files: Map<string, File[]>
}

async function readFields(request: Request, maxBytes: number): Promise<RawForm> {
  const tooLarge = () => new AppError('too_large', 'bodyTooLarge', { params: { max: inMegabytes(maxBytes) } })
  const length = Number(request.headers.get('content-length') ?? 0)
  if (length > maxBytes) throw tooLarge()
  let form: FormData
  const counter = { exceeded: false }
  try {
    form = await counted(request, maxBytes, counter).formData()
  } catch (error) {
    // The parser has an error of its own for a body that ends early.
    if (counter.exceeded) throw tooLarge()
    throw new AppError('invalid', 'format', { cause: error })
  }
  const fields: Record<string, string | string[]> = {}
  const files = new Map<string, File[]>()
  for (const [name, value] of form) {
    if (typeof value !== 'string') {
      if (value.size > 0 || value.name) files.set(name, [...(files.get(name) ?? []), value])
    } else if (Object.hasOwn(fields, name)) {
      const held = fields[name]!
      fields[name] = Array.isArray(held) ? [...held, value] : [held, value]
    } else if (name !== '__proto__') fields[name] = value
  }
  return { fields, files }
}

function counted(request: Request, maxBytes: number, counter: { exceeded: boolean }): Request | Response {
  if (!request.body) return request
  let seen = 0
  const passing = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength
      if (seen > maxBytes) {
        counter.exceeded = true
        controller.error(new Error('the form is larger than it may be'))
      } else controller.enqueue(chunk)
    },
  })
  return new Response(request.body.pipeThrough(passing), {
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
  })
}

function parseForm<S extends z.ZodType>(raw: RawForm, csrf: string, schema: S): ReadForm<z.output<S>> {
  const { csrf: given, submission, ...fields } = raw.fields
  const typed: Typed = Object.fromEntries(Object.entries(fields).filter(([name]) => !SECRET_FIELD.test(name)))
  try {
    if (typeof given !== 'string' || !sameText(given, csrf)) throw new AppError('forbidden', 'csrf')
    const parsed = schema.safeParse(fields)
    if (!parsed.success) throw new AppError('invalid', 'invalid', { problems: parsed.error.issues.map(problemOf) })
    return {
      input: parsed.data,
      submission: typeof submission === 'string' && /^[0-9a-f-]{36}$/.test(submission) ? submission : null,
      files: (name) => raw.files.get(name) ?? [],
      typed,
    }
  } catch (error) {
    throw keepTyped(error, typed)
  }
}

const typedOf = new WeakMap<object, Typed>()

function keepTyped(error: unknown, typed: Typed): unknown {
  if (typeof error === 'object' && error !== null) typedOf.set(error, typed)
  return error
}

function sameText(a: string, b: string): boolean {
  const [one, two] = [Buffer.from(a), Buffer.from(b)]
  return one.length === two.length && one.length > 0 && timingSafeEqual(one, two)
}

/** Turns what zod found into a key of the errors catalogue. */
export function problemOf(issue: z.core.$ZodIssue): FieldProblem {
  const pointer = `/${issue.path.map(String).join('/')}`
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array' || issue.origin === 'set') {
        return Number(issue.minimum) <= 1
          ? { pointer, key: 'required' }
          : { pointer, key: 'tooShort', params: { min: Number(issue.minimum) } }
      }
      return { pointer, key: 'tooSmall', params: { min: Number(issue.minimum) } }
    case 'too_big':
      return issue.origin === 'string'
        ? { pointer, key: 'tooLong', params: { max: Number(issue.maximum) } }
        : { pointer, key: 'tooBig', params: { max: Number(issue.maximum) } }
    case 'invalid_type':
      if (issue.expected === 'number') return { pointer, key: 'number' }
      return { pointer, key: 'required' }
    case 'invalid_format':
      return { pointer, key: issue.format === 'email' ? 'email' : 'format' }
    case 'invalid_value':
      return { pointer, key: 'choice' }
    case 'custom':
      return { pointer, key: typeof issue.params?.key === 'string' ? (issue.params.key as string) : 'format' }
    default:
      return { pointer, key: 'format' }
  }
}

/** The answer of a form that was not taken: sentences at their fields, and what was typed. */
export function formAnswer(t: Translate, error: AppError, typed: Typed = typedOf.get(error) ?? {}): FormAnswer {
  const errors: Record<string, string> = {}
  for (const problem of error.problems) {
    const name = problem.pointer.slice(1).replaceAll('/', '.')
    errors[name] ??= errorText(t, problem)
  }
  return { errors, message: errorText(t, error), values: typed }
}

type Answered = ReturnType<typeof answerWith<FormAnswer>>

/**
 * An action in one call: reads the form, runs `act`, and turns what went wrong into a 4xx answer that shows the form again.
 * What `act` returns (a redirect, a page's data) is the answer otherwise.
 */
export async function answerForm<S extends z.ZodType, R>(
  { request, context }: { request: Request; context: Readonly<RouterContextProvider> },
  schema: S,
  act: (ctx: Context, input: z.output<S>, form: ReadForm<z.output<S>>) => Promise<R>,
  options: { maxBytes?: number } = {},
): Promise<R | Answered> {
  const ctx = ctxOf(context)
  let typed: Typed | undefined
  try {
    const form = await readForm(request, context, schema, options)
    typed = form.typed
    return await act(ctx, form.input, form)
  } catch (error) {
    if (!isAppError(error)) throw error
    const headers = error.code === 'too_many' ? { 'Retry-After': String(error.params.seconds ?? 60) } : undefined
    return data(formAnswer(pageOf(context).t, error, typed ?? typedOf.get(error) ?? {}), {
      status: statusOf(error),
      ...(headers ? { headers } : {}),
    })
  }
}

/** For loaders: a refusal becomes the page that says so. Not found and forbidden read the same. */
export async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isAppError(error)) throw error
    throw data(null, { status: error.code === 'forbidden' ? 404 : statusOf(error) })
  }
}

/** A field that may come once, several times or not at all. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]), z.array(item))

/** A box to tick. */
export const ticked = z.preprocess((value) => value !== undefined && value !== '' && value !== 'off', z.boolean())

/** Text that may be left empty, which reads as null. */
export const optionalText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .optional()
    .transform((value) => value || null)

export const emailField = z.string().trim().toLowerCase().min(1).max(254).pipe(z.email())

/** An id in a select or hidden field. */
export const idField = z.coerce.number().int().positive()

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
