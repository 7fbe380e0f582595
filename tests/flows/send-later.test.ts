import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { readDrafts } from '#threads/drafts.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { moveTicket } from '#tickets/edit-ticket.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { sendReplyNow, withdrawReply } from '#tickets/release-reply.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showRequest } from '#tickets/show-request.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast
let system: Context

beforeAll(async () => {
  desk = await openDesk()
  clock = testClock('2026-11-27T16:00:00Z')
  system = { ...desk.ctx, clock }
  cast = await bringCast(system)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const MONDAY = '2026-11-30T08:00:00Z'

const ask = async () =>
  openTicket(
    cast.kim,
    { requester: { email: cast.kim.actor.address!, name: 'Kim' }, subject: 'Grinder', message: 'It smells burnt.' },
    { channel: 'web' },
  )

const schedule = (ticket: number, who: Context = cast.sam) =>
  replyToTicket(who, { id: ticket }, { body: '<p>We are back. Is it still so?</p>', sendAt: MONDAY })

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (isAppError(error)) return `${error.code} ${error.problems[0]?.pointer ?? error.key}`
      throw error
    },
  )

const mails = (ticket: number) =>
  desk.ctx.db
    .selectFrom('outbound_message')
    .select(['id', 'state', 'sends_at as sendsAt', 'content'])
    .where('ticket_id', '=', ticket)
    .where('kind', '=', 'reply')
    .execute()

test('a reply for Monday is seen by nobody outside until then, and takes effect then', async () => {
  const ticket = await ask()
  const posted = await schedule(ticket.id)
  expect(posted).toMatchObject({ isScheduled: true, sendsAt: new Date(MONDAY) })
  expect((await showRequest(cast.kim, ticket.number)).entries).toHaveLength(1)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({ state: 'open', firstResponseAt: null })
  expect(await mails(ticket.id)).toMatchObject([{ state: 'waiting', sendsAt: new Date(MONDAY) }])

  // The weekend passes without it.
  clock.set(new Date('2026-11-30T07:59:00Z'))
  await runJobsUntilQuiet(system, desk.app.connection.pool, clock.now())
  expect((await showRequest(cast.kim, ticket.number)).entries).toHaveLength(1)

  clock.set(new Date('2026-11-30T08:00:01Z'))
  await runJobsUntilQuiet(system, desk.app.connection.pool, clock.now())
  expect((await showRequest(cast.kim, ticket.number)).entries).toHaveLength(2)
  const after = await showTicket(cast.sam, { id: ticket.id })
  expect(after.ticket).toMatchObject({ state: 'on_hold', firstResponseAt: clock.now(), waitingSince: null })
  // Without a mail server it is held: it was handed to delivery.
  expect((await mails(ticket.id))[0]!.state).toBe('held')
  clock.set(new Date('2026-11-27T16:00:00Z'))
})

test('it leaves at once when somebody says so, under the time at which it leaves', async () => {
  const ticket = await ask()
  const { entry } = await schedule(ticket.id)
  await sendReplyNow(cast.ada, entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({ state: 'on_hold' })
  expect(await mails(ticket.id)).toMatchObject([{ sendsAt: clock.now(), content: { date: clock.now().toISOString() } }])
  expect(await refusal(sendReplyNow(cast.sam, entry))).toBe('conflict replyHasLeft')
  // Nothing is left to do on Monday.
  const jobs = await desk.app.connection.pool.query('select 1 from graphile_worker.jobs where key = $1', [`release:${entry}`])
  expect(jobs.rowCount).toBe(0)
  const { events } = await showTicket(cast.sam, { id: ticket.id })
  expect(events.filter((event) => event.verb === 'ticket.replied')).toHaveLength(1)
})

test("cancelled, by its writer or a colleague, it is its writer's draft", async () => {
  const ticket = await ask()
  const first = await schedule(ticket.id)
  await withdrawReply(cast.ada, first.entry)
  expect(await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId)).toMatchObject([
    { kind: 'response', bodyHtml: '<p>We are back. Is it still so?</p>' },
  ])
  expect(await readDrafts(cast.ada, cast.ada.actor.id!, ticket.threadId)).toEqual([])
  expect(await mails(ticket.id)).toMatchObject([{ state: 'withdrawn' }])
  // A reply within its undo window is nobody's but its writer's.
  const second = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Now</p>' })
  expect(await refusal(withdrawReply(cast.ada, second.entry))).toMatch(/^not_found/)
})

test('what the customer writes meanwhile keeps the ticket waiting for an answer', async () => {
  const ticket = await ask()
  const { entry } = await schedule(ticket.id)
  clock.advance(60)
  await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'It is on fire now.' })
  clock.set(new Date('2026-11-30T08:00:01Z'))
  await runJobsUntilQuiet(system, desk.app.connection.pool, clock.now())
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.entries.find((one) => one.id === entry)?.releasedAt).not.toBeNull()
  expect(shown.ticket).toMatchObject({ state: 'open' })
  expect(shown.ticket.waitingSince).not.toBeNull()
  clock.set(new Date('2026-11-27T16:00:00Z'))
})

test('a ticket in spam or trash sends nothing', async () => {
  const ticket = await ask()
  await schedule(ticket.id)
  await moveTicket(cast.ada, { id: ticket.id }, 'trash')
  expect(await mails(ticket.id)).toMatchObject([{ state: 'withdrawn' }])
  expect(await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId)).toHaveLength(1)
})

test('times too soon, too late and none are refused at the field', async () => {
  const ticket = await ask()
  const at = (sendAt: string) => refusal(replyToTicket(cast.sam, { id: ticket.id }, { body: 'x', format: 'text', sendAt }))
  expect(await at('2026-11-27T16:01:59Z')).toBe('invalid /sendAt')
  expect(await at('2028-01-01T00:00:00Z')).toBe('invalid /sendAt')
  expect(await at('Monday')).toBe('invalid /sendAt')
  expect((await showTicket(cast.sam, { id: ticket.id })).entries).toHaveLength(1)
})
