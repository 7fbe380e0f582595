import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { standingOf } from '#people/known-senders.ts'
import { queueCounts, queuePage } from '#queues/queues.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeRequester } from '#tickets/change-requester.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { searchTickets } from '#tickets/find-tickets.ts'
import { followersOf, followTicket, unfollowTicket } from '#tickets/follow.ts'
import { dismissMention } from '#tickets/mention.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { referTicket } from '#tickets/referrals.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { snoozeTicket, wakeTicket } from '#tickets/snooze.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { readTicketKey, ticketLink } from '#tickets/ticket-links.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { lastUndoable, undoEvent } from '#tickets/undo.ts'
import { readTags, saveTag } from '#workflow/tags.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast

beforeAll(async () => {
  desk = await openDesk()
  clock = testClock('2026-11-24T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const ask = (who: Context = cast.kim, subject = 'Printer on fire', channel: 'web' | 'email' = 'web') =>
  openTicket(
    who,
    { requester: { email: who.actor.address!, name: who.actor.name }, subject, message: 'It burns.\nPlease help.' },
    { channel },
  )
const refusal = async (work: Promise<unknown>): Promise<{ code: string; pointer?: string | undefined; key?: string }> => {
  try {
    await work
  } catch (error) {
    if (isAppError(error))
      return { code: error.code, pointer: error.problems[0]?.pointer, key: error.problems[0]?.key ?? error.key }
    throw error
  }
  return { code: 'done' }
}
const numbersIn = async (who: Context, queue: string): Promise<string[]> =>
  (await queuePage(who, queue, { limit: 200 })).rows.map((row) => row.number)
const runDue = () => runJobsUntilQuiet({ ...desk.ctx, clock }, desk.app.connection.pool, clock.now())

test('tags: made as they are typed, shown in lists, found by, taken off, and undone', async () => {
  const ticket = await ask()
  await tagTicket(cast.sam, { id: ticket.id }, { add: ['Needs parts', 'billing'] })
  await tagTicket(cast.sam, { id: ticket.id }, { add: ['needs  PARTS'] })
  const tags = await readTags(cast.sam)
  expect(tags.map((tag) => tag.name)).toEqual(['billing', 'Needs parts'])
  const row = (await queuePage(cast.sam, 'open', {})).rows.find((one) => one.id === ticket.id)!
  expect(row.tagIds.sort()).toEqual(tags.map((tag) => tag.id).sort())
  expect((await searchTickets(cast.sam, 'tag:"needs parts"')).map((one) => one.id)).toEqual([ticket.id])
  expect((await searchTickets(cast.sam, 'printer tag:billing')).map((one) => one.id)).toEqual([ticket.id])
  expect(await searchTickets(cast.sam, 'grinder tag:billing')).toEqual([])
  expect(await searchTickets(cast.sam, 'tag:nothing')).toEqual([])
  expect(await searchTickets(cast.bo, 'tag:billing')).toEqual([])

  await tagTicket(cast.sam, { id: ticket.id }, { remove: [tags[0]!.id] })
  expect((await showTicket(cast.sam, { id: ticket.id })).tags.map((tag) => tag.name)).toEqual(['Needs parts'])
  await undoEvent(cast.sam, (await lastUndoable(cast.sam))!.event)
  expect((await showTicket(cast.sam, { id: ticket.id })).tags).toHaveLength(2)

  expect(await refusal(tagTicket(cast.lin, { id: ticket.id }, { add: ['x'] }))).toMatchObject({ code: 'forbidden' })
  expect(await refusal(tagTicket(cast.bo, { id: ticket.id }, { add: ['x'] }))).toMatchObject({ code: 'not_found' })
  await changeSettings(cast.ada, { 'tags.agentsMayCreate': false })
  expect(await refusal(tagTicket(cast.sam, { id: ticket.id }, { add: ['fresh'] }))).toMatchObject({
    pointer: '/add/0',
    key: 'tagUnknown',
  })
  expect((await readTags(cast.sam)).some((tag) => tag.name === 'fresh')).toBe(false)
  expect(await refusal(saveTag(cast.sam, null, { name: 'x', colour: 'info' }))).toMatchObject({ code: 'forbidden' })
  expect(await refusal(saveTag(cast.ada, null, { name: 'BILLING', colour: 'info' }))).toMatchObject({ pointer: '/name' })
  await changeSettings(cast.ada, { 'tags.agentsMayCreate': true })
})

test('snoozed: out of the work queues until its time, then open and unread', async () => {
  const ticket = await ask()
  await assignTicket(cast.sam, { id: ticket.id }, { agent: cast.sam.actor.id })
  expect(await numbersIn(cast.sam, 'needs-reply')).toContain(ticket.number)
  expect(await refusal(snoozeTicket(cast.sam, { id: ticket.id }, { until: '2026-11-24T09:00:00Z' }))).toMatchObject({
    pointer: '/until',
  })
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'waiting' })
  await snoozeTicket(cast.sam, { id: ticket.id }, { until: '2026-11-25T09:00:00+01:00' })
  for (const queue of ['needs-reply', 'mine', 'waiting', 'unassigned'])
    expect(await numbersIn(cast.sam, queue), queue).not.toContain(ticket.number)
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([ticket.number])
  expect((await queueCounts(cast.sam)).get('snoozed')).toBe(1)
  await runDue()
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([ticket.number])

  clock.advance(22 * 3600)
  await runDue()
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([])
  const row = (await queuePage(cast.sam, 'mine', {})).rows.find((one) => one.id === ticket.id)
  expect(row).toMatchObject({ state: 'open', isUnread: true, snoozedUntil: null })
})

test('a customer wakes it with a question and not with thanks', async () => {
  const ticket = await ask()
  await snoozeTicket(cast.sam, { id: ticket.id }, { until: '2026-12-01T09:00:00Z' })
  await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'Thank you!' })
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([ticket.number])
  await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'It burns again, the whole shop is full of smoke.' })
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([])
  // The clock that was set before finds nothing to wake.
  await snoozeTicket(cast.sam, { id: ticket.id }, { until: '2026-12-01T09:00:00Z' })
  await wakeTicket(cast.sam, { id: ticket.id })
  await undoEvent(cast.sam, (await lastUndoable(cast.sam))!.event)
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([ticket.number])
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'resolved' })
  expect(await numbersIn(cast.sam, 'snoozed')).toEqual([])
  expect(await refusal(snoozeTicket(cast.sam, { id: ticket.id }, { until: '2026-12-01T09:00:00Z' }))).toMatchObject({
    code: 'conflict',
  })
})

test('a mention makes a follower, stands in Mentions until it is answered, and reaches nobody who may not see', async () => {
  const ticket = await ask()
  expect(await refusal(addNote(cast.sam, { id: ticket.id }, { body: 'Ask @Bo Billing', format: 'text' }))).toMatchObject({
    code: 'invalid',
    pointer: '/body',
    key: 'mentionCannotSee',
  })
  expect((await showTicket(cast.sam, { id: ticket.id })).entries).toHaveLength(1)
  await addNote(cast.sam, { id: ticket.id }, { body: '<p>Can you look, @Lin&nbsp;Light?</p>' })
  expect(await followersOf(cast.sam, ticket.id)).toEqual([cast.lin.actor.id])
  expect(await numbersIn(cast.lin, 'mentions')).toEqual([ticket.number])
  expect((await queueCounts(cast.lin)).get('mentions')).toBe(1)
  expect(await numbersIn(cast.sam, 'mentions')).toEqual([])
  await addNote(cast.lin, { id: ticket.id }, { body: 'Yes.', format: 'text' })
  expect(await numbersIn(cast.lin, 'mentions')).toEqual([])
  await addNote(cast.sam, { id: ticket.id }, { body: '@lin once more', format: 'text' })
  await dismissMention(cast.lin, { id: ticket.id })
  expect(await numbersIn(cast.lin, 'mentions')).toEqual([])
  expect((await showTicket(cast.sam, { id: ticket.id })).events.filter((one) => one.verb === 'ticket.mentioned')).toHaveLength(2)
  // A note by mail is kept whatever it says.
  const { entry } = await addNote(cast.sam, { id: ticket.id }, { body: 'To @Bo Billing', format: 'text' }, { channel: 'email' })
  expect(entry).toBeGreaterThan(0)
})

test('follow and unfollow', async () => {
  const ticket = await ask()
  await followTicket(cast.vic, { id: ticket.id })
  await followTicket(cast.vic, { id: ticket.id })
  expect(await followersOf(cast.sam, ticket.id)).toEqual([cast.vic.actor.id])
  await unfollowTicket(cast.vic, { id: ticket.id })
  expect(await followersOf(cast.sam, ticket.id)).toEqual([])
  expect(await refusal(followTicket(cast.bo, { id: ticket.id }))).toMatchObject({ code: 'not_found' })
  expect(await refusal(followTicket(cast.kim, { id: ticket.id }))).toMatchObject({ code: 'not_found' })
})

test('one note is pinned, of this ticket alone', async () => {
  const [ticket, other] = [await ask(), await ask(cast.pat)]
  const { entry } = await addNote(cast.sam, { id: ticket.id }, { body: 'Key is under the mat', format: 'text' })
  await pinNote(cast.sam, { id: ticket.id }, entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).pinned?.bodyText).toBe('Key is under the mat')
  expect(await refusal(pinNote(cast.sam, { id: other.id }, entry))).toMatchObject({ pointer: '/entry' })
  expect(await refusal(pinNote(cast.sam, { id: ticket.id }, ticket.lastEntryId))).toMatchObject({ pointer: '/entry' })
  await pinNote(cast.sam, { id: ticket.id }, null)
  expect((await showTicket(cast.sam, { id: ticket.id })).pinned).toBeNull()
})

test('another requester: the old one stays on copy or sees it no longer', async () => {
  const ticket = await ask()
  await changeRequester(cast.sam, { id: ticket.id }, { email: 'pat@customer.example', keepOnCopy: true })
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.requester.address).toBe('pat@customer.example')
  expect(shown.copies.map((copy) => copy.address)).toEqual(['kim@customer.example'])
  await changeRequester(cast.sam, { id: ticket.id }, { email: 'lou@customer.example', keepOnCopy: false })
  expect(await refusal(seeTicket(cast.pat, { id: ticket.id }))).toMatchObject({ code: 'not_found' })
  await undoEvent(cast.sam, (await lastUndoable(cast.sam))!.event)
  expect((await showTicket(cast.sam, { id: ticket.id })).requester.address).toBe('pat@customer.example')
  expect(
    await refusal(changeRequester(cast.sam, { id: ticket.id }, { email: 'pat@customer.example', keepOnCopy: true })),
  ).toMatchObject({ pointer: '/email', key: 'isRequester' })
  expect(
    await refusal(changeRequester(cast.lin, { id: ticket.id }, { email: 'x@customer.example', keepOnCopy: true })),
  ).toMatchObject({ code: 'forbidden' })
})

test('a link that went to somebody who was the requester by mistake opens nothing once that is undone', async () => {
  const ticket = await ask()
  await changeRequester(cast.sam, { id: ticket.id }, { email: 'pat@customer.example', keepOnCopy: false })
  const keyOf = async (who: Context) => new URL(await ticketLink(desk.ctx, ticket, who.actor.id!)).searchParams.get('key')!
  const [wrong, right] = [await keyOf(cast.pat), await keyOf(cast.kim)]
  await undoEvent(cast.sam, (await lastUndoable(cast.sam))!.event)
  expect(await readTicketKey(desk.ctx, wrong)).toBeNull()
  expect(await readTicketKey(desk.ctx, right)).not.toBeNull()
})

test('the desk’s own address is nobody’s requester', async () => {
  await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })
  const ticket = await ask()
  expect(
    await refusal(changeRequester(cast.sam, { id: ticket.id }, { email: 'support@desk.example', keepOnCopy: true })),
  ).toMatchObject({ pointer: '/email', key: 'ownAddress' })
})

test('undo walks back through what one did: priority, status, assignment, transfer, spam, trash', async () => {
  const ticket = await ask(cast.kim, 'Printer on fire', 'email')
  const { priorities } = await readWorkflow(cast.sam)
  const before = await seeTicket(cast.sam, { id: ticket.id })
  const undo = async (): Promise<void> => {
    await undoEvent(cast.sam, (await lastUndoable(cast.sam))!.event)
  }
  await editTicket(cast.sam, { id: ticket.id }, { priority: priorities.find((one) => one.key === 'urgent')!.id, subject: 'Fire' })
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'resolved' })
  await assignTicket(cast.sam, { id: ticket.id }, { agent: cast.sam.actor.id })
  await moveTicket(cast.sam, { id: ticket.id }, 'spam')
  expect(await standingOf(cast.sam, 'kim@customer.example')).toBe('spam')
  await undo()
  expect(await standingOf(cast.sam, 'kim@customer.example')).toBeNull()
  await undo()
  await undo()
  await undo()
  const { updatedAt: _a, ...now } = await seeTicket(cast.sam, { id: ticket.id })
  const { updatedAt: _b, ...was } = before
  expect(now).toEqual(was)

  // Handed over to where one does not see it, and taken back all the same, with whom it was shared with.
  await referTicket(cast.sam, { id: ticket.id }, { department: cast.billing })
  await transferTicket(cast.sam, { id: ticket.id }, { department: cast.billing })
  expect(await refusal(seeTicket(cast.sam, { id: ticket.id }))).toMatchObject({ code: 'not_found' })
  await undo()
  expect(await seeTicket(cast.sam, { id: ticket.id })).toMatchObject({ departmentId: cast.support, referredTo: [cast.billing] })
  expect(
    await desk.ctx.db.selectFrom('ticket_referral').select('department_id').where('ticket_id', '=', ticket.id).execute(),
  ).toEqual([{ department_id: cast.billing }])
})

test('undo is refused once somebody else changed the same, once it is late, and to others', async () => {
  const ticket = await ask()
  await assignTicket(cast.sam, { id: ticket.id }, { agent: cast.sam.actor.id })
  const act = (await lastUndoable(cast.sam))!
  expect(await refusal(undoEvent(cast.ada, act.event))).toMatchObject({ code: 'not_found' })
  await changeStatus(cast.ada, { id: ticket.id }, { status: 'waiting' })
  await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.ada.actor.id })
  await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
  expect(await refusal(undoEvent(cast.sam, act.event))).toMatchObject({ code: 'conflict', key: 'undoChanged' })

  await assignTicket(cast.sam, { id: ticket.id }, { agent: null })
  const second = (await lastUndoable(cast.sam, { ticket: ticket.id }))!
  await undoEvent(cast.sam, second.event)
  expect(await refusal(undoEvent(cast.sam, second.event))).toMatchObject({ code: 'conflict', key: 'undoChanged' })
  await assignTicket(cast.sam, { id: ticket.id }, { agent: null })
  const third = (await lastUndoable(cast.sam, { ticket: ticket.id }))!
  clock.advance(31 * 60)
  expect(await refusal(undoEvent(cast.sam, third.event))).toMatchObject({ code: 'conflict', key: 'undoTooLate' })
  expect(await lastUndoable(cast.sam)).toBeNull()
})

test('an act on another ticket than the one asked of is not undone', async () => {
  const [ticket, other] = [await ask(), await ask()]
  await assignTicket(cast.sam, { id: other.id }, { agent: cast.sam.actor.id })
  const act = (await lastUndoable(cast.sam, { ticket: other.id }))!
  expect(await refusal(undoEvent(cast.sam, act.event, { ticket: ticket.id }))).toMatchObject({ code: 'not_found' })
  expect((await seeTicket(cast.sam, { id: other.id })).assigneeId).toBe(cast.sam.actor.id)
})

test('spam that is taken back is forgotten; a form and a colleague are never remembered', async () => {
  const ticket = await ask(cast.pat, 'Cheap pills', 'email')
  await moveTicket(cast.sam, { id: ticket.id }, 'spam')
  expect(await standingOf(cast.sam, 'pat@customer.example')).toBe('spam')
  await moveTicket(cast.sam, { id: ticket.id }, 'desk')
  expect(await standingOf(cast.sam, 'pat@customer.example')).toBeNull()
  const own = await openTicket(
    cast.sam,
    { requester: { email: cast.bo.actor.address! }, subject: 'Hello', message: 'Hello' },
    { channel: 'email' },
  )
  await moveTicket(cast.sam, { id: own.id }, 'spam')
  expect(await standingOf(cast.sam, cast.bo.actor.address!)).toBeNull()
})
