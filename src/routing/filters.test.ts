import { expect, test } from 'vitest'
import {
  Criterion,
  FilterActions,
  type FilterCriterion,
  type FilterFacts,
  holds,
  runFilters,
  type TicketFilter,
} from './filters.ts'
import { shippedFilters } from './shipped-filters.ts'

const facts = (over: Partial<FilterFacts> = {}): FilterFacts => ({
  sender: 'Kim@Shop.example',
  senderName: 'Kim Cole',
  recipients: ['support@desk.example', 'billing@desk.example'],
  subject: 'Invoice 4711',
  body: 'Please send it again',
  headers: (name) => (name === 'x-priority' ? ['1 (Highest)'] : []),
  channel: 'email',
  verdict: 'verified',
  spam: false,
  automatic: false,
  ...over,
})
const one = (field: string, test: string, value: string, header = ''): FilterCriterion =>
  Criterion.parse({ field, test, value, header })
const filter = (
  id: number,
  criteria: FilterCriterion[],
  set: Partial<FilterActions>,
  over: Partial<TicketFilter> = {},
): TicketFilter => ({
  id,
  key: null,
  name: `f${id}`,
  isOn: true,
  needs: 'all',
  criteria,
  actions: FilterActions.parse(set),
  stops: false,
  ...over,
})

test.each([
  ['sender', 'ends_with', '@shop.example', true],
  ['sender', 'is', 'kim@shop.example', true],
  ['sender_name', 'starts_with', 'kim', true],
  ['recipient', 'is', 'billing@desk.example', true],
  ['recipient', 'not_contains', 'billing', false],
  ['subject', 'contains', 'rechnung, invoice', true],
  ['subject', 'matches', '^invoice \\d{4}$', true],
  ['subject', 'matches', '^rechnung', false],
  ['body', 'is_not', 'something else', true],
  ['verdict', 'is', 'verified, internal', true],
  ['spam', 'is', 'yes', false],
  ['automatic', 'is', 'no', true],
  ['channel', 'is', 'web', false],
])('%s %s %j', (field, how, value, expected) => {
  expect(holds(one(field, how, value), facts())).toBe(expected)
})

test('a header is asked for by its name, and one that is not there contains nothing', () => {
  expect(holds(one('header', 'starts_with', '1', 'X-Priority'), facts())).toBe(true)
  expect(holds(one('header', 'contains', 'x', 'list-id'), facts())).toBe(false)
  expect(holds(one('header', 'not_contains', 'x', 'list-id'), facts())).toBe(true)
})

test('a criterion that cannot be read is refused at its place', () => {
  expect(Criterion.safeParse({ field: 'subject', test: 'matches', value: '(' }).error?.issues[0]?.path).toEqual(['value'])
  expect(Criterion.safeParse({ field: 'header', test: 'is', value: 'x' }).error?.issues[0]?.path).toEqual(['header'])
})

test('filters run in their order, the later ones win, the trace tells all, and one that stops ends it', () => {
  const invoice = [one('subject', 'contains', 'invoice')]
  const all = [
    filter(1, invoice, { department: 2, priority: 3 }),
    filter(2, [one('subject', 'contains', 'nothing')], { team: 9 }),
    filter(3, invoice, { department: 4, noAutoresponse: true }, { stops: true }),
    filter(4, invoice, { department: 5 }),
  ]
  expect(runFilters(all, facts())).toEqual({
    set: FilterActions.parse({ department: 4, priority: 3, noAutoresponse: true }),
    trace: [
      { filter: 1, name: 'f1', set: { department: 2, priority: 3 } },
      { filter: 3, name: 'f3', set: { department: 4, noAutoresponse: true } },
    ],
  })
})

test('off, without criteria, or met in part: it does not apply; any line is enough where that is chosen', () => {
  const two = [one('subject', 'contains', 'invoice'), one('body', 'contains', 'missing')]
  const run = (f: TicketFilter) => runFilters([f], facts()).trace.length
  expect(run(filter(1, two, {}, { isOn: false, needs: 'any' }))).toBe(0)
  expect(run(filter(1, [], {}, { needs: 'any' }))).toBe(0)
  expect(run(filter(1, two, {}))).toBe(0)
  expect(run(filter(1, two, {}, { needs: 'any' }))).toBe(1)
})

test('a pattern that would take other engines for ever is answered at once', () => {
  expect(holds(one('body', 'matches', '(a+)+$'), facts({ body: `${'a'.repeat(50_000)}!` }))).toBe(false)
})

test('the shipped ones: monitoring mail is one ticket, no-reply senders are not answered, the examples rest', () => {
  const shipped = shippedFilters(2).map((one, id): TicketFilter => ({ ...one, id, stops: false }))
  for (const each of shipped) for (const criterion of each.criteria) expect(Criterion.parse(criterion)).toEqual(criterion)
  expect(runFilters(shipped, facts({ sender: 'nagios@mon.example' })).set).toMatchObject({ sameTicketMinutes: 60 })
  expect(runFilters(shipped, facts({ sender: 'no-reply@shop.example' })).set).toMatchObject({ noAutoresponse: true })
  expect(runFilters(shipped, facts()).trace).toEqual([])
})
