import { expect, test } from 'vitest'
import { type AlertFacts, onAssigneeEvent, onNewTicket } from './recipients.ts'

const now = new Date('2026-11-24T10:00:00Z')
const agents = [
  { id: 1, isArchived: false, alertMail: true, awayUntil: null },
  { id: 2, isArchived: false, alertMail: false, awayUntil: null },
  { id: 3, isArchived: false, alertMail: true, awayUntil: new Date('2026-12-01T00:00:00Z') },
]
const facts = (over: Partial<AlertFacts>): AlertFacts => ({
  now,
  actor: { kind: 'user', id: 9 },
  agents,
  assigneeId: null,
  managerId: null,
  ...over,
})

test('a new unassigned ticket mails the manager', () => {
  expect(onNewTicket(facts({ managerId: 1 }))).toEqual({ inApp: [], mail: [1] })
})

test('one switch turns all alert mail off, the workspace still tells', () => {
  expect(onAssigneeEvent(facts({ assigneeId: 2 }))).toEqual({ inApp: [2], mail: [] })
})

test('nobody is told of their own acts', () => {
  expect(onAssigneeEvent(facts({ assigneeId: 1, actor: { kind: 'agent', id: 1 } }))).toEqual({ inApp: [], mail: [] })
})

test('who is away gets no mail', () => {
  expect(onAssigneeEvent(facts({ assigneeId: 3 })).mail).toEqual([])
})
