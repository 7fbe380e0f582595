import { RE2JS } from 're2js'
import { z } from 'zod'

/** Ticket filters: what a message says decides where its ticket goes. Pure: draft in, draft and trace out. */

export const filterFields = [
  'sender',
  'sender_name',
  'recipient',
  'subject',
  'body',
  'header',
  'channel',
  'verdict',
  'spam',
  'automatic',
] as const
export type FilterField = (typeof filterFields)[number]

export const filterTests = ['contains', 'not_contains', 'is', 'is_not', 'starts_with', 'ends_with', 'matches'] as const
export type FilterTest = (typeof filterTests)[number]

/** Words by comma: one of them is enough. A pattern is one value. */
export const Criterion = z
  .object({
    field: z.enum(filterFields),
    /** Name of a header field, for `header` alone. */
    header: z
      .string()
      .trim()
      .toLowerCase()
      .max(100)
      .regex(/^[!-9;-~]*$/)
      .default(''),
    test: z.enum(filterTests),
    value: z.string().trim().min(1).max(1000),
  })
  .refine((one) => one.field !== 'header' || one.header !== '', { path: ['header'], params: { key: 'required' } })
  .refine((one) => one.test !== 'matches' || patternOf(one.value) !== null, { path: ['value'], params: { key: 'pattern' } })
export type FilterCriterion = z.output<typeof Criterion>

export const FilterActions = z.object({
  department: z.number().int().nullable().default(null),
  priority: z.number().int().nullable().default(null),
  topic: z.number().int().nullable().default(null),
  agent: z.number().int().nullable().default(null),
  team: z.number().int().nullable().default(null),
  noAutoresponse: z.boolean().default(false),
  /** Added to an open ticket of the same sender and subject whose newest message is younger than this. Mail only. */
  sameTicketMinutes: z
    .number()
    .int()
    .min(1)
    .max(60 * 24 * 30)
    .nullable()
    .default(null),
  /** The mail waits among the suspended, with this cause. Mail only. */
  suspend: z.string().trim().max(200).nullable().default(null),
})
export type FilterActions = z.output<typeof FilterActions>

export interface TicketFilter {
  id: number
  key: string | null
  name: string
  isOn: boolean
  needs: 'all' | 'any'
  criteria: readonly FilterCriterion[]
  actions: FilterActions
  stops: boolean
}

/** What a filter may ask about. */
export interface FilterFacts {
  sender: string
  senderName: string
  recipients: readonly string[]
  subject: string
  body: string
  /** All values of a header field, by its lower-case name; nothing where no mail brought it. */
  headers(name: string): readonly string[]
  channel: string
  /** As the words of the catalogue name them: verified, internal, not_verified, failed; '' when nobody judged. */
  verdict: string
  spam: boolean
  automatic: boolean
}

export interface FilterTrace {
  filter: number
  name: string
  set: Partial<FilterActions>
}

export interface Filtered {
  set: FilterActions
  trace: FilterTrace[]
}

const BODY_READ = 100_000
const nothing: FilterActions = FilterActions.parse({})

function patternOf(text: string): RE2JS | null {
  try {
    return RE2JS.compile(text, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL)
  } catch {
    return null
  }
}

function valuesOf(criterion: FilterCriterion, facts: FilterFacts): readonly string[] {
  switch (criterion.field) {
    case 'sender':
      return [facts.sender]
    case 'sender_name':
      return [facts.senderName]
    case 'recipient':
      return facts.recipients
    case 'subject':
      return [facts.subject]
    case 'body':
      return [facts.body.slice(0, BODY_READ)]
    case 'header':
      return facts.headers(criterion.header)
    case 'channel':
      return [facts.channel]
    case 'verdict':
      return [facts.verdict]
    case 'spam':
      return [facts.spam ? 'yes' : 'no']
    case 'automatic':
      return [facts.automatic ? 'yes' : 'no']
  }
}

/** Whether one criterion holds. Case does not matter. Patterns are RE2's: linear, whatever they are. */
export function holds(criterion: FilterCriterion, facts: FilterFacts): boolean {
  const found = valuesOf(criterion, facts).map((value) => value.toLowerCase())
  if (criterion.test === 'matches') {
    const pattern = patternOf(criterion.value)
    return pattern !== null && found.some((value) => pattern.matcher(value).find())
  }
  const wanted = criterion.value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
  const any = (test: (value: string, word: string) => boolean): boolean =>
    found.some((value) => wanted.some((word) => test(value, word)))
  switch (criterion.test) {
    case 'contains':
      return any((value, word) => value.includes(word))
    case 'not_contains':
      return !any((value, word) => value.includes(word))
    case 'is':
      return any((value, word) => value.trim() === word)
    case 'is_not':
      return !any((value, word) => value.trim() === word)
    case 'starts_with':
      return any((value, word) => value.trimStart().startsWith(word))
    case 'ends_with':
      return any((value, word) => value.trimEnd().endsWith(word))
  }
}

/** Whether a filter applies. One without criteria never does. */
export const applies = (filter: Pick<TicketFilter, 'needs' | 'criteria'>, facts: FilterFacts): boolean =>
  filter.criteria.length > 0 &&
  (filter.needs === 'all' ? filter.criteria.every((one) => holds(one, facts)) : filter.criteria.some((one) => holds(one, facts)))

/** Runs the filters that are on, in their order. What a later one sets replaces what an earlier one did; the trace keeps both. */
export function runFilters(filters: readonly TicketFilter[], facts: FilterFacts): Filtered {
  const set = { ...nothing }
  const trace: FilterTrace[] = []
  for (const filter of filters) {
    if (!filter.isOn || !applies(filter, facts)) continue
    const given = Object.fromEntries(
      Object.entries(filter.actions).filter(([, value]) => value !== null && value !== false),
    ) as Partial<FilterActions>
    Object.assign(set, given)
    trace.push({ filter: filter.id, name: filter.name, set: given })
    if (filter.stops) break
  }
  return { set, trace }
}
