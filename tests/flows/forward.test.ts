import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { resendOutbound } from '#channels/outbound-log.ts'
import type { StoredContent } from '#channels/outbound-message.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { storeFiles } from '#files/attachments.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { readDrafts } from '#threads/drafts.ts'
import { addNote } from '#tickets/add-note.ts'
import { forwardTicket } from '#tickets/forward.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { withdrawReply } from '#tickets/release-reply.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showRequest } from '#tickets/show-request.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { publishEntry } from '#tickets/third-party-message.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

/** A ticket forwarded to somebody outside: what goes along, what comes back, and who sees it. */

let desk: Desk
let cast: Cast
let mailbox: number
let count = 0

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  // Not fetched: its mail comes by the listener, so answers come to signed addresses.
  mailbox = (await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })).id
})
afterAll(() => desk?.[Symbol.asyncDispose]())

async function arrive(mail: { from: string; to?: string; text: string; headers?: string; cc?: string }) {
  count += 1
  const raw = `From: ${mail.from}\r\nTo: ${mail.to ?? 'support@desk.example'}\r\n${mail.cc ? `Cc: ${mail.cc}\r\n` : ''}Subject: Re: something\r\nMessage-ID: <out-${count}@elsewhere.example>\r\nDate: ${new Date().toUTCString()}\r\n${mail.headers ?? ''}\r\n${mail.text}\r\n`
  const { id } = await receiveRaw(desk.ctx, {
    channel: 'email',
    sourceKey: `forward:${count}`,
    mailbox,
    raw: Buffer.from(raw),
    envelope: { from: null, to: [mail.to ?? 'support@desk.example'] },
  })
  await receiveMessage(desk.ctx, id)
  return desk.ctx.db
    .selectFrom('inbound_message')
    .select(['state', 'reason', 'ticket_id as ticket', 'entry_id as entry'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

const ask = async () =>
  openTicket(
    cast.kim,
    { requester: { email: cast.kim.actor.address!, name: 'Kim' }, subject: 'Grinder', message: 'It smells burnt.' },
    {
      channel: 'web',
      files: await storeFiles(cast.kim, [{ name: 'photo.txt', contentType: 'text/plain', content: Buffer.from('smoke') }]),
    },
  )

const forwarded = (ticket: number): Promise<{ content: StoredContent; messageId: string }> =>
  desk.ctx.db
    .selectFrom('outbound_message')
    .select(['content', 'message_id as messageId'])
    .where('ticket_id', '=', ticket)
    .where('kind', '=', 'forward')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow() as never

const customerSees = async (ticket: { number: string }): Promise<string> =>
  JSON.stringify((await showRequest(cast.kim, ticket.number)).entries)

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (isAppError(error)) return `${error.code} ${error.problems[0]?.pointer ?? ''} ${error.problems[0]?.key ?? error.key}`
      throw error
    },
  )

const forward = (who: Context, ticket: number, to = ['repair@works.example']) =>
  forwardTicket(who, { id: ticket }, { body: '<p>Can you <b>repair</b> this?</p>', to })

test('the conversation and its files go along, notes and the customer’s ids do not', async () => {
  const ticket = await ask()
  await addNote(cast.sam, { id: ticket.id }, { body: 'Between us: out of warranty', format: 'text' })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>We ask the works.</p>' }, { undoSeconds: 0 })
  const { entry } = await forward(cast.sam, ticket.id)
  const { content } = await forwarded(ticket.id)
  expect(content).toMatchObject({
    to: [{ address: 'repair@works.example' }],
    cc: [],
    subject: `Fwd: Grinder [#${ticket.number}]`,
    inReplyTo: null,
    references: [],
    automatic: 'no',
  })
  expect(content.text).toContain('repair')
  expect(content.text).toContain('It smells burnt.')
  expect(content.text).toContain('We ask the works.')
  expect(content.text + content.html).not.toContain('Between us')
  expect(content.files.map((file) => file.name)).toEqual(['photo.txt'])

  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.entries.find((one) => one.id === entry)).toMatchObject({
    kind: 'note',
    side: 'forward',
    recipients: { to: [{ address: 'repair@works.example' }] },
  })
  expect(await customerSees(ticket)).not.toContain('repair')
})

test('the answer comes back as the third party’s, and the customer sees it only once it is shown to them', async () => {
  const ticket = await ask()
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Wait, please.</p>' }, { undoSeconds: 0 })
  await forward(cast.sam, ticket.id)
  const { content, messageId } = await forwarded(ticket.id)
  const landed = await arrive({
    from: 'Works <repair@works.example>',
    to: content.replyTo!.address,
    cc: 'boss@works.example',
    headers: `In-Reply-To: <${messageId}>\r\n`,
    text: 'Four hundred, and do not tell them that it is our fault.',
  })
  expect(landed).toMatchObject({ state: 'posted', ticket: ticket.id, reason: { key: 'third_party' } })
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.entries.find((one) => one.id === landed.entry)).toMatchObject({
    kind: 'note',
    side: 'third_party',
    isFlagged: false,
    author: { kind: 'user', name: 'Works', address: 'repair@works.example' },
  })
  // What waited is open again; the customer did not write, so no clock runs for them. Nobody of the works joined the ticket.
  expect(shown.ticket).toMatchObject({ state: 'open', waitingSince: null })
  expect(shown.copies).toEqual([])
  expect(await customerSees(ticket)).not.toContain('Four hundred')

  // The next forward continues that conversation, the next reply does not quote it.
  await forward(cast.sam, ticket.id)
  expect((await forwarded(ticket.id)).content.references).toEqual([messageId, `out-${count}@elsewhere.example`])
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Soon.</p>' }, { undoSeconds: 0 })
  const reply = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('content')
    .where('ticket_id', '=', ticket.id)
    .where('kind', '=', 'reply')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(reply.content)).not.toMatch(/Four hundred|works\.example/)

  await publishEntry(cast.sam, landed.entry!)
  expect(await customerSees(ticket)).toContain('Four hundred')
  expect(await refusal(publishEntry(cast.sam, landed.entry!))).toMatch(/^conflict/)
})

test('whoever else answers a forward is kept from the customer too, and marked', async () => {
  const ticket = await ask()
  await forward(cast.sam, ticket.id)
  const { content, messageId } = await forwarded(ticket.id)
  const byId = await arrive({
    from: 'Apprentice <new@works.example>',
    headers: `References: <${messageId}>\r\n`,
    text: 'By id: the coil.',
  })
  const byAddress = await arrive({
    from: 'Other <other@else.example>',
    to: content.replyTo!.address,
    text: 'By address: the coil.',
  })
  for (const landed of [byId, byAddress]) {
    const { entries } = await showTicket(cast.sam, { id: ticket.id })
    expect(entries.find((one) => one.id === landed.entry)).toMatchObject({ side: 'third_party', kind: 'note', isFlagged: true })
  }
  expect(await customerSees(ticket)).not.toContain('coil')
})

test('whoever else answers to the address of a domain that is all the desk’s is kept from the customer too', async () => {
  await changeSettings(cast.ada, { 'mail.catchAllDomain': 'tickets.desk.example' })
  const ticket = await ask()
  await forward(cast.sam, ticket.id)
  const { content } = await forwarded(ticket.id)
  expect(content.replyTo!.address).toMatch(/^t[^+]*@tickets\.desk\.example$/)
  const landed = await arrive({ from: 'Other <other@else.example>', to: content.replyTo!.address, text: 'The coil is ours.' })
  // Fetched mail tells its envelope only in a field.
  const byField = await arrive({
    from: 'Third <third@else.example>',
    headers: `Delivered-To: ${content.replyTo!.address}\r\n`,
    text: 'The coil is theirs.',
  })
  await changeSettings(cast.ada, { 'mail.catchAllDomain': null })
  const { entries } = await showTicket(cast.sam, { id: ticket.id })
  for (const { entry } of [landed, byField])
    expect(entries.find((one) => one.id === entry)).toMatchObject({ side: 'third_party', kind: 'note', isFlagged: true })
  expect(await customerSees(ticket)).not.toContain('coil')
})

test('whoever else answers a forward that was sent again is kept from the customer too', async () => {
  const ticket = await ask()
  const { entry } = await forward(cast.sam, ticket.id)
  const sent = desk.ctx.db.updateTable('outbound_message').set({ state: 'sent' }).where('entry_id', '=', entry)
  const [first] = await sent.returning('id').execute()
  const again = await resendOutbound(cast.ada, first!.id)
  const { message_id: id } = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('message_id')
    .where('id', '=', again.id)
    .executeTakeFirstOrThrow()
  const landed = await arrive({ from: 'New <new@works.example>', headers: `In-Reply-To: <${id}>\r\n`, text: 'The coil.' })
  expect(landed.ticket).toBe(ticket.id)
  expect(await customerSees(ticket)).not.toContain('coil')
})

test('a third party of a ticket that was merged twice over stays one', async () => {
  const [first, second, last] = [await ask(), await ask(), await ask()]
  await forward(cast.sam, first.id)
  const { content, messageId } = await forwarded(first.id)
  await mergeTickets(cast.sam, { id: second.id }, { tickets: [first.number], addPeople: false })
  await mergeTickets(cast.sam, { id: last.id }, { tickets: [second.number], addPeople: false })
  const landed = await arrive({
    from: 'Works <repair@works.example>',
    to: content.replyTo!.address,
    headers: `In-Reply-To: <${messageId}>\r\n`,
    text: 'The coil is our fault.',
  })
  expect(landed).toMatchObject({ ticket: last.id, reason: { key: 'third_party' } })
  expect(await customerSees(last)).not.toContain('coil')
})

test('the customer’s own words stay the customer’s, even below a forward', async () => {
  const ticket = await ask()
  await forward(cast.sam, ticket.id)
  const { messageId } = await forwarded(ticket.id)
  const landed = await arrive({
    from: 'Kim <kim@customer.example>',
    headers: `In-Reply-To: <${messageId}>\r\n`,
    text: 'The works wrote me. I agree.',
  })
  const { entries } = await showTicket(cast.sam, { id: ticket.id })
  expect(entries.find((one) => one.id === landed.entry)).toMatchObject({ kind: 'message', side: null })
})

test('who writes in the customer’s name to the address that only the works were told is marked', async () => {
  const ticket = await ask()
  await forward(cast.sam, ticket.id)
  const { content } = await forwarded(ticket.id)
  const landed = await arrive({
    from: 'Kim <kim@customer.example>',
    to: content.replyTo!.address,
    text: 'Please pay the works at once. Kim',
  })
  expect(landed).toMatchObject({ ticket: ticket.id, reason: { key: 'through_outsider' } })
  const { entries } = await showTicket(cast.sam, { id: ticket.id })
  expect(entries.find((one) => one.id === landed.entry)).toMatchObject({ kind: 'message', isFlagged: true })
})

test('taken back in time it is a draft again, with its addresses; afterwards it is gone', async () => {
  const ticket = await ask()
  const { entry } = await forward(cast.sam, ticket.id, ['a@works.example', 'b@works.example'])
  await withdrawReply(cast.sam, entry)
  expect(await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId)).toMatchObject([
    { kind: 'forward', recipients: { to: [{ address: 'a@works.example' }, { address: 'b@works.example' }] } },
  ])
  const sent = await forward(cast.sam, ticket.id)
  await desk.ctx.db.updateTable('outbound_message').set({ state: 'sent' }).where('entry_id', '=', sent.entry).execute()
  expect(await refusal(withdrawReply(cast.sam, sent.entry))).toMatch(/^conflict/)
})

test('it goes to nobody on the ticket, not to the desk, and only by those who may reply', async () => {
  const ticket = await ask()
  const to = (address: string) => refusal(forward(cast.sam, ticket.id, ['x@works.example', address]))
  expect(await to('Kim@customer.example')).toBe('invalid /to/1 isOnTicket')
  expect(await to('support+x@desk.example')).toBe('invalid /to/1 isOwnAddress')
  expect(await to('nobody')).toBe('invalid /to/1 email')
  for (const who of [cast.lin, cast.vic]) expect(await refusal(forward(who, ticket.id))).toMatch(/^forbidden/)
  for (const who of [cast.bo, cast.kim, cast.pat])
    expect(await refusal(forward(who, ticket.id))).toMatch(/^(not_found|forbidden)/)
})
