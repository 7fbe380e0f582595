import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { sealOsticketSalt } from '#channels/mail-keys.ts'
import { isOwnAddress, mailboxOfRecipient } from '#channels/mailboxes.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { rememberImportedThread } from '#threads/imported-threads.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { type Arrive, arriving } from '../world/arriving.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { osticketId } from '../world/osticket-id.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let arrive: Arrive

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  const mailbox = await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })
  arrive = arriving(desk.ctx, mailbox.id)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const ask = (subject = 'Printer') =>
  openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example', name: 'Kim' }, subject, message: 'It burns' },
    { channel: 'web' },
  )
const contentOf = async (entry: number) =>
  (await desk.ctx.db.selectFrom('outbound_message').select('content').where('entry_id', '=', entry).executeTakeFirstOrThrow())
    .content as { text: string; html: string; replyTo: { address: string } | null }

test('an answer without References finds its ticket by the marker that it quotes', async () => {
  const ticket = await ask()
  const { entry } = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Which one?</p>' }, { undoSeconds: 0 })
  const { text, html } = await contentOf(entry)
  expect(html).toMatch(/<div style="display:none[^>]*>ref:t[0-9a-v.]+<\/div><\/body><\/html>$/)
  const answer = await arrive({
    from: 'Kim <kim@customer.example>',
    subject: 'my answer',
    text: `The red one\r\n\r\n${text.replace(/^/gm, '> ')}`,
  })
  expect(answer).toMatchObject({
    state: 'posted',
    ticket: ticket.id,
    reason: { key: 'unverified_party', params: { match: 'body_marker' } },
  })
})

test('an answer to a mail of the desk that was imported finds the ticket that it has become', async () => {
  const ticket = await ask('Old trouble')
  await rememberImportedThread(desk.ctx, { source: 'osticket', id: 4711, thread: ticket.threadId })
  const headers = `In-Reply-To: <${osticketId('salt of old', { user: 1, entry: 2, thread: 4711 })}>\r\n`
  const before = await arrive({ from: 'kim@customer.example', subject: 'Re: Old trouble', text: 'a', headers })
  expect(before.ticket).not.toBe(ticket.id)
  await changeSettings(cast.ada, { 'mail.osticketSaltSealed': sealOsticketSalt(desk.ctx, 'salt of old') })
  const after = await arrive({ from: 'kim@customer.example', subject: 'Re: Old trouble', text: 'b', headers })
  expect(after).toMatchObject({ ticket: ticket.id, reason: { params: { match: 'imported_id' } } })
})

test('on a domain that is ours as a whole answers come to a signed address there, and the rest of it stays closed', async () => {
  await changeSettings(cast.ada, { 'mail.catchAllDomain': 'reply.desk.example' })
  const ticket = await ask('Catch all')
  const { entry } = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Hi</p>' }, { undoSeconds: 0 })
  const { address } = (await contentOf(entry)).replyTo!
  expect(address).toMatch(/^t[0-9a-v.]+@reply\.desk\.example$/)
  expect(await mailboxOfRecipient(desk.ctx, address)).toMatchObject({ address: 'support@desk.example' })
  expect(await mailboxOfRecipient(desk.ctx, 'anybody@reply.desk.example')).toBeNull()
  expect(await mailboxOfRecipient(desk.ctx, address.replace('@reply.', '@other.'))).toBeNull()
  expect(await isOwnAddress(desk.ctx, address)).toBe(true)
  expect(await isOwnAddress(desk.ctx, 'anybody@reply.desk.example')).toBe(false)
  const answer = await arrive({ from: 'kim@customer.example', to: address, subject: 'x', text: 'Yes' })
  expect(answer).toMatchObject({ ticket: ticket.id, reason: { params: { match: 'signed_address' } } })
  await changeSettings(cast.ada, { 'mail.catchAllDomain': null })
})
