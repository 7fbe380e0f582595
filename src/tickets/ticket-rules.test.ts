import { expect, test } from 'vitest'
import { settingsSchema } from '#settings/settings.ts'
import type { Status } from '#workflow/workflow.ts'
import { afterMessage, afterPriority, afterReply, afterStatus, threadStateFor } from './ticket-rules.ts'
import { type Ticket, unset } from './ticket-store.ts'

const settings = settingsSchema.parse({})
const status = (key: string, state: Status['state']): Status => ({
  id: key.length,
  key,
  name: key,
  state,
  asksReason: false,
  isArchived: false,
})
const open = status('open', 'open')
const waiting = status('waiting', 'on_hold')
const resolved = status('resolved', 'resolved')
const closed = status('closed', 'closed')
const at = (iso: string): Date => new Date(iso)

const ticket = (over: Partial<Ticket> = {}): Ticket => ({
  ...unset,
  id: 1,
  number: '482913',
  threadId: 1,
  subject: 's',
  preview: '',
  requesterId: 1,
  departmentId: 1,
  helpTopicId: null,
  statusId: open.id,
  state: 'open',
  priorityId: 3,
  urgency: 3,
  assigneeId: 7,
  teamId: null,
  channel: 'email',
  mailboxId: null,
  place: 'desk',
  createdAt: at('2026-11-24T09:00:00Z'),
  updatedAt: at('2026-11-24T09:00:00Z'),
  waitingSince: at('2026-11-24T09:00:00Z'),
  lastMessageAt: at('2026-11-24T09:00:00Z'),
  lastResponseAt: null,
  firstResponseAt: null,
  dueAt: at('2026-11-24T17:00:00Z'),
  dueKind: 'first_response',
  statusReason: null,
  resolvedAt: null,
  closedAt: null,
  reopenedAt: null,
  lastEntryId: 1,
  continuesId: null,
  referredTo: [],
  ...over,
})

const message = (over: Partial<Parameters<typeof afterMessage>[1]> = {}) => ({
  at: at('2026-11-24T12:00:00Z'),
  entry: 2,
  preview: 'p',
  open,
  assigneeIsAway: false,
  moves: true,
  ...over,
})

test('a reply stops the clock and waits for the customer', () => {
  const next = afterReply(ticket(), { at: at('2026-11-24T10:00:00Z'), entry: 2, preview: 'p', status: waiting }, settings)
  expect(next).toMatchObject({ state: 'on_hold', waitingSince: null, dueAt: null, firstResponseAt: at('2026-11-24T10:00:00Z') })
})

test('a second message keeps the customer’s place in line', () => {
  expect(afterMessage(ticket(), message(), settings).waitingSince).toEqual(at('2026-11-24T09:00:00Z'))
})

test('a message after a first reply is due by the next-response target', () => {
  const next = afterMessage(
    ticket({ state: 'on_hold', waitingSince: null, firstResponseAt: at('2026-11-24T10:00:00Z') }),
    message(),
    settings,
  )
  expect(next).toMatchObject({ state: 'open', dueKind: 'next_response', waitingSince: at('2026-11-24T12:00:00Z') })
})

test('a message to a resolved ticket reopens it to its last agent', () => {
  const next = afterMessage(
    ticket({ state: 'resolved', resolvedAt: at('2026-11-23T09:00:00Z'), waitingSince: null }),
    message(),
    settings,
  )
  expect(next).toMatchObject({ state: 'open', assigneeId: 7, resolvedAt: null, reopenedAt: at('2026-11-24T12:00:00Z') })
})

test('an agent who is away does not get it back', () => {
  expect(
    afterMessage(ticket({ state: 'closed', waitingSince: null }), message({ assigneeIsAway: true }), settings).assigneeId,
  ).toBeNull()
})

test('automatic mail moves nothing', () => {
  const before = ticket({ state: 'resolved', statusId: resolved.id, waitingSince: null, dueAt: null, dueKind: null })
  expect(afterMessage(before, message({ moves: false }), settings)).toMatchObject({
    state: 'resolved',
    waitingSince: null,
    lastEntryId: 2,
  })
})

test('closing keeps when it was resolved; reopening forgets both', () => {
  const done = afterStatus(
    afterStatus(ticket(), { at: at('2026-11-24T10:00:00Z'), status: resolved, reason: null }, settings),
    { at: at('2026-11-25T10:00:00Z'), status: closed, reason: null },
    settings,
  )
  expect(done).toMatchObject({ resolvedAt: at('2026-11-24T10:00:00Z'), closedAt: at('2026-11-25T10:00:00Z'), waitingSince: null })
  expect(afterStatus(done, { at: at('2026-11-26T10:00:00Z'), status: open, reason: null }, settings)).toMatchObject({
    resolvedAt: null,
    closedAt: null,
    reopenedAt: at('2026-11-26T10:00:00Z'),
  })
})

test('a higher priority is due sooner', () => {
  expect(afterPriority(ticket(), { id: 1, urgency: 1 }, settings).dueAt).toEqual(at('2026-11-24T10:00:00Z'))
})

test('a closed ticket takes answers for thirty days', () => {
  const now = at('2026-12-20T00:00:00Z')
  expect(threadStateFor({ state: 'closed', closedAt: at('2026-11-25T00:00:00Z') }, now, settings)).toBe('reopenable')
  expect(threadStateFor({ state: 'closed', closedAt: at('2026-11-15T00:00:00Z') }, now, settings)).toBe('closed_for_good')
})
