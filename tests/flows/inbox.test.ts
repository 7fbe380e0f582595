import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClock, testClock } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import type { LiveEvent } from '#core/live.ts'
import {
  countUnread,
  listNotifications,
  markAllRead,
  markNotification,
  readNotificationsOf,
  sweepNotifications,
} from '#notifications/inbox.ts'
import { setPresence } from '#presence/presence.ts'
import { assignTicket } from '#tickets/assign.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast
const told: LiveEvent[] = []

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  clock = testClock('2031-03-03T10:00:00Z')
  const live = { ...desk.ctx.live, tell: (event: LiveEvent) => void told.push(event) }
  cast = await bringCast({ ...desk.ctx, clock, live })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const work = () => runJobsUntilQuiet(actingAs(cast.ada, desk.ctx.actor), desk.app.connection.pool, clock.now())

const ask = async (subject: string): Promise<{ id: number; number: string }> => {
  const ticket = await openTicket(
    cast.kim,
    { requester: { email: cast.kim.actor.address! }, subject, message: `${subject}.\nPlease help.` },
    { channel: 'web' },
  )
  await work()
  return ticket
}

const kindsOf = async (ctx: Context): Promise<string[]> =>
  (await listNotifications(ctx, { unreadOnly: true })).rows.map((row) => `${row.kind} ${row.ticket?.subject}`)

/** Everybody begins with nothing unread. */
const clear = async (): Promise<void> => {
  for (const ctx of [cast.sam, cast.bo, cast.ada, cast.lin, cast.vic]) await markAllRead(ctx)
  told.length = 0
}

test('assigned, answered, read, unread: only the assignee is told, and only their screens', async () => {
  const ticket = await ask('Printer on fire')
  await clear()
  await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
  await work()
  await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'It burns even more now' })
  await work()
  const { rows } = await listNotifications(cast.sam)
  expect(rows.slice(0, 2)).toMatchObject([
    {
      kind: 'new_message',
      by: 'Kim Customer',
      excerpt: 'It burns even more now',
      isRead: false,
      ticket: { number: ticket.number },
    },
    { kind: 'assigned', by: 'Ada Admin', excerpt: null, isRead: false },
  ])
  expect(await countUnread(cast.sam)).toBe(2)
  const signs = told.filter((event) => event.verb === 'inbox.changed')
  expect(new Set(signs.map((event) => event.subject.id))).toEqual(new Set([cast.sam.actor.id]))
  expect(await kindsOf(cast.ada)).toEqual([])

  await markNotification(cast.sam, { id: rows[0]!.id })
  expect(await countUnread(cast.sam)).toBe(1)
  await markNotification(cast.sam, { id: rows[0]!.id, read: false })
  expect(await countUnread(cast.sam)).toBe(2)
  // What came after the newest one on the screen stays unread.
  expect(await markAllRead(cast.sam, rows[1]!.id)).toBe(1)
  expect(await kindsOf(cast.sam)).toEqual(['new_message Printer on fire'])
  await readNotificationsOf(cast.sam, ticket.number)
  expect(await countUnread(cast.sam)).toBe(0)
})

test("nobody reads or marks another's, and nobody is told of their own acts", async () => {
  const ticket = await ask('Kettle')
  await clear()
  await assignTicket(cast.sam, { id: ticket.id }, { agent: cast.sam.actor.id })
  await work()
  expect(await countUnread(cast.sam)).toBe(0)
  await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Hello?' })
  await work()
  const mine = (await listNotifications(cast.sam)).rows[0]!
  await expect(markNotification(cast.bo, { id: mine.id })).rejects.toMatchObject({ code: 'not_found' })
  await expect(markNotification(cast.kim, { id: mine.id })).rejects.toMatchObject({ code: 'not_found' })
  await readNotificationsOf(cast.bo, ticket.number)
  expect(await markAllRead(cast.kim)).toBe(0)
  expect(await countUnread(cast.sam)).toBe(1)
})

test('a ticket that is out of sight takes its notifications along', async () => {
  const ticket = await ask('Invoice is wrong')
  await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
  await work()
  await clear()
  await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Secret of the invoice' })
  await work()
  expect(await countUnread(cast.sam)).toBe(1)
  await transferTicket(cast.ada, { id: ticket.id }, { department: cast.billing })
  await work()
  expect(await countUnread(cast.sam)).toBe(0)
  expect(JSON.stringify(await listNotifications(cast.sam))).not.toContain('Invoice is wrong')
})

test('who has the ticket on the screen has read it', async () => {
  const ticket = await ask('Toaster')
  await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
  await work()
  await clear()
  await setPresence(cast.sam, { id: ticket.id }, 'viewing')
  await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Still there?' })
  await work()
  expect(await countUnread(cast.sam)).toBe(0)
  expect((await listNotifications(cast.sam)).rows[0]).toMatchObject({ isRead: true, excerpt: 'Still there?' })
  await setPresence(cast.sam, { id: ticket.id }, null)
})

test('pages do not repeat a line, and old ones are forgotten', async () => {
  const all = (await listNotifications(cast.sam)).rows.map((row) => row.id)
  const paged: number[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listNotifications>> = await listNotifications(cast.sam, { limit: 2, cursor })
    paged.push(...page.rows.map((row) => row.id))
    cursor = page.next
  } while (cursor)
  expect(paged).toEqual(all)
  await expect(listNotifications(cast.sam, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' })
  clock.advance(61 * 86_400)
  await markAllRead(cast.sam)
  clock.advance(61 * 86_400)
  await sweepNotifications(cast.ada)
  expect((await listNotifications(cast.sam)).rows).toEqual([])
})
