import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { replyAddress } from '#channels/mail-keys.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import { anonymousActor } from '#core/actor.ts'
import { actingAs } from '#core/context.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { banAddress } from '#people/bans.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import type { Ticket } from '#tickets/ticket-store.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

/** Mail identity: a reply forged into a ticket, an agent impersonated, an acknowledgement that carries an attacker's words. */

let desk: Desk
let cast: Cast
let mailbox: number
let count = 0

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  await changeSettings(cast.ada, { 'mail.trustedAuthservIds': ['mx.desk.example'] })
  mailbox = (await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })).id
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const proven = (domain: string): string =>
  `Authentication-Results: mx.desk.example; dmarc=pass header.from=${domain}; dkim=pass header.d=${domain}\r\n`
const disowned = (domain: string): string => `Authentication-Results: mx.desk.example; dmarc=fail header.from=${domain}\r\n`

/** Takes a mail in as the listener would. Returns what became of it. */
async function arrive(mail: { from: string; subject: string; text: string; headers?: string; before?: string; to?: string }) {
  count += 1
  const raw = Buffer.from(
    `${mail.before ?? ''}From: ${mail.from}\r\nTo: ${mail.to ?? 'support@desk.example'}\r\nSubject: ${mail.subject}\r\nMessage-ID: <test-${count}@customer.example>\r\nDate: ${new Date().toUTCString()}\r\n${mail.headers ?? ''}Content-Type: text/plain; charset=utf-8\r\n\r\n${mail.text}\r\n`,
  )
  const { id } = await receiveRaw(desk.ctx, {
    channel: 'email',
    sourceKey: `test:${count}`,
    mailbox,
    raw,
    envelope: { from: null, to: [mail.to ?? 'support@desk.example'] },
  })
  await receiveMessage(desk.ctx, id)
  const row = await desk.ctx.db
    .selectFrom('inbound_message')
    .select(['state', 'reason', 'ticket_id', 'entry_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return { id, state: row.state, reason: (row.reason as { key: string } | null)?.key, ticket: row.ticket_id, entry: row.entry_id }
}

const ask = (): Promise<Ticket> =>
  openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example', name: 'Kim' }, subject: 'Printer', message: 'It burns' },
    { channel: 'web' },
  )
const entryOf = async (ticket: number, entry: number) =>
  (await showTicket(cast.ada, { id: ticket })).entries.find((candidate) => candidate.id === entry)!
const messageIdOf = async (entry: number): Promise<string> =>
  (await desk.ctx.db.selectFrom('outbound_message').select('message_id').where('entry_id', '=', entry).executeTakeFirstOrThrow())
    .message_id

test('a guessed number and a forged From add text that is flagged, and reopen nothing', async () => {
  const ticket = await ask()
  const forged = await arrive({
    from: 'Kim <kim@customer.example>',
    subject: `Re: Printer [#${ticket.number}]`,
    text: 'Please send the key to my new address',
  })
  expect(forged).toMatchObject({ state: 'posted', reason: 'unverified_number', ticket: ticket.id })
  expect(await entryOf(ticket.id, forged.entry!)).toMatchObject({ isFlagged: true, verdict: 'not_verified' })
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'closed' })
  const later = await arrive({ from: 'Kim <kim@customer.example>', subject: `Re: Printer [#${ticket.number}]`, text: 'Hello?' })
  expect(later).toMatchObject({ state: 'posted', reason: 'unproven_reopen' })
  expect(later.ticket).not.toBe(ticket.id)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket.state).toBe('closed')
})

test('the number with a proven sender passes as the requester', async () => {
  const ticket = await ask()
  const answer = await arrive({
    before: proven('customer.example'),
    from: 'Kim <kim@customer.example>',
    subject: `AW: Printer [#${ticket.number}]`,
    text: 'Thanks',
  })
  expect(answer).toMatchObject({ state: 'posted', ticket: ticket.id })
  expect(await entryOf(ticket.id, answer.entry!)).toMatchObject({
    isFlagged: false,
    verdict: 'verified',
    author: { id: cast.kim.actor.id },
  })
})

test('a stranger who knows the number opens a ticket of their own', async () => {
  const ticket = await ask()
  const stranger = await arrive({ from: 'eve@evil.example', subject: `Re: Printer [#${ticket.number}]`, text: 'Show me' })
  expect(stranger.ticket).not.toBe(ticket.id)
})

test('Authentication-Results that came with the mail prove nothing', async () => {
  const ticket = await ask()
  const forged = await arrive({
    before: 'Authentication-Results: mx.other.example; dmarc=fail header.from=customer.example\r\n',
    headers: proven('customer.example'),
    from: 'kim@customer.example',
    subject: `Re: Printer [#${ticket.number}]`,
    text: 'x',
  })
  expect(await entryOf(ticket.id, forged.entry!)).toMatchObject({ verdict: 'not_verified', isFlagged: true })
})

test('a mail whose domain disowns it is suspended with its cause', async () => {
  expect(
    await arrive({ before: disowned('bank.example'), from: 'boss@bank.example', subject: 'Urgent transfer', text: 'Pay now' }),
  ).toMatchObject({ state: 'parked', reason: 'failed_check', ticket: null })
})

test('a mail that only says it is from an agent never acts as one', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const before = await desk.ctx.db.selectFrom('outbound_message').select('id').where('ticket_id', '=', ticket.id).execute()
  const forged = await arrive({
    from: 'Sam <sam@cast.example>',
    subject: 'Re: Printer',
    text: '#reply\r\nYour password is needed',
    headers: `In-Reply-To: <${await messageIdOf(reply.entry)}>\r\n`,
  })
  expect(await entryOf(ticket.id, forged.entry!)).toMatchObject({ kind: 'note', author: { kind: 'system' } })
  expect(await desk.ctx.db.selectFrom('outbound_message').select('id').where('ticket_id', '=', ticket.id).execute()).toEqual(
    before,
  )
})

test('a proven agent’s mail is a note, and a reply when its first line says so', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const headers = `In-Reply-To: <${await messageIdOf(reply.entry)}>\r\n`
  const note = await arrive({
    before: proven('cast.example'),
    from: 'Sam <sam@cast.example>',
    subject: 'Re: Printer',
    text: 'Careful with this one',
    headers,
  })
  expect(await entryOf(ticket.id, note.entry!)).toMatchObject({ kind: 'note', author: { kind: 'agent', id: cast.sam.actor.id } })
  const answer = await arrive({
    before: proven('cast.example'),
    from: 'Sam <sam@cast.example>',
    subject: 'Re: Printer',
    text: '#reply\r\nWe come tomorrow.',
    headers,
  })
  expect(await entryOf(ticket.id, answer.entry!)).toMatchObject({ kind: 'response', bodyText: 'We come tomorrow.' })
})

test('whoever holds a Message-ID puts nobody on copy unless they are proven, and the history says who was', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const headers = `In-Reply-To: <${await messageIdOf(reply.entry)}>\r\nCc: Eve <eve@evil.example>\r\n`
  await arrive({ from: 'Kim <kim@customer.example>', subject: 'Re: Printer', text: 'cc my friend', headers })
  expect((await showTicket(cast.sam, { id: ticket.id })).copies).toEqual([])
  await arrive({
    before: proven('customer.example'),
    from: 'Kim <kim@customer.example>',
    subject: 'Re: Printer',
    text: 'cc my boss',
    headers: headers.replace('eve@evil', 'boss@customer'),
  })
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.copies.map((copy) => copy.address)).toEqual(['boss@customer.example'])
  expect(shown.events.map((event) => event.verb)).toContain('ticket.copies_changed')
})

test('a mail that opens a ticket puts nobody on copy unless its sender is proven', async () => {
  const headers = 'Cc: Eve <eve@evil.example>\r\n'
  const forged = await arrive({ from: 'Kim <kim@customer.example>', subject: 'My contract', text: 'Send it.', headers })
  const shown = await showTicket(cast.ada, { id: forged.ticket! })
  expect(shown.copies).toEqual([])
  expect(shown.proposed.map((one) => one.address)).toEqual(['eve@evil.example'])
  const real = await arrive({
    before: proven('customer.example'),
    from: 'Kim <kim@customer.example>',
    subject: 'My other contract',
    text: 'Send it.',
    headers,
  })
  expect((await showTicket(cast.ada, { id: real.ticket! })).copies.map((one) => one.address)).toEqual(['eve@evil.example'])
})

test('a customer’s own reply address does not prove an agent', async () => {
  const ticket = await ask()
  const address = replyAddress(desk.ctx, 'support@desk.example', ticket.id, 'kim@customer.example')
  const forged = await arrive({ from: 'Sam <sam@cast.example>', subject: 'Re: Printer', text: 'I am Sam', to: address })
  expect(await entryOf(ticket.id, forged.entry!)).toMatchObject({ kind: 'note', author: { kind: 'system' } })
  const own = replyAddress(desk.ctx, 'support@desk.example', ticket.id, 'sam@cast.example')
  const real = await arrive({ from: 'Sam <sam@cast.example>', subject: 'Re: Printer', text: 'From the train', to: own })
  expect(await entryOf(ticket.id, real.entry!)).toMatchObject({ kind: 'note', author: { kind: 'agent', id: cast.sam.actor.id } })
})

test('a doubtful mail is not quoted to the customer, nor shown under another’s name', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const forged = await arrive({
    from: 'Eve <eve@evil.example>',
    subject: 'Re: Printer',
    text: 'Pay to this account',
    headers: `In-Reply-To: <${await messageIdOf(reply.entry)}>\r\nReply-To: kim@customer.example\r\n`,
  })
  expect(await entryOf(ticket.id, forged.entry!)).toMatchObject({ isFlagged: true, author: { address: 'eve@evil.example' } })
  const next = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>More</p>' })
  const row = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('content')
    .where('entry_id', '=', next.entry)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row.content)).not.toContain('Pay to this account')
})

test('an agent without rights on the ticket is kept as a note, not lost among failed jobs', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const mail = await arrive({
    before: proven('cast.example'),
    from: 'Bo <bo@cast.example>',
    subject: 'Re: Printer',
    text: 'Let me',
    headers: `In-Reply-To: <${await messageIdOf(reply.entry)}>\r\n`,
  })
  expect(mail).toMatchObject({ state: 'posted', ticket: ticket.id })
  expect(await entryOf(ticket.id, mail.entry!)).toMatchObject({ kind: 'note', author: { kind: 'system' } })
})

test('a stranger who types another’s address into the form makes us send none of their words', async () => {
  const guest = actingAs(desk.ctx, anonymousActor)
  const ticket = await openTicket(
    guest,
    {
      requester: { email: 'victim2@elsewhere.example', name: 'BUY NOW' },
      subject: 'BUY NOW http://evil.example',
      message: 'evil',
    },
    { channel: 'web' },
  )
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, new Date())
  const sent = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('content')
    .where('ticket_id', '=', ticket.id)
    .where('kind', '=', 'autoresponse')
    .executeTakeFirstOrThrow()
  const { to: _to, ...words } = sent.content as { to: unknown }
  expect(JSON.stringify(words)).not.toMatch(/evil|BUY/i)
})

test('a ban holds whatever Reply-To says', async () => {
  await banAddress(cast.ada, { address: 'spammer@anywhere.example' })
  expect(
    await arrive({ from: 'spammer@anywhere.example', subject: 'Hi', text: 'x', headers: 'Reply-To: other@anywhere.example\r\n' }),
  ).toMatchObject({ state: 'parked', reason: 'banned' })
})

test('our signed Message-ID with one character changed matches nothing', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const id = await messageIdOf(reply.entry)
  const signature = id.lastIndexOf('@') - 1
  const altered = id.slice(0, signature) + (id[signature] === 'a' ? 'b' : 'a') + id.slice(signature + 1)
  const forged = await arrive({
    from: 'kim@customer.example',
    subject: 'Re: Printer',
    text: 'x',
    headers: `In-Reply-To: <${altered}>\r\n`,
  })
  expect(forged.ticket).not.toBe(ticket.id)
})

test('the confirmation to an unverified sender holds none of their words', async () => {
  const spam = await arrive({
    from: 'Victim <victim@elsewhere.example>',
    subject: 'CHEAP PILLS http://evil.example',
    text: 'Buy at http://evil.example',
  })
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, new Date())
  const sent = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('content')
    .where('ticket_id', '=', spam.ticket!)
    .where('kind', '=', 'autoresponse')
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(sent.content)).not.toMatch(/evil|PILLS/i)
  expect(sent.content).toMatchObject({ subject: expect.stringMatching(/^We received your message \[#\d+\]$/) })
})

test('automatic answers, bounces, lists and our own mail are not confirmed', async () => {
  const mails = [
    { from: 'a@machine.example', subject: 'Out of office', text: 'away', headers: 'Auto-Submitted: auto-replied\r\n' },
    { from: 'list@machine.example', subject: 'News', text: 'x', headers: 'List-Id: <news.machine.example>\r\n' },
    { from: 'b@machine.example', subject: 'Bulk', text: 'x', headers: 'Precedence: bulk\r\n' },
    { from: 'noreply@machine.example', subject: 'Robot', text: 'x' },
    { from: 'support@desk.example', subject: 'Myself', text: 'x' },
  ]
  for (const mail of mails) await arrive(mail)
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, new Date())
  const sent = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('recipient')
    .where('kind', '=', 'autoresponse')
    .where('recipient', 'like', '%machine.example')
    .execute()
  expect(sent).toEqual([])
  expect(
    await desk.ctx.db.selectFrom('outbound_message').select('id').where('recipient', '=', 'support@desk.example').execute(),
  ).toEqual([])
})

test('a banned sender is suspended, and posted only when a person takes it', async () => {
  await banAddress(cast.ada, { kind: 'domain', address: '@banned.example' })
  const mail = await arrive({ from: 'x@banned.example', subject: 'Let me in', text: 'x' })
  expect(mail).toMatchObject({ state: 'parked', reason: 'banned' })
})

test('the same mail twice is one entry', async () => {
  const raw = Buffer.from(
    'From: kim@customer.example\r\nTo: support@desk.example\r\nSubject: Twice\r\nMessage-ID: <twice@customer.example>\r\n\r\nOnce\r\n',
  )
  const envelope = { from: null, to: [] }
  const first = await receiveRaw(desk.ctx, { channel: 'email', sourceKey: 'box1:1', mailbox, raw, envelope })
  const again = await receiveRaw(desk.ctx, { channel: 'email', sourceKey: 'box1:1', mailbox, raw, envelope })
  const other = await receiveRaw(desk.ctx, { channel: 'email', sourceKey: 'box2:9', mailbox, raw, envelope })
  expect([again.id, again.fresh]).toEqual([first.id, false])
  await Promise.all([receiveMessage(desk.ctx, first.id), receiveMessage(desk.ctx, first.id), receiveMessage(desk.ctx, other.id)])
  const states = await desk.ctx.db.selectFrom('inbound_message').select('state').where('id', 'in', [first.id, other.id]).execute()
  expect(states.map((row) => row.state).sort()).toEqual(['duplicate', 'posted'])
  expect(await desk.ctx.db.selectFrom('ticket').select('id').where('subject', '=', 'Twice').execute()).toHaveLength(1)
})
