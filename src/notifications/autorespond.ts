import { activeMailboxes } from '#channels/mailboxes.ts'
import { queueOutbound, recentOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { undeliverableReason } from '#people/dead-addresses.ts'
import { findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { renderMail, textAsHtml } from '#templates/render-mail.ts'
import { lastMessage, messageIdsOf, rememberMessageId, visibleText } from '#threads/entries.ts'
import { senderOf, ticketVariables } from '#tickets/outgoing.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { ticketLink } from '#tickets/ticket-links.ts'

const NEVER = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|hostmaster)([+@])/i

/**
 * Confirms a new ticket to its requester: once an address in some minutes and a few times a day, never to machines or ourselves,
 * and to an unverified sender without a word of what they wrote (RFC 3834; a forged mail must not make us send its text on).
 */
export async function autoRespond(ctx: Context, event: ReactPayload): Promise<void> {
  const ticket = await seeTicket(ctx, { id: event.subject.id })
  const requester = await findEndUser(ctx, ticket.requesterId)
  if (!requester) return
  const settings = await readSettings(ctx)
  const own = (await activeMailboxes(ctx)).some((mailbox) => mailbox.address === requester.address)
  if (own || NEVER.test(requester.address)) return
  // Nobody reads it there; a reply of a person is tried all the same.
  if ((await undeliverableReason(ctx, requester.address)) !== null) return
  const now = ctx.clock.now()
  const day = await recentOutbound(ctx, {
    recipient: requester.address,
    kind: 'autoresponse',
    since: new Date(now.getTime() - 86_400_000),
  })
  const recently = now.getTime() - settings['autoresponse.perAddressMinutes'] * 60_000
  if (day.length >= settings['autoresponse.perAddressPerDay'] || day.some((at) => at.getTime() > recently)) return

  // Whoever fills in the form without signing in may type anybody's address, as whoever writes a mail may.
  const byStranger = ticket.channel === 'email' || event.actor.kind === 'guest'
  const verdict = event.data.verdict
  const proven = !byStranger || verdict === 'verified' || verdict === 'internal'
  const key = event.data.byAgent ? 'opened_for_you' : proven ? 'new_request' : 'new_request_unverified'
  const last = await lastMessage(ctx, ticket.threadId, { trusted: true })
  const mail = await renderMail(ctx, key, requester.locale ?? settings['desk.locale'], {
    ...(await ticketVariables(ctx, ticket, requester, {
      audience: 'customer',
      link: await ticketLink(ctx, ticket, requester.id),
    })),
    message_html: last ? textAsHtml(visibleText(last).slice(0, 5_000)) : '',
    agent: { name: last?.author.name ?? '' },
  })
  const sender = await senderOf(ctx, ticket, requester.address)
  const ids = await messageIdsOf(ctx, ticket.threadId)
  const queued = await queueOutbound(ctx, {
    mailbox: sender.mailbox,
    kind: 'autoresponse',
    ticket: ticket.id,
    entry: null,
    sendsAt: now,
    content: {
      from: sender.from,
      replyTo: sender.replyTo,
      to: [{ name: requester.name, address: requester.address }],
      cc: [],
      subject: mail.subject,
      inReplyTo: ids.at(-1) ?? null,
      references: ids,
      text: mail.text,
      html: mail.html,
      files: [],
      automatic: 'auto-replied',
    },
  })
  await rememberMessageId(ctx, queued.messageId, ticket.threadId, null)
}
