import type { InboundMail } from '#channels/email/inbound-mail.ts'
import type { InboundMessage } from '#channels/inbound-messages.ts'
import { mailKey } from '#channels/mail-keys.ts'
import type { Context } from '#core/context.ts'
import { normalAddress } from '#people/address.ts'
import { addressesOf } from '#threads/match-thread.ts'
import { isMadeForAny, isSideMessage } from '#threads/third-parties.ts'
import type { TicketForMail } from '#tickets/find-for-mail.ts'

/**
 * Whether a mail belongs to what was forwarded to somebody outside the ticket, and so is not for the customer's eyes. `third_party`:
 * from one whom it was forwarded to; `stranger`: from somebody else who answers such a mail, or writes to the address made for it. null: from who takes part in the ticket, or about the ticket itself.
 */
export async function outsideOf(
  ctx: Context,
  mail: InboundMail,
  envelope: InboundMessage['envelope'],
  ticket: TicketForMail,
): Promise<'third_party' | 'stranger' | null> {
  if (ticket.thirdParties.length === 0) return null
  const from = normalAddress(mail.from?.address ?? '')
  if (ticket.parties.includes(from)) return null
  if (ticket.thirdParties.includes(from)) return 'third_party'
  if (isMadeForAny(mailKey(ctx), addressesOf(mail, envelope.to), ticket.thirdParties)) return 'stranger'
  const ids = [...mail.inReplyTo, ...mail.references].slice(0, 50)
  return (await isSideMessage(ctx, ticket.thread, mailKey(ctx), ids)) ? 'stranger' : null
}

/** Whether a mail came to an address that was made for somebody outside, in the name of one who takes part in the ticket. */
export const cameThroughOutsider = (
  ctx: Context,
  mail: InboundMail,
  envelope: InboundMessage['envelope'],
  ticket: TicketForMail,
): boolean => ticket.thirdParties.length > 0 && isMadeForAny(mailKey(ctx), addressesOf(mail, envelope.to), ticket.thirdParties)
