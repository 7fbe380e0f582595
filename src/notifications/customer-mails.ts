import { activeMailboxes } from '#channels/mailboxes.ts'
import { type OutboundKind, queueOutbound, recentOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import { undeliverableReason } from '#people/dead-addresses.ts'
import { type EndUser, findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail } from '#templates/render-mail.ts'
import { messageIdsOf, rememberMessageId } from '#threads/entries.ts'
import { senderOf, ticketVariables } from '#tickets/outgoing.ts'
import type { Ticket } from '#tickets/ticket-access.ts'
import { ticketLink } from '#tickets/ticket-links.ts'
import type { CustomerKind } from './alert-kinds.ts'
import { readAlertRules, rulesOfScope } from './alert-rules.ts'
import { customerSetting } from './plan-alerts.ts'

/** Addresses that no automatic mail is ever sent to: nobody reads it there, or a machine answers (RFC 3834, section 2). */
const NEVER = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|hostmaster)([+@])/i

/** Whom the desk may mail of this: a person who is not blocked, at an address of people, when the settings say so. `kind` null: a mail that its own setting decides about. */
export async function mailable(
  ctx: Context,
  kind: CustomerKind | null,
  ticket: Pick<Ticket, 'departmentId' | 'helpTopicId'>,
  endUser: number,
): Promise<EndUser | null> {
  const person = await findEndUser(ctx, endUser)
  if (!person || person.isBlocked || NEVER.test(person.address)) return null
  if ((await activeMailboxes(ctx)).some((mailbox) => mailbox.address === person.address)) return null
  // Nobody reads it there; a reply of a person is tried all the same.
  if ((await undeliverableReason(ctx, person.address)) !== null) return null
  if (kind === null) return person
  const rules = [...(await readAlertRules(ctx)), ...(await rulesOfScope(ctx, 'person', person.id))]
  const scopes = { person: person.id, topic: ticket.helpTopicId, department: ticket.departmentId }
  return customerSetting(rules, kind, scopes).isOn ? person : null
}

/** Has the address had its confirmations: one in some minutes, a few in a day? A loop of two machines ends here. */
export async function hadEnough(ctx: Context, address: string): Promise<boolean> {
  const settings = await readSettings(ctx)
  const now = ctx.clock.now().getTime()
  const day = await recentOutbound(ctx, { recipient: address, kind: 'autoresponse', since: new Date(now - 86_400_000) })
  const recently = now - settings['autoresponse.perAddressMinutes'] * 60_000
  return day.length >= settings['autoresponse.perAddressPerDay'] || day.some((at) => at.getTime() > recently)
}

/** Queues one of the desk's own mails about a ticket to a customer, in their language, in the ticket's mail thread. */
export async function mailCustomer(
  ctx: Context,
  mail: { template: TemplateKey; kind: OutboundKind; ticket: Ticket; person: EndUser; variables?: Record<string, unknown> },
): Promise<void> {
  const { ticket, person } = mail
  const settings = await readSettings(ctx)
  const rendered = await renderMail(
    ctx,
    mail.template,
    person.locale ?? settings['desk.locale'],
    {
      ...(await ticketVariables(ctx, ticket, person, {
        audience: 'customer',
        link: await ticketLink(ctx, ticket, person.id),
      })),
      ...mail.variables,
    },
    { department: ticket.departmentId },
  )
  const sender = await senderOf(ctx, ticket, person.address)
  const ids = await messageIdsOf(ctx, ticket.threadId)
  const queued = await queueOutbound(ctx, {
    mailbox: sender.mailbox,
    kind: mail.kind,
    ticket: ticket.id,
    entry: null,
    sendsAt: ctx.clock.now(),
    content: {
      from: sender.from,
      replyTo: sender.replyTo,
      to: [{ name: person.name, address: person.address }],
      cc: [],
      subject: rendered.subject,
      inReplyTo: ids.at(-1) ?? null,
      references: ids,
      text: rendered.text,
      html: rendered.html,
      files: [],
      automatic: 'auto-replied',
    },
  })
  await rememberMessageId(ctx, queued.messageId, ticket.threadId, null)
}
