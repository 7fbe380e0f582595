import { afterAll, beforeAll, expect, it } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let mailbox: number

beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
  mailbox = (await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })).id
})
afterAll(() => desk?.[Symbol.asyncDispose]())

async function firstEntry(id: string, rest: string) {
  const { id: inbound } = await receiveRaw(desk.ctx, {
    channel: 'email',
    sourceKey: id,
    mailbox,
    raw: Buffer.from(
      `From: Kim <kim@customer.example>\r\nTo: support@desk.example\r\nSubject: ${id}\r\nMessage-ID: <${id}@customer.example>\r\n${rest}`,
    ),
    envelope: { from: null, to: ['support@desk.example'] },
  })
  const { ticket } = await receiveMessage(desk.ctx, inbound)
  const [entry] = (await showTicket(cast.ada, { id: ticket ?? 0 })).entries
  return entry
}

it('tells the agent of an invitation what, when and where', async () => {
  const entry = await firstEntry(
    'invitation',
    'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nPlease come.\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VEVENT\r\nDTSTART:20250602T095800Z\r\nDTEND:20250602T103000Z\r\nSUMMARY:Grinder\r\nLOCATION:Shop 14\r\nEND:VEVENT\r\n--b--\r\n',
  )
  expect(entry?.bodyText).toBe('Please come.\n\n[Invitation: Grinder]\n[When: 2025-06-02 09:58 to 10:30 (UTC)]\n[Where: Shop 14]')
})

it('says that an encrypted mail is encrypted, and keeps it', async () => {
  const entry = await firstEntry(
    'encrypted',
    'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n',
  )
  expect(entry?.bodyText).toBe('[This message is encrypted (S/MIME). It is kept as the attached file smime.p7m.]')
})
