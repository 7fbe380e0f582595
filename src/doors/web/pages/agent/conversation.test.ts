import { expect, test } from 'vitest'
import { interleave } from './conversation.tsx'
import { foresee } from './ticket-acts.tsx'
import type { EntryView, FrameView, HistoryView, TicketView } from './view.ts'

const entry = (id: number, at: string): EntryView => ({
  id,
  kind: 'message',
  side: null,
  author: { kind: 'user', name: 'Kim', address: null, mine: false },
  at: `2026-03-02T${at}:00.000Z`,
  channel: 'web',
  to: [],
  cc: [],
  body: { form: 'text', text: '' },
  hidden: null,
  origin: null,
  verdict: null,
  verdictReason: null,
  flagged: false,
  landed: null,
  original: null,
  delivery: null,
  withdrawableUntil: null,
  scheduled: null,
  attachments: [],
})
const change = (id: number, at: string, isMessage = false): HistoryView => ({
  id,
  at: `2026-03-02T${at}:00.000Z`,
  who: 'Sam',
  text: '',
  reason: null,
  isMessage,
})

test('changes that follow each other are one line, in their place between the messages', () => {
  const items = interleave([entry(1, '10:00'), entry(2, '12:00')], [change(1, '10:30'), change(2, '11:00'), change(3, '12:30')])
  expect(
    items.map((item) => (item.kind === 'entry' ? `entry ${item.entry.id}` : `changes ${item.changes.map((one) => one.id)}`)),
  ).toEqual(['entry 1', 'changes 1,2', 'entry 2', 'changes 3'])
})

test('what is a message already is no change, and nothing from before the first message shown is told', () => {
  const items = interleave([entry(5, '10:00')], [change(1, '09:00'), change(2, '10:00', true)])
  expect(items.map((item) => item.kind)).toEqual(['entry'])
})

const frame = {
  agents: [{ id: 7, name: 'Sam', email: '', away: false }],
  statuses: [{ id: 3, name: 'Resolved', key: 'resolved', state: 'resolved', asksReason: false }],
  priorities: [{ id: 2, name: 'High', key: 'high', urgency: 2 }],
  topics: [{ id: 4, name: 'Question' }],
} as unknown as FrameView
const ticket = {
  subject: 'Old',
  assignee: null,
  topic: { id: 4, name: 'Question' },
  priority: { id: 9 },
  status: { id: 1 },
} as unknown as TicketView
const sent = (fields: Record<string, string>): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

test('what was asked for shows before it is confirmed', () => {
  expect(foresee(ticket, frame, sent({ intent: 'assign', agent: '7' })).assignee).toEqual({ id: 7, name: 'Sam' })
  expect(
    foresee({ ...ticket, assignee: { id: 7, name: 'Sam' } }, frame, sent({ intent: 'assign', agent: '' })).assignee,
  ).toBeNull()
  expect(foresee(ticket, frame, sent({ intent: 'status', status: '3' })).status.name).toBe('Resolved')
  expect(foresee(ticket, frame, sent({ intent: 'edit', priority: '2' }))).toMatchObject({
    subject: 'Old',
    priority: { name: 'High' },
    topic: { id: 4 },
  })
  expect(foresee(ticket, frame, sent({ intent: 'edit', topic: '' })).topic).toBeNull()
  expect(foresee(ticket, frame, undefined)).toBe(ticket)
})
