import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { findAgent, findDepartment, readDirectory } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { isLooking } from '#presence/presence.ts'
import { readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail, textAsHtml } from '#templates/render-mail.ts'
import { lastMessage, visibleText } from '#threads/entries.ts'
import { senderOf, ticketVariables } from '#tickets/outgoing.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { type AlertPlan, onAssigneeEvent, onNewTicket } from './recipients.ts'
import { writeNotifications } from './write-notifications.ts'

type Kind = 'new_ticket' | 'new_message' | 'assigned'

const TEMPLATE: Record<Kind, TemplateKey> = {
  new_ticket: 'alert_new_ticket',
  new_message: 'alert_new_message',
  assigned: 'alert_assigned',
}

/** Who would be told of this event, from cached facts alone. */
export async function alertPlan(ctx: Context, kind: Kind, event: Pick<ReactPayload, 'facts' | 'actor'>): Promise<AlertPlan> {
  const directory = await readDirectory(ctx)
  const facts = {
    now: ctx.clock.now(),
    actor: event.actor,
    agents: directory.agents,
    assigneeId: event.facts.assignee ?? null,
    managerId: directory.departments.find((department) => department.id === event.facts.department)?.managerId ?? null,
  }
  return kind === 'new_ticket' ? onNewTicket(facts) : onAssigneeEvent(facts)
}

/** Tells agents in the workspace and by mail; no mail about a ticket that is on their screen. */
export async function alertAgents(ctx: Context, kind: Kind, event: ReactPayload): Promise<void> {
  const plan = await alertPlan(ctx, kind, event)
  const ticketId = event.subject.id
  await writeNotifications(ctx, { kind, event: event.event, ticket: ticketId }, plan.inApp)
  if (plan.mail.length === 0) return
  const ticket = await seeTicket(ctx, { id: ticketId })
  const settings = await readSettings(ctx)
  const requester = await findEndUser(ctx, ticket.requesterId)
  const last = await lastMessage(ctx, ticket.threadId, { trusted: false })
  const department = await findDepartment(ctx, ticket.departmentId)
  const by = event.actor.kind === 'agent' && event.actor.id !== null ? await findAgent(ctx, event.actor.id) : null
  for (const id of plan.mail) {
    const agent = await findAgent(ctx, id)
    if (!agent || (await isLooking(ctx, id, ticketId))) continue
    const mail = await renderMail(ctx, TEMPLATE[kind], settings['desk.locale'], {
      ...(await ticketVariables(ctx, ticket, { name: requester?.name ?? '' }, { audience: 'agent' })),
      department: department.name,
      agent: { name: agent.name },
      by: by?.name ?? settings['desk.name'],
      message_html: last ? textAsHtml(visibleText(last).slice(0, 5_000)) : '',
    })
    const sender = await senderOf(ctx, ticket, agent.email)
    await queueOutbound(ctx, {
      mailbox: sender.mailbox,
      kind: 'alert',
      ticket: ticket.id,
      entry: null,
      sendsAt: ctx.clock.now(),
      content: {
        from: sender.from,
        replyTo: sender.replyTo,
        to: [{ name: agent.name, address: agent.email }],
        cc: [],
        subject: mail.subject,
        inReplyTo: null,
        references: [],
        text: mail.text,
        html: mail.html,
        files: [],
        automatic: 'auto-generated',
      },
    })
  }
}
