import { createHmac } from 'node:crypto'
import type { Context } from '#core/context.ts'
import {
  bodyMarker,
  readMessageId,
  readReplyAddress,
  type SignedMessageId,
  signCatchAllAddress,
  signReplyAddress,
} from './email/signed-address.ts'

/** The desk's key for Message-IDs and reply addresses; what one node signs, every node reads. */
export const mailKey = (ctx: Context): Buffer => ctx.site.keys.key('mail')

/** The Reply-To of a mail about a ticket: the answer of `recipient` comes back to that ticket. */
export const replyAddress = (ctx: Context, mailbox: string, ticket: number, recipient: string): string =>
  signReplyAddress(mailKey(ctx), { address: mailbox, ticket, recipient })

/** What every mail of this desk carries and no other's does: seen inbound, the mail is our own, whoever sent it on. */
export const loopToken = (ctx: Context): string =>
  createHmac('sha256', mailKey(ctx)).update('loop').digest('base64url').slice(0, 22)

/** What one of our Message-IDs says, or null for a foreign one. Ticket 0: a mail about no ticket. */
export const ownMessageId = (ctx: Context, id: string): SignedMessageId | null => readMessageId(mailKey(ctx), id)

/** The Reply-To on a domain of which every address reaches the desk. */
export const catchAllAddress = (ctx: Context, domain: string, ticket: number, recipient: string): string =>
  signCatchAllAddress(mailKey(ctx), { domain, ticket, recipient })

/** Whether an address is a reply address that this desk made, whomever it was made for. */
export const isReplyAddress = (ctx: Context, address: string): boolean => readReplyAddress(mailKey(ctx), address, '') !== null

/** What stands in the body of a mail about a ticket, so that an answer without References still finds it. */
export const ticketMarker = (ctx: Context, ticket: number): string => bodyMarker(mailKey(ctx), ticket)

const OSTICKET_SALT = 'osticket-salt'

export const sealOsticketSalt = (ctx: Context, salt: string): string => (salt ? ctx.site.keys.seal(OSTICKET_SALT, salt) : '')

/** SECRET_SALT of the osTicket desk that was imported; '' when none was given, or it was sealed by another SECRET_KEY. */
export function osticketSalt(ctx: Context, sealed: string): string {
  if (!sealed) return ''
  try {
    return ctx.site.keys.open(OSTICKET_SALT, sealed)
  } catch {
    ctx.log.error('the salt of the imported osTicket desk cannot be read any more: give it again')
    return ''
  }
}
