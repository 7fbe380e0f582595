import type { Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { outboundResent } from './channel-events.ts'
import type { MailAddress } from './email/inbound-mail.ts'
import type { OutboundKind, OutboundState, StoredContent } from './outbound-message.ts'
import { queueOutbound } from './queue-outbound.ts'

/** One message that went out or waits, with each try and what the server said to it. Its words are not among it. */
export interface OutboundDetails {
  id: number
  kind: OutboundKind
  state: OutboundState
  ticket: string | null
  mailbox: string | null
  messageId: string
  from: MailAddress
  replyTo: MailAddress | null
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  createdAt: Date
  sendsAt: Date
  sentAt: Date | null
  attempts: number
  failure: string | null
  lastError: string | null
  /** The last words of the server that took it. */
  response: string | null
  /** One line an address that was refused or came back while others had it. */
  refused: string[]
  files: string[]
  tries: { at: Date; state: string; failure: string | null; answer: string | null }[]
  /** The message that this one repeats, and those that repeat it. */
  resendOf: number | null
  resentAs: number[]
}

const MOST_TRIES = 200

/** Errors: Forbidden, NotFound. */
export async function showOutbound(ctx: Context, id: number): Promise<OutboundDetails> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = await ctx.db
    .selectFrom('outbound_message as m')
    .leftJoin('ticket', 'ticket.id', 'm.ticket_id')
    .leftJoin('mailbox', 'mailbox.id', 'm.mailbox_id')
    .selectAll('m')
    .select(['ticket.number as ticket', 'mailbox.address as mailbox'])
    .where('m.id', '=', id)
    .executeTakeFirst()
  if (!row) throw notFound()
  const tries = await ctx.db
    .selectFrom('outbound_attempt')
    .select(['at', 'state', 'failure', 'answer'])
    .where('message_id', '=', id)
    .orderBy('id', 'desc')
    .limit(MOST_TRIES)
    .execute()
  const resent = await ctx.db.selectFrom('outbound_message').select('id').where('resend_of', '=', id).orderBy('id').execute()
  const content = row.content as StoredContent
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    ticket: row.ticket,
    mailbox: row.mailbox,
    messageId: row.message_id,
    from: content.from,
    replyTo: content.replyTo,
    to: content.to,
    cc: content.cc,
    subject: content.subject,
    createdAt: row.created_at,
    sendsAt: row.sends_at,
    sentAt: row.sent_at,
    attempts: row.attempts,
    failure: row.failure,
    lastError: row.last_error,
    response: row.response,
    refused: row.refused,
    files: content.files.map((file) => file.name),
    tries,
    resendOf: row.resend_of,
    resentAs: resent.map((one) => one.id),
  }
}

/**
 * Sends a message that left or failed once more: the same words as a new mail with a Message-ID of its own, linked to the first.
 * Errors: Forbidden, NotFound, Conflict (it waits still: "Try now" is the way).
 */
export async function resendOutbound(ctx: Context, id: number): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('outbound_message')
      .select(['kind', 'state', 'content', 'mailbox_id', 'ticket_id', 'entry_id'])
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw notFound()
    if (row.state !== 'sent' && row.state !== 'failed') throw new AppError('conflict', 'notSentYet')
    const { date: _date, boundary: _boundary, ...content } = row.content as StoredContent
    const again = await queueOutbound(ctx, {
      mailbox: row.mailbox_id,
      kind: row.kind,
      ticket: row.ticket_id,
      entry: row.entry_id,
      sendsAt: ctx.clock.now(),
      content,
    })
    await ctx.db.updateTable('outbound_message').set({ resend_of: id }).where('id', '=', again.id).execute()
    await emit(
      ctx,
      outboundResent({ subject: { kind: 'outbound_message', id }, data: { as: again.id }, facts: { internal: true } }),
    )
    return { id: again.id }
  })
}
