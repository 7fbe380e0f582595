import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { queueCounts, queuePage } from '#queues/queues.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { addNote } from '#tickets/add-note.ts'
import { addCopy, approveCopy, removeCopy } from '#tickets/copies.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { referTicket, removeReferral } from '#tickets/referrals.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { factsOf, maySeeTicket } from '#tickets/ticket-access.ts'
import { type Arrive, arriving, proven } from '../world/arriving.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let arrive: Arrive
let billingBox: number

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  await changeSettings(cast.ada, { 'mail.trustedAuthservIds': ['mx.desk.example'] })
  const support = await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })
  billingBox = (await addMailbox(cast.ada, { address: 'billing@desk.example', department: cast.billing })).id
  arrive = arriving(desk.ctx, support.id)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const shown = (id: number) => showTicket(cast.sam, { id })
const copiesOf = async (id: number) => (await shown(id)).copies.map((one) => one.address)
const proposedOf = async (id: number) => (await shown(id)).proposed.map((one) => one.address)

test('copies of a mail wait for approval where the desk wants it, and get nothing until then', async () => {
  await changeSettings(cast.ada, { 'mail.copies': 'approval' })
  const { ticket } = await arrive({
    from: 'Kim <kim@customer.example>',
    subject: 'Grinder',
    text: 'It burns',
    before: proven('customer.example'),
    headers: 'Cc: Boss <boss@customer.example>, support+x@desk.example, noreply@shop.example\r\n',
  })
  expect(await copiesOf(ticket!)).toEqual([])
  expect(await proposedOf(ticket!)).toEqual(['boss@customer.example'])
  const first = await replyToTicket(cast.sam, { id: ticket! }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const ccOf = async (entry: number) =>
    (
      (await desk.ctx.db.selectFrom('outbound_message').select('content').where('entry_id', '=', entry).executeTakeFirstOrThrow())
        .content as { cc: { address: string }[] }
    ).cc.map((one) => one.address)
  expect(await ccOf(first.entry)).toEqual([])

  const boss = (await shown(ticket!)).proposed[0]!.endUserId
  await expect(approveCopy(cast.lin, { id: ticket! }, boss)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(approveCopy(cast.bo, { id: ticket! }, boss)).rejects.toMatchObject({ code: 'not_found' })
  await approveCopy(cast.sam, { id: ticket! }, boss)
  await expect(approveCopy(cast.sam, { id: ticket! }, cast.pat.actor.id!)).rejects.toMatchObject({ code: 'not_found' })
  const second = await replyToTicket(cast.sam, { id: ticket! }, { body: '<p>And</p>' }, { undoSeconds: 0 })
  expect(await ccOf(second.entry)).toEqual(['boss@customer.example'])
  await changeSettings(cast.ada, { 'mail.copies': 'automatic' })
})

test('with copies switched off a mail puts nobody there', async () => {
  await changeSettings(cast.ada, { 'mail.copies': 'never' })
  const { ticket } = await arrive({
    from: 'kim@customer.example',
    subject: 'x',
    text: 'y',
    headers: 'Cc: boss@customer.example\r\n',
  })
  expect([await copiesOf(ticket!), await proposedOf(ticket!)]).toEqual([[], []])
  await changeSettings(cast.ada, { 'mail.copies': 'automatic' })
})

test('who is not proven can propose a copy on a known ticket, and an agent can refuse it', async () => {
  const { ticket } = await arrive({ from: 'kim@customer.example', subject: 'Proposal', text: 'y', messageId: 'first@kim' })
  const answer = await arrive({
    from: 'kim@customer.example',
    subject: 'Re: Proposal',
    text: 'more',
    headers: 'In-Reply-To: <first@kim>\r\nCc: eve@evil.example\r\n',
  })
  expect(answer.ticket).toBe(ticket)
  expect([await copiesOf(ticket!), await proposedOf(ticket!)]).toEqual([[], ['eve@evil.example']])
  await removeCopy(cast.sam, { id: ticket! }, (await shown(ticket!)).proposed[0]!.endUserId)
  expect(await proposedOf(ticket!)).toEqual([])
})

test('addresses of the desk never become people', async () => {
  await changeSettings(cast.ada, { 'mail.ownAddresses': ['help@old.example'] })
  const { ticket } = await arrive({
    from: 'kim@customer.example',
    subject: 'Everybody',
    text: 'y',
    headers: 'Cc: help@old.example, billing@desk.example\r\n',
  })
  expect(await copiesOf(ticket!)).toEqual([])
  expect(await arrive({ from: 'help@old.example', subject: 'Fw', text: 'z' })).toMatchObject({
    state: 'parked',
    reason: { key: 'own_address' },
  })
  const open = (email: string) => openTicket(desk.ctx, { requester: { email }, subject: 's', message: 'm' }, { channel: 'api' })
  await expect(open('billing@desk.example')).rejects.toMatchObject({
    problems: [{ pointer: '/requester/email', key: 'ownAddress' }],
  })
  await expect(addCopy(cast.sam, { id: ticket! }, { email: 'help@old.example' })).rejects.toMatchObject({ code: 'invalid' })
})

test('one mail to two addresses is one ticket that both departments see', async () => {
  const mail = {
    from: 'Kim <kim@customer.example>',
    subject: 'To both',
    text: 'Invoice and grinder',
    messageId: 'both@kim',
    to: 'support@desk.example, billing@desk.example',
    envelope: ['support@desk.example'],
  }
  const first = await arrive(mail)
  const second = await arrive({ ...mail, mailbox: billingBox, envelope: ['billing@desk.example'] })
  expect(second).toMatchObject({ state: 'duplicate', ticket: first.ticket })
  const { ticket, referrals } = await showTicket(cast.bo, { id: first.ticket! })
  expect(ticket.departmentId).toBe(cast.support)
  expect(referrals).toEqual([cast.billing])
})

test('a copy that only the envelope names is referred by the second mailbox', async () => {
  const mail = {
    from: 'kim@customer.example',
    subject: 'Blind',
    text: 'copy',
    messageId: 'blind@kim',
    to: 'support@desk.example',
  }
  const first = await arrive(mail)
  await expect(showTicket(cast.bo, { id: first.ticket! })).rejects.toMatchObject({ code: 'not_found' })
  await arrive({ ...mail, mailbox: billingBox, envelope: ['billing@desk.example'] })
  expect((await showTicket(cast.bo, { id: first.ticket! })).ticket.subject).toBe('Blind')
})

test('a referral lets a department see and note, in lists, counters and live events, until it is removed', async () => {
  const { ticket } = await arrive({ from: 'kim@customer.example', subject: 'Shared', text: 'Please' })
  const ref = { id: ticket! }
  const countOf = async () => (await queueCounts(cast.bo)).get('needs-reply') ?? 0
  const before = await countOf()
  await expect(referTicket(cast.lin, ref, { department: cast.billing })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(referTicket(cast.sam, ref, { department: cast.support })).rejects.toMatchObject({ code: 'invalid' })
  const shared = await referTicket(cast.sam, ref, { department: cast.billing })
  expect(await countOf()).toBe(before + 1)
  expect((await queuePage(cast.bo, 'needs-reply')).rows.some((row) => row.id === ticket)).toBe(true)
  expect(maySeeTicket(cast.bo.actor, factsOf(shared))).toBe(true)
  await addNote(cast.bo, ref, { body: '<p>We know</p>' })
  await expect(replyToTicket(cast.bo, ref, { body: '<p>Hi</p>' })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(removeReferral(cast.bo, ref, cast.billing)).rejects.toMatchObject({ code: 'forbidden' })
  const alone = await removeReferral(cast.sam, ref, cast.billing)
  expect(maySeeTicket(cast.bo.actor, factsOf(alone))).toBe(false)
  await expect(showTicket(cast.bo, ref)).rejects.toMatchObject({ code: 'not_found' })
  expect(await countOf()).toBe(before)
  expect((await shown(ticket!)).events.map((event) => event.verb)).toEqual(
    expect.arrayContaining(['ticket.referred', 'ticket.referral_removed']),
  )
})

test('a web form’s mail is of whoever stands in Reply-To, though it calls itself automatic', async () => {
  const form = {
    from: 'Website <forms@webshop.example>',
    subject: 'Contact form',
    text: 'Where is my order?',
    headers: 'Reply-To: Pat <pat@buyer.example>\r\nAuto-Submitted: auto-generated\r\n',
  }
  await changeSettings(cast.ada, { 'mail.formSenders': ['forms@webshop.example'] })
  const known = await arrive(form)
  expect((await shown(known.ticket!)).requester.address).toBe('pat@buyer.example')
  const own = await arrive({ ...form, from: 'wordpress@desk.example' })
  expect((await shown(own.ticket!)).requester.address).toBe('pat@buyer.example')
})

const forwarded = `Please take this one\r\n\r\n---------- Forwarded message ---------\r\nFrom: Pat Buyer <pat@buyer.example>\r\nDate: Mon, 2 Jun 2025 at 08:00\r\nSubject: Late order\r\nTo: Sam <sam@cast.example>\r\n\r\nMy order never came.`

test('what a proven agent forwards is a ticket of whoever wrote it, assigned to the agent', async () => {
  const { ticket, reason } = await arrive({
    from: 'Sam <sam@cast.example>',
    subject: 'Fwd: Late order',
    text: forwarded,
    before: proven('cast.example'),
  })
  const found = await shown(ticket!)
  expect(reason).toMatchObject({ key: 'forwarded_by_agent', params: { agent: 'Sam Support', author: 'pat@buyer.example' } })
  expect(found.requester).toMatchObject({ address: 'pat@buyer.example' })
  expect(found.ticket).toMatchObject({ subject: 'Late order', assigneeId: cast.sam.actor.id })
  expect(found.entries.map((entry) => [entry.kind, entry.bodyText, entry.verdict])).toEqual([
    ['message', 'My order never came.', 'not_verified'],
    ['note', 'Please take this one', null],
  ])
})

test('a forward that nothing proves, or that the desk wants as the agent’s own, is a ticket of its sender', async () => {
  const mail = { from: 'Sam <sam@cast.example>', subject: 'Fwd: Late order', text: forwarded }
  expect((await shown((await arrive(mail)).ticket!)).requester.address).toBe('sam@cast.example')
  await changeSettings(cast.ada, { 'mail.agentForward': 'agent' })
  const own = await arrive({ ...mail, before: proven('cast.example') })
  expect((await shown(own.ticket!)).requester.address).toBe('sam@cast.example')
  await changeSettings(cast.ada, { 'mail.agentForward': 'original_sender', 'mail.forwarderBecomes': 'collaborator' })
  const copied = await arrive({ ...mail, before: proven('cast.example') })
  expect(await copiesOf(copied.ticket!)).toEqual(['sam@cast.example'])
})
