import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { messageFailed } from '#channels/channel-events.ts'
import { type TestClock, testClock } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { saveAlertRules } from '#notifications/alert-rules.ts'
import { digestDay, saveDigest, sendDigests } from '#notifications/digest.ts'
import { listNotifications, markAllRead } from '#notifications/inbox.ts'
import { whoWouldBeTold } from '#notifications/trial.ts'
import { changeAgent } from '#people/agents.ts'
import { changeDepartment } from '#people/departments.ts'
import { setPresence } from '#presence/presence.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { addCopy, removeCopy } from '#tickets/copies.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { followTicket, unfollowTicket } from '#tickets/follow.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { referTicket } from '#tickets/referrals.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast
let system: Context
let seen = 0

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  clock = testClock('2031-03-03T10:00:00Z')
  system = { ...desk.ctx, clock }
  cast = await bringCast(system)
  // The clock stands far ahead, so that what is tried again later is not due in this test.
  await changeSettings(cast.ada, { 'autoresponse.perAddressPerDay': 1000 })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const work = () => runJobsUntilQuiet(system, desk.app.connection.pool, clock.now())

/** The desk's own mails since the last question, as `kind recipient: subject`. */
async function mails(): Promise<string[]> {
  await work()
  const rows = await desk.ctx.db
    .selectFrom('outbound_message')
    .select(['id', 'kind', 'recipient', 'content'])
    .where('id', '>', seen)
    .where('kind', '<>', 'reply')
    .orderBy('id')
    .execute()
  seen = Math.max(seen, ...rows.map((row) => row.id))
  return rows.map(
    (row) => `${row.kind} ${row.recipient.split('@')[0]}: ${(row.content as { subject: string }).subject.replace(/ \[#.*/, '')}`,
  )
}

/** Everybody's unread lines since the last question, as `name kind`. */
async function told(): Promise<string[]> {
  await work()
  const lines: string[] = []
  for (const [name, ctx] of [
    ['ada', cast.ada],
    ['sam', cast.sam],
    ['bo', cast.bo],
    ['lin', cast.lin],
    ['vic', cast.vic],
  ] as const) {
    for (const row of (await listNotifications(ctx, { unreadOnly: true })).rows.reverse()) lines.push(`${name} ${row.kind}`)
    await markAllRead(ctx)
  }
  return lines
}

const ask = async (who: Context = cast.kim, subject = 'Kettle leaks') => {
  clock.advance(3600)
  return openTicket(
    who,
    { requester: { email: who.actor.address!, name: who.actor.name }, subject, message: `${subject}.` },
    { channel: 'web' },
  )
}
const quiet = async () => {
  await mails()
  await told()
}
beforeEach(quiet)

describe('agents', () => {
  test('a new ticket: its department in the workspace, its manager by mail, nobody of another', async () => {
    await changeDepartment(cast.ada, cast.support, { managerId: cast.lin.actor.id })
    await ask()
    expect(await mails()).toEqual(['autoresponse kim: Re: Kettle leaks', 'alert lin: New: Kettle leaks'])
    expect(await told()).toEqual(['sam new_ticket', 'lin new_ticket', 'vic new_ticket'])
    await changeDepartment(cast.ada, cast.support, { managerId: null })
  })

  test('who asks for mail gets it, whom a department spares is spared', async () => {
    await saveAlertRules(cast.vic, {
      scope: 'agent',
      scopeId: cast.vic.actor.id!,
      cells: [{ kind: 'new_ticket', recipient: 'department', setting: 'mail' }],
    })
    await saveAlertRules(cast.ada, {
      scope: 'department',
      scopeId: cast.support,
      cells: [{ kind: 'new_ticket', recipient: 'department', setting: 'off' }],
    })
    await ask()
    expect(await mails()).toContain('alert vic: New: Kettle leaks')
    expect(await told()).toEqual(['vic new_ticket'])
    await saveAlertRules(cast.vic, {
      scope: 'agent',
      scopeId: cast.vic.actor.id!,
      cells: [{ kind: 'new_ticket', recipient: 'department', setting: null }],
    })
    await saveAlertRules(cast.ada, {
      scope: 'department',
      scopeId: cast.support,
      cells: [{ kind: 'new_ticket', recipient: 'department', setting: null }],
    })
  })

  test('the life of a ticket tells each whom it concerns', async () => {
    const ticket = await ask()
    await quiet()
    await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
    expect(await mails()).toEqual(['alert sam: Assigned to you: Kettle leaks'])
    expect(await told()).toEqual(['sam assigned'])
    await addNote(cast.lin, { id: ticket.id }, { body: 'It is the seal', format: 'text' })
    expect(await told()).toEqual(['sam activity'])
    await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Soon.</p>' }, { undoSeconds: 0 })
    expect(await told()).toEqual([])
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'When?' })
    expect(await mails()).toEqual(['alert sam: Re: Kettle leaks'])
    expect(await told()).toEqual(['sam new_message'])
    // Who answered last hears of it even when somebody else has it now.
    await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.ada.actor.id })
    await quiet()
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Hello?' })
    expect(await told()).toEqual(['ada new_message', 'sam new_message'])
    await assignTicket(cast.ada, { id: ticket.id }, { agent: null })
    await quiet()
    await transferTicket(cast.ada, { id: ticket.id }, { department: cast.billing })
    // Billing is told; Sam, who answered last, can see it no more.
    expect(await told()).toEqual(['bo transferred'])
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Still there?' })
    expect(await told()).toEqual([])
  })

  test('whoever is mentioned is told once and follows from then on', async () => {
    const ticket = await ask()
    await quiet()
    await addNote(cast.lin, { id: ticket.id }, { body: '@Sam Support, can you look?', format: 'text' })
    expect(await mails()).toEqual(['alert sam: Lin Light mentioned you: Kettle leaks'])
    expect(await told()).toEqual(['sam mentioned'])
    await followTicket(cast.vic, { id: ticket.id })
    await quiet()
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'And?' })
    expect(await told()).toEqual(['sam new_message', 'vic new_message'])
    await unfollowTicket(cast.vic, { id: ticket.id })
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Hm?' })
    expect(await told()).toEqual(['sam new_message'])
  })

  test('whoever sees a ticket because it was shared with them is told when they are mentioned', async () => {
    const ticket = await ask()
    await referTicket(cast.ada, { id: ticket.id }, { department: cast.billing })
    await quiet()
    await addNote(cast.sam, { id: ticket.id }, { body: '@Bo Billing, was it paid?', format: 'text' })
    expect(await told()).toEqual(['bo mentioned'])
  })

  test('no mail while the ticket is on the screen, while away, or with mail switched off', async () => {
    const ticket = await ask()
    await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
    await quiet()
    const write = () => replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'Anything?' })
    await setPresence(cast.sam, { id: ticket.id }, 'viewing')
    await write()
    expect(await mails()).toEqual([])
    await setPresence(cast.sam, { id: ticket.id }, null)
    await changeAgent(cast.sam, cast.sam.actor.id!, { alertMail: false })
    await write()
    expect(await mails()).toEqual([])
    await changeAgent(cast.sam, cast.sam.actor.id!, { alertMail: true, awayUntil: new Date(clock.now().getTime() + 60_000) })
    await write()
    expect(await mails()).toEqual([])
    await changeAgent(cast.sam, cast.sam.actor.id!, { awayUntil: null })
    await write()
    expect(await mails()).toEqual(['alert sam: Re: Kettle leaks'])
  })

  test('a reply that does not arrive is told to its author; the mail of an alert that fails makes no further mail', async () => {
    const ticket = await ask()
    const { entry } = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Here you are.</p>' }, { undoSeconds: 0 })
    await quiet()
    const fail = (kind: 'reply' | 'alert' | 'autoresponse', of: number | null, about: { kind: string; id: number }) =>
      transact(system, (ctx) =>
        emit(
          ctx,
          messageFailed({
            subject: about,
            data: { message: 1, entry: of, kind, reason: 'mailbox_full' },
            facts: { department: cast.support, assignee: cast.sam.actor.id, internal: true },
          }),
        ),
      )
    await fail('reply', entry, { kind: 'ticket', id: ticket.id })
    expect(await mails()).toEqual(['alert sam: Not delivered: Kettle leaks'])
    expect(await told()).toEqual(['sam message_failed'])
    const [mail] = await desk.ctx.db.selectFrom('outbound_message').select('content').where('id', '=', seen).execute()
    expect((mail!.content as { text: string }).text).toContain('the mailbox is full')
    await fail('alert', null, { kind: 'message', id: 1 })
    expect(await mails()).toEqual([])
    expect(await told()).toEqual(['ada message_failed'])
    await fail('autoresponse', null, { kind: 'ticket', id: ticket.id })
    expect(await told()).toEqual([])
  })

  test('the trial names everybody with reasons, tells nobody, and is for administrators', async () => {
    const ticket = await ask()
    await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
    await quiet()
    const { decisions } = await whoWouldBeTold(cast.ada, { number: ticket.number, kind: 'new_message' })
    expect(decisions.find((one) => one.agent === cast.sam.actor.id)).toMatchObject({
      outcome: 'mail',
      reasons: [{ role: 'assignee', setting: 'mail', from: null }],
    })
    const own = await whoWouldBeTold(cast.ada, { number: ticket.number, kind: 'activity', by: cast.sam.actor.id })
    expect(own.decisions.find((one) => one.agent === cast.sam.actor.id)).toMatchObject({ outcome: 'off', held: 'own_act' })
    expect(await told()).toEqual([])
    await expect(whoWouldBeTold(cast.sam, { number: ticket.number, kind: 'new_message' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(whoWouldBeTold(cast.ada, { number: '000', kind: 'new_message' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('settings', () => {
  const cells = [{ kind: 'new_message', recipient: 'assignee', setting: 'off' as const }]
  test.each([
    ['the desk', () => ({ scope: 'desk' as const, scopeId: 0 })],
    ['another agent', () => ({ scope: 'agent' as const, scopeId: cast.bo.actor.id! })],
    ['a department', () => ({ scope: 'department' as const, scopeId: cast.support })],
    ['a customer', () => ({ scope: 'person' as const, scopeId: cast.kim.actor.id! })],
  ])('an agent sets none of %s, a customer nothing', async (_what, scope) => {
    await expect(saveAlertRules(cast.sam, { ...scope(), cells })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(saveAlertRules(cast.kim, { ...scope(), cells })).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('a cell that does not exist is said to be none', async () => {
    const save = (cell: object, scope: object = { scope: 'desk', scopeId: 0 }) =>
      saveAlertRules(cast.ada, { ...scope, cells: [cell] } as never)
    for (const cell of [
      { kind: 'mentioned', recipient: 'department', setting: 'app' },
      { kind: 'nothing', recipient: 'assignee', setting: 'app' },
      { kind: 'new_request', recipient: 'customer', setting: 'app' },
      { kind: 'constructor', recipient: 'assignee', setting: 'app' },
      { kind: 'new_ticket', recipient: '__proto__', setting: 'app' },
    ])
      await expect(save(cell)).rejects.toMatchObject({ code: 'invalid', problems: [{ pointer: '/cells/0' }] })
    await expect(save(cells[0]!, { scope: 'department', scopeId: 999_999 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(save(cells[0]!, { scope: 'person', scopeId: cast.kim.actor.id })).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('customers', () => {
  const set = (scope: 'desk' | 'department' | 'person', scopeId: number, kind: string, setting: 'off' | 'mail' | null) =>
    saveAlertRules(cast.ada, { scope, scopeId, cells: [{ kind, recipient: 'customer', setting }] })

  test('a customer who wants no confirmation gets none, the others do', async () => {
    await set('person', cast.kim.actor.id!, 'new_request', 'off')
    await ask(cast.kim)
    await ask(cast.pat, 'Mug broke')
    expect(await mails()).toEqual(['autoresponse pat: Re: Mug broke'])
    await set('person', cast.kim.actor.id!, 'new_request', null)
  })

  test('further messages are confirmed only where the desk does that', async () => {
    const ticket = await ask()
    await quiet()
    clock.advance(3600)
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'One more thing' })
    expect(await mails()).toEqual([])
    await set('department', cast.support, 'new_message', 'mail')
    clock.advance(3600)
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'And another' })
    expect(await mails()).toEqual(['autoresponse kim: Re: Kettle leaks'])
    // Not twice within the quarter of an hour.
    await replyAsCustomer(cast.kim, { number: ticket.number }, { message: 'And another' })
    expect(await mails()).toEqual([])
    await set('department', cast.support, 'new_message', null)
  })

  test('who is put on copy is told by whom; resolved is told where the desk does that', async () => {
    const ticket = await ask()
    await quiet()
    await addCopy(cast.sam, { id: ticket.id }, { email: 'lou@customer.example', name: 'Lou' })
    expect(await mails()).toEqual(['notice lou: Kettle leaks'])
    const resolved = (await readWorkflow(cast.ada)).statuses.find((status) => status.key === 'resolved')!.id
    const open = (await readWorkflow(cast.ada)).statuses.find((status) => status.key === 'open')!.id
    await changeStatus(cast.sam, { id: ticket.id }, { status: resolved })
    expect(await mails()).toEqual([])
    await set('desk', 0, 'resolved', 'mail')
    await changeStatus(cast.sam, { id: ticket.id }, { status: open })
    await changeStatus(cast.sam, { id: ticket.id }, { status: resolved })
    expect(await mails()).toEqual(['notice kim: Solved: Kettle leaks'])
    await set('desk', 0, 'resolved', null)
  })

  test('nobody is told of a copy that was taken back before the mail was made, nor of another ticket after a merge', async () => {
    const [ticket, other] = [await ask(), await ask()]
    await quiet()
    await addCopy(cast.sam, { id: ticket.id }, { email: 'wrong@customer.example' })
    const { copies } = await showTicket(cast.sam, { id: ticket.id })
    await removeCopy(cast.sam, { id: ticket.id }, copies[0]!.endUserId)
    await addCopy(cast.sam, { id: ticket.id }, { email: 'lou@customer.example' })
    await mergeTickets(cast.ada, { id: other.id }, { tickets: [ticket.number], addPeople: false })
    expect(await mails()).toEqual([])
  })

  test('above the limit of open requests it is said once a day, administrators are told, and nothing is refused', async () => {
    await changeSettings(cast.ada, { 'autoresponse.maxOpenRequests': 3 })
    const many = cast.pat
    for (let index = 0; index < 2; index++) await ask(many, 'Spoon')
    await quiet()
    const third = await ask(many, 'Fork')
    expect(await mails()).toEqual(['autoresponse pat: Re: Fork'])
    const [mail] = await desk.ctx.db.selectFrom('outbound_message').select('content').where('id', '=', seen).execute()
    expect((mail!.content as { text: string }).text).toMatch(/You have \d open requests with us/)
    expect(await told()).toContain('ada over_limit')
    await ask(many, 'Knife')
    expect(await mails()).toEqual([])
    expect(await told()).not.toContain('ada over_limit')
    expect(third.state).toBe('open')
    await changeSettings(cast.ada, { 'autoresponse.maxOpenRequests': 0 })
  })
})

describe('the daily digest', () => {
  test('the day and hour are the agent’s own', () => {
    const at = new Date('2026-11-24T23:30:00Z')
    expect(digestDay(at, 'UTC', 8)).toBe('2026-11-24')
    expect(digestDay(at, 'Asia/Tokyo', 8)).toBe('2026-11-25')
    expect(digestDay(at, 'Asia/Tokyo', 9)).toBeNull()
    expect(digestDay(at, 'America/Los_Angeles', 16)).toBeNull()
  })

  test('comes once a day with what was not mailed and the open work, and says nothing twice', async () => {
    await changeAgent(cast.sam, cast.sam.actor.id!, { timeZone: 'America/New_York' })
    const ticket = await ask(cast.kim, 'Digest me')
    await assignTicket(cast.ada, { id: ticket.id }, { agent: cast.sam.actor.id })
    await quiet()
    await addNote(cast.lin, { id: ticket.id }, { body: 'Look at the seal', format: 'text' })
    await work()
    await saveDigest(cast.sam, { isOn: true, hour: 8 })
    // New York is five hours behind: to eight in the morning there of the next day.
    clock.set('2031-04-02T11:59:00Z')
    expect(await sendDigests(system)).toBe(0)
    clock.set('2031-04-02T12:01:00Z')
    expect(await sendDigests(system)).toBe(1)
    expect(await sendDigests(system)).toBe(0)
    // Mails of the other tests are given up as the month goes by, which is told too.
    const notices = (await mails()).filter((line) => line.startsWith('notice'))
    expect(notices).toEqual([expect.stringMatching(/^notice sam: .*your day, Wednesday.*2/)])
    const [mail] = await desk.ctx.db
      .selectFrom('outbound_message')
      .select('content')
      .where('kind', '=', 'notice')
      .where('recipient', '=', 'sam@cast.example')
      .execute()
    const { text } = mail!.content as { text: string }
    expect(text).toContain('Digest me')
    expect(text).toContain('Your open tickets')
    // Two nodes at the same moment of the next day: one of them.
    clock.set('2031-04-03T12:01:00Z')
    expect((await Promise.all([sendDigests(system), sendDigests(system)])).sort()).toEqual([0, 1])
    await mails()
    await changeAgent(cast.sam, cast.sam.actor.id!, { alertMail: false })
    clock.set('2031-04-04T12:01:00Z')
    expect(await sendDigests(system)).toBe(0)
    await changeAgent(cast.sam, cast.sam.actor.id!, { alertMail: true })
  })

  test('nothing to say is no mail, and what one may not see any more is not in it', async () => {
    await saveDigest(cast.bo, { isOn: true, hour: 0 })
    clock.set('2031-05-01T12:00:00Z')
    expect(await sendDigests(actingAs(system, system.actor))).toBe(1)
    expect((await mails()).filter((line) => line.startsWith('notice bo'))).toEqual([])
    await expect(saveDigest(cast.kim, { isOn: true, hour: 8 })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(saveDigest(cast.bo, { isOn: true, hour: 24 })).rejects.toMatchObject({ code: 'invalid' })
  })
})
