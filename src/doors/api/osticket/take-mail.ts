import { contactOf } from '#channels/email/screen-mail.ts'
import { mailParser } from '#channels/mail-parser.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import type { Context } from '#core/context.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { isBanned } from '#people/bans.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import type { OsticketAnswer } from './answer.ts'
import { deniedBody, incompleteClient } from './open-from-request.ts'

/**
 * `POST /api/tickets.email`: a raw mail takes the way of every mail, and the call waits for the number of the ticket it landed on.
 * A mail that is kept for a person to look at (spam, a failed check) is answered with 201 and no number: it was taken, and a mail
 * server that calls this must not return it to its sender.
 */
export async function takeMail(ctx: Context, raw: Buffer): Promise<OsticketAnswer> {
  if (raw.length === 0) return incompleteClient
  const mail = await ctx.slots.use(mailParser).parse(raw)
  const sender = contactOf(mail)
  if (!sender || !isAddress(normalAddress(sender.address))) return incompleteClient
  if (await isBanned(ctx, sender.address)) return { status: 403, body: deniedBody(sender.address) }
  const recipients = [...mail.to, ...mail.cc].map((person) => person.address).filter(Boolean)
  const { id } = await receiveMail(ctx, { raw, from: null, to: recipients })
  const { ticket } = await receiveMessage(ctx, id)
  return { status: 201, body: ticket === null ? '' : (await seeTicket(ctx, { id: ticket })).number }
}
