import { afterAll, beforeAll, expect, test } from 'vitest'
import { endUserActor } from '#access/actors.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { type TestClock, testClock } from '#core/clock.ts'
import { actingAs } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { markStep, readFirstSteps } from '#people/first-steps.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { searchPeople } from '#tickets/find-people.ts'
import { openForCustomer } from '#tickets/open-for-customer.ts'
import { seeAsCustomer } from '#tickets/see-as-customer.ts'
import { listRequests, showRequest } from '#tickets/show-request.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { statusByKey } from '#workflow/workflow.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast

beforeAll(async () => {
  desk = await openDesk()
  clock = testClock('2031-11-24T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
  // Without a mailbox the desk promises nobody a mail.
  await addMailbox(cast.ada, {
    address: 'support@desk.example',
    department: cast.support,
    smtp: { host: 'localhost', port: 1, security: 'none' },
  })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const rang = (more: Partial<Parameters<typeof openForCustomer>[1]> = {}) => ({
  requester: { email: 'lou@customer.example', name: 'Lou van Dijk' },
  subject: 'Mug broke',
  message: 'It fell.',
  ...more,
})
const problem = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return error.problems[0] ? `${error.problems[0].pointer} ${error.problems[0].key}` : error.code
    throw error
  }
  return 'done'
}
const mailsTo = async (address: string) => {
  await runJobsUntilQuiet({ ...desk.ctx, clock }, desk.app.connection.pool, clock.now())
  const rows = await desk.ctx.db.selectFrom('outbound_message').select(['kind', 'recipient', 'content']).orderBy('id').execute()
  return rows.filter((row) => row.recipient === address)
}

test('somebody rings: the ticket, their number and a note are there at once, and the mail says who opened it', async () => {
  const ticket = await openForCustomer(
    cast.sam,
    rang({ phone: '0049 40 123456', first: { kind: 'note', body: 'Sounded upset.' }, assignee: cast.sam.actor.id }),
  )
  expect(ticket.channel).toBe('phone')
  expect(ticket.assigneeId).toBe(cast.sam.actor.id)
  const { entries } = await showTicket(cast.sam, { id: ticket.id })
  expect(entries.map((entry) => [entry.kind, entry.author.name])).toEqual([
    ['message', 'Lou van Dijk'],
    ['note', 'Sam Support'],
  ])
  const mails = await mailsTo('lou@customer.example')
  expect(mails).toHaveLength(1)
  expect(JSON.stringify(mails[0]!.content)).toContain('Sam Support opened request')
  // By first name, last name, address and number, however it is typed.
  for (const typed of ['lou', 'dijk', 'LOU@cust', '+49 40 12'])
    expect((await searchPeople(cast.sam, typed)).map((one) => one.phone)).toEqual(['+4940123456'])
  expect(await searchPeople(cast.sam, 'l')).toEqual([])
  expect(await searchPeople(cast.sam, '%%')).toEqual([])
})

test('who may not see the person does not find them', async () => {
  expect(await searchPeople(cast.bo, 'lou')).toEqual([])
  expect(await searchPeople(cast.kim, 'lou')).toEqual([])
})

test('a first reply is the only mail, and the message may stand in the agent’s own name', async () => {
  const ticket = await openForCustomer(
    cast.sam,
    rang({
      requester: { email: 'max@customer.example' },
      writtenBy: 'agent',
      first: { kind: 'reply', body: 'A new one is on its way.' },
    }),
  )
  const { entries } = await showTicket(cast.sam, { id: ticket.id })
  expect(entries.map((entry) => [entry.kind, entry.author.kind])).toEqual([
    ['message', 'agent'],
    ['response', 'agent'],
  ])
  const mails = await mailsTo('max@customer.example')
  expect(mails.map((mail) => mail.kind)).toEqual(['reply'])
})

test('nobody is told when the agent says so', async () => {
  await openForCustomer(cast.sam, rang({ requester: { email: 'quiet@customer.example' }, tell: false }))
  expect(await mailsTo('quiet@customer.example')).toEqual([])
})

test('what is wrong is said at its field, and nothing is left behind', async () => {
  const before = await desk.ctx.db.selectFrom('ticket').select('id').execute()
  expect(await problem(openForCustomer(cast.sam, rang({ phone: 'ask Kim' })))).toBe('/phone phone')
  expect(
    await problem(openForCustomer(cast.sam, rang({ first: { kind: 'reply', body: ' ' }, requester: { email: 'nobody' } }))),
  ).toBe('/requester/email email')
  expect(await problem(openForCustomer(cast.vic, rang()))).toBe('forbidden')
  // A light agent's rights end before the ticket: the note would be theirs, the opening is not.
  expect(await problem(openForCustomer(cast.lin, rang({ first: { kind: 'note', body: 'Hm' } })))).toBe('forbidden')
  expect(await desk.ctx.db.selectFrom('ticket').select('id').execute()).toHaveLength(before.length)
})

test('the customer reads it as their own request', async () => {
  const ticket = await openForCustomer(cast.sam, rang({ requester: { email: cast.kim.actor.address! } }))
  expect((await showRequest(cast.kim, ticket.number)).status).toBe('received')
})

test('a colleague looks at it as the customer does: no note, nothing that has not left, and the history says so', async () => {
  const ticket = await openForCustomer(
    cast.sam,
    rang({ requester: { email: 'pat@customer.example' }, first: { kind: 'note', body: 'Between us' } }),
  )
  const seen = await seeAsCustomer(cast.vic, { number: ticket.number })
  expect(seen.entries.map(({ entry }) => entry.bodyText)).toEqual(['It fell.'])
  const { events } = await showTicket(cast.sam, { id: ticket.id })
  expect(events.map((event) => event.verb)).toContain('ticket.seen_as_customer')
  expect(await problem(seeAsCustomer(cast.bo, { number: ticket.number }))).toBe('not_found')
  expect(await problem(seeAsCustomer(cast.pat, { number: ticket.number }))).toBe('not_found')
})

test('a customer’s list has open requests first and is searched by words and number', async () => {
  const ask = (subject: string) =>
    openForCustomer(cast.sam, rang({ requester: { email: 'lis@customer.example', name: 'Lis' }, subject }))
  const [first, second] = [await ask('Roaster 100% hot'), await ask('Beans are late')]
  await changeStatus(cast.sam, { id: second.id }, { status: (await statusByKey(cast.sam, 'resolved')).id })
  const lis = actingAs(desk.ctx, endUserActor({ id: first.requesterId, name: 'Lis', address: 'lis@customer.example' }))
  const subjects = async (search: string) => (await listRequests(lis, { show: 'all', search })).rows.map((row) => row.subject)
  expect(await subjects('')).toEqual(['Roaster 100% hot', 'Beans are late'])
  expect(await subjects('LATE beans')).toEqual(['Beans are late'])
  expect(await subjects(`#${first.number}`)).toEqual(['Roaster 100% hot'])
  expect(await subjects('100%')).toEqual(['Roaster 100% hot'])
  expect(await subjects('%')).toEqual(['Roaster 100% hot'])
  expect(await subjects('mug')).toEqual([])
})

test('first steps are ticked off for whoever did them, and stay away once put away', async () => {
  expect(await readFirstSteps(cast.sam)).toMatchObject({ assign: false, as_customer: false })
  expect(await readFirstSteps(cast.vic)).toMatchObject({ as_customer: true })
  await markStep(cast.sam, 'assign')
  await markStep(cast.sam, 'assign')
  expect(await readFirstSteps(cast.sam)).toMatchObject({ assign: true, undo: false })
  await markStep(cast.sam, 'dismissed')
  expect(await readFirstSteps(cast.sam)).toBeNull()
  expect(await readFirstSteps(cast.lin)).not.toBeNull()
  expect(await readFirstSteps(cast.kim)).toBeNull()
})
