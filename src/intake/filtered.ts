import { headersOf } from '#channels/email/inbound-mail.ts'
import type { Context } from '#core/context.ts'
import { normalAddress } from '#people/address.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { type Filtered, type FilterFacts, runFilters } from '#routing/filters.ts'
import { readTicketFilters } from '#routing/ticket-filters.ts'
import { takeMessage } from '#tickets/customer-message.ts'
import { openTicketLike } from '#tickets/find-for-mail.ts'
import { isProven, type Reading, recipientsOf } from './reading.ts'

/** What the ticket filters make of a mail that would open a ticket. */
export const filterMail = async (ctx: Context, read: Reading): Promise<Filtered> =>
  runFilters(await readTicketFilters(ctx), factsOfMail(read))

const factsOfMail = ({ mail, sender, inbound, screening, verdict, body }: Reading): FilterFacts => ({
  sender: sender?.address ?? '',
  senderName: sender?.name ?? '',
  recipients: [...inbound.envelope.to, ...[...mail.to, ...mail.cc].map((one) => one.address)],
  subject: mail.subject,
  body: body.visibleText ?? body.text,
  headers: (name) => headersOf(mail, name),
  channel: 'email',
  verdict: verdict.verdict,
  spam: screening.spamFlagged,
  automatic: screening.automatic || screening.kind === 'auto_reply',
})

/** Adds a mail to the open ticket of the same sender and subject that a filter asks for; null when there is none. */
export async function addToSameTicket(
  ctx: Context,
  read: Reading,
  minutes: number,
): Promise<{ ticket: number; entry: number } | null> {
  const { mail, verdict } = read
  const sender = read.sender!
  const since = new Date(ctx.clock.now().getTime() - minutes * 60_000)
  const ticket = await openTicketLike(ctx, { address: normalAddress(sender.address), subject: mail.subject.trim(), since })
  if (ticket === null) return null
  const author = await findOrCreateEndUser(ctx, { address: sender.address, name: sender.name })
  const { entry } = await takeMessage(ctx, ticket, {
    channel: 'email',
    author: { id: author.id, name: sender.name || author.name, address: normalAddress(sender.address) },
    body: read.body,
    files: read.files,
    recipients: recipientsOf(mail),
    verdict: verdict.verdict,
    // Sender and subject can be written by anybody: without proof it adds text, but does not pass as that person.
    isFlagged: !isProven(read),
    inboundMessage: read.inbound.id,
    messageId: mail.messageId,
    moves: read.screening.kind === 'message',
  })
  return { ticket, entry }
}
