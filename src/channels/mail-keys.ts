import type { Context } from '#core/context.ts'
import { readMessageId, type SignedMessageId, signReplyAddress } from './email/signed-address.ts'

/** The desk's key for Message-IDs and reply addresses; what one node signs, every node reads. */
export const mailKey = (ctx: Context): Buffer => ctx.site.keys.key('mail')

/** The Reply-To of a mail about a ticket: the answer of `recipient` comes back to that ticket. */
export const replyAddress = (ctx: Context, mailbox: string, ticket: number, recipient: string): string =>
  signReplyAddress(mailKey(ctx), { address: mailbox, ticket, recipient })

/** What one of our Message-IDs says, or null for a foreign one. Ticket 0: a mail about no ticket. */
export const ownMessageId = (ctx: Context, id: string): SignedMessageId | null => readMessageId(mailKey(ctx), id)
