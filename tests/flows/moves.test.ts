import { beforeAll, expect, test } from 'vitest'
import { changeSettings } from '#settings/change-settings.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { changeStatus, closeResolved, solveAsCustomer } from '#tickets/change-status.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { remindWaiting, resolveWaiting } from '#tickets/waiting-moves.ts'
import { addPriority, addStatus, changePriority, changeStatusOrder } from '#workflow/edit-workflow.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { bringCast, type Cast } from '../world/people.ts'

let ctx: TestContext
let cast: Cast

beforeAll(async () => {
  // Monday, ten o'clock.
  ctx = await openTestContext('2026-03-02T10:00:00.000Z')
  await installDefaults(ctx)
  cast = await bringCast(ctx)
})

const day = 24 * 3600
const ask = () =>
  openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example' }, subject: 'Printer', message: 'It burns' },
    { channel: 'web' },
  )
const answered = async () => {
  const ticket = await ask()
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Which one?</p>' }, { undoSeconds: 0 })
  return ticket.id
}
const shown = (id: number) => showTicket(ctx, { id })
const statusOf = async (id: number) => {
  const { statuses } = await readWorkflow(ctx)
  return statuses.find((one) => one.id === id)?.key
}
const verbs = async (id: number) => (await shown(id)).events.map((event) => event.verb)

test('reminders and what follows them rest until they are switched on', async () => {
  const id = await answered()
  ctx.clock.advance(40 * day)
  expect([await remindWaiting(ctx), await resolveWaiting(ctx)]).toEqual([0, 0])
  await changeStatus(cast.sam, { id }, { status: 'closed' })
})

test('a customer is reminded once after three working days, and resolved after seven more', async () => {
  await changeSettings(cast.ada, { 'tickets.remindAfterWorkingDays': 3, 'tickets.resolveAfterReminderWorkingDays': 7 })
  ctx.clock.set('2026-05-08T10:00:00.000Z')
  const id = await answered()
  // Friday to Tuesday: two working days and a weekend.
  ctx.clock.set('2026-05-12T09:00:00.000Z')
  expect(await remindWaiting(ctx)).toBe(0)
  ctx.clock.set('2026-05-13T10:30:00.000Z')
  expect(await remindWaiting(ctx)).toBe(1)
  expect(await remindWaiting(ctx)).toBe(0)
  expect(await verbs(id)).toContain('ticket.reminded')
  ctx.clock.set('2026-05-21T10:30:00.000Z')
  expect(await resolveWaiting(ctx)).toBe(0)
  ctx.clock.set('2026-05-22T11:00:00.000Z')
  expect(await resolveWaiting(ctx)).toBe(1)
  const found = await shown(id)
  expect(found.ticket.state).toBe('resolved')
  expect(found.events.at(-1)?.data).toMatchObject({ cause: 'waited_for_long' })
})

test('who answers is left alone, and the next wait is reminded anew', async () => {
  ctx.clock.set('2026-06-01T10:00:00.000Z')
  const id = await answered()
  ctx.clock.set('2026-06-04T11:00:00.000Z')
  expect(await remindWaiting(ctx)).toBe(1)
  await replyAsCustomer(cast.kim, { id }, { message: 'The red one' })
  ctx.clock.set('2026-07-01T10:00:00.000Z')
  expect([await remindWaiting(ctx), await resolveWaiting(ctx)]).toEqual([0, 0])
  await replyToTicket(cast.sam, { id }, { body: '<p>And now?</p>' }, { undoSeconds: 0 })
  ctx.clock.set('2026-07-03T11:00:00.000Z')
  expect(await remindWaiting(ctx)).toBe(0)
  ctx.clock.set('2026-07-06T11:00:00.000Z')
  expect([await resolveWaiting(ctx), await remindWaiting(ctx)]).toEqual([0, 1])
})

test('resolved tickets close by themselves after their days', async () => {
  const { id } = await ask()
  await solveAsCustomer(cast.kim, { id })
  ctx.clock.advance(6 * day)
  await closeResolved(ctx)
  expect((await shown(id)).ticket.state).toBe('resolved')
  ctx.clock.advance(2 * day)
  await closeResolved(ctx)
  expect((await shown(id)).ticket.state).toBe('closed')
})

test('a move leads to the status that the desk chose, and falls back when that one is gone', async () => {
  const { id: status } = await addStatus(cast.ada, { name: 'Done and checked', state: 'resolved' })
  await changeSettings(cast.ada, { 'moves.solved': `s${status}` })
  const first = await ask()
  await solveAsCustomer(cast.kim, { id: first.id })
  expect((await shown(first.id)).ticket.statusId).toBe(status)
  await expect(changeStatusOrder(cast.ada, status, 'archive')).rejects.toMatchObject({
    problems: [{ pointer: '/status', key: 'moveLeadsHere' }],
  })
  await changeSettings(cast.ada, { 'moves.solved': 'resolved' })
  await changeStatusOrder(cast.ada, status, 'archive')
  expect((await shown(first.id)).ticket.statusId).toBe(status)
  await expect(changeStatus(cast.sam, { id: first.id }, { status })).rejects.toMatchObject({ code: 'invalid' })
  const second = await ask()
  await solveAsCustomer(cast.kim, { id: second.id })
  expect(await statusOf((await shown(second.id)).ticket.statusId)).toBe('resolved')
})

test('answers to a resolved ticket open a new one where the desk wants that', async () => {
  await changeSettings(cast.ada, { 'tickets.reopenedGoesTo': 'nobody' })
  const { id } = await ask()
  await replyToTicket(cast.sam, { id }, { body: '<p>Done</p>', status: 'resolved' }, { undoSeconds: 0 })
  await replyAsCustomer(cast.kim, { id }, { message: 'Not really' })
  expect((await shown(id)).ticket).toMatchObject({ state: 'open', assigneeId: null })
})

test('statuses and priorities keep their order, a default and one of each state', async () => {
  const { statuses, priorities } = await readWorkflow(ctx)
  const closed = statuses.find((one) => one.key === 'closed')!
  await expect(changeStatusOrder(cast.ada, closed.id, 'archive')).rejects.toMatchObject({ problems: [{ key: 'lastOfState' }] })
  await expect(changeStatusOrder(cast.sam, closed.id, 'up')).rejects.toMatchObject({ code: 'forbidden' })
  await changeStatusOrder(cast.ada, closed.id, 'up')
  const order = (await readWorkflow(ctx)).statuses.map((one) => one.id)
  expect(order.indexOf(closed.id)).toBe(statuses.findIndex((one) => one.id === closed.id) - 1)
  const normal = priorities.find((one) => one.isDefault)!
  await expect(changePriority(cast.ada, normal.id, 'archive')).rejects.toMatchObject({ problems: [{ key: 'defaultStays' }] })
  const { id } = await addPriority(cast.ada, { name: 'VIP', urgency: 2 })
  await changePriority(cast.ada, id, 'default')
  expect((await ask()).priorityId).toBe(id)
  await expect(addPriority(cast.ada, { name: 'VIP', urgency: 2 })).rejects.toMatchObject({ problems: [{ pointer: '/name' }] })
})
