import type { RawBuilder } from 'kysely'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import type { EventRecord, ReactPayload } from '#core/events.ts'
import { translatorFor } from '#i18n/messages.ts'
import { type AgentCard, findAgent, findDepartment, readDirectory } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { isLooking } from '#presence/presence.ts'
import { readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail, textAsHtml } from '#templates/render-mail.ts'
import { type Entry, lastMessage, readEntry, visibleText } from '#threads/entries.ts'
import { senderOf, ticketVariables } from '#tickets/outgoing.ts'
import { seeTicket, type Ticket } from '#tickets/ticket-access.ts'
import { type AlertEvent, cachedFacts, wholeFacts } from './alert-facts.ts'
import type { AlertKind, RecipientRole } from './alert-kinds.ts'
import { mailCanLeave } from './mail-can-leave.ts'
import { type Decision, planAlerts, settingFor } from './plan-alerts.ts'
import { linesWithEvent, noteMailed, writeNotifications } from './write-notifications.ts'

export type TicketAlert = Exclude<AlertKind, 'mailbox_failing' | 'mailbox_silent' | 'loop_stopped' | 'secret_expiring'>

const TEMPLATE: Record<TicketAlert, TemplateKey> = {
  new_ticket: 'alert_new_ticket',
  new_message: 'alert_new_message',
  activity: 'alert_activity',
  assigned: 'alert_assigned',
  transferred: 'alert_transferred',
  mentioned: 'alert_mentioned',
  due_soon: 'alert_due_soon',
  overdue: 'alert_overdue',
  over_limit: 'alert_over_limit',
  message_failed: 'alert_message_failed',
  message_held: 'alert_message_failed',
}

/** Trouble is told even of a ticket that was put aside. */
const TROUBLE = new Set<AlertKind>(['message_failed', 'message_held'])
/** Roles that only the database knows the people of. */
const UNKNOWN: readonly RecipientRole[] = ['last_respondent', 'followers', 'concerned']

/** Has this event an alert, as far as cached facts tell? In doubt yes: the job then looks at everything. */
export async function wantsAlert(ctx: Context, kind: AlertKind, event: AlertEvent): Promise<boolean> {
  const facts = await cachedFacts(ctx, kind, event)
  const { rules, ticket } = facts
  if (rules.some((rule) => rule.kind === kind && rule.scope === 'topic' && rule.setting !== 'off')) return true
  if (planAlerts(facts).some((decision) => decision.outcome !== 'off')) return true
  return UNKNOWN.some(
    (role) =>
      (settingFor(rules, kind, role, { department: ticket?.department })?.setting ?? 'off') !== 'off' ||
      rules.some((rule) => rule.kind === kind && rule.recipient === role && rule.scope === 'agent' && rule.setting !== 'off'),
  )
}

/**
 * Who gets an inbox line of a ticket that has just been opened, and nothing else: nobody has answered it, follows it or looks at it
 * yet, so caches know everybody. null when a job must look: somebody may get mail, or a help topic has rules of its own.
 */
export async function newTicketReaders(ctx: Context, event: EventRecord): Promise<number[] | null> {
  const facts = await cachedFacts(ctx, 'new_ticket', { ...event, actor: ctx.actor })
  if (facts.rules.some((rule) => rule.kind === 'new_ticket' && rule.scope === 'topic')) return null
  const told = planAlerts(facts).filter((decision) => decision.outcome !== 'off')
  return told.some((decision) => decision.outcome === 'mail') ? null : told.map((decision) => decision.agent)
}

/** Their lines, to be written with the event. */
export const newTicketLines = (ctx: Context, event: EventRecord, readers: readonly number[]): RawBuilder<unknown> =>
  linesWithEvent(ctx, { kind: 'new_ticket', ticket: event.subject.id }, readers)

/** Tells agents in the workspace and by mail; no mail about a ticket that is on their screen. Runs as the system. */
export async function alertAgents(ctx: Context, kind: TicketAlert, event: ReactPayload): Promise<void> {
  const ticket = event.subject.kind === 'ticket' ? await ticketOf(ctx, event.subject.id) : null
  if (event.subject.kind === 'ticket' && (!ticket || (ticket.place !== 'desk' && !TROUBLE.has(kind)))) return
  const decisions = planAlerts(await wholeFacts(ctx, kind, event, ticket)).filter((one) => one.outcome !== 'off')
  await writeNotifications(
    ctx,
    { kind, event: event.event, ticket: ticket?.id ?? null },
    decisions.map((one) => one.agent),
  )
  const byMail = decisions.filter((one) => one.outcome === 'mail')
  if (byMail.length === 0 || !ticket || !(await mailCanLeave(ctx))) return
  const mailed: number[] = []
  const entry = await entryOf(ctx, event, ticket)
  for (const decision of byMail) {
    const agent = await findAgent(ctx, decision.agent)
    if (!agent || (await isLooking(ctx, agent.id, ticket.id))) continue
    await mailAlert(ctx, kind, event, { ticket, agent, entry, decision })
    mailed.push(agent.id)
  }
  await noteMailed(ctx, event.event, mailed)
}

/** A ticket that was deleted meanwhile has nothing to tell. */
async function ticketOf(ctx: Context, id: number): Promise<Ticket | null> {
  try {
    return await seeTicket(ctx, { id })
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null
    throw error
  }
}

/** What was written, when the event is about something written; else what the customer wrote last. */
async function entryOf(ctx: Context, event: ReactPayload, ticket: Ticket): Promise<Entry | null> {
  const named = typeof event.data.entry === 'number' ? await readEntry(ctx, event.data.entry) : null
  return named ?? lastMessage(ctx, ticket.threadId, { trusted: false })
}

async function mailAlert(
  ctx: Context,
  kind: TicketAlert,
  event: ReactPayload,
  about: { ticket: Ticket; agent: AgentCard; entry: Entry | null; decision: Decision },
): Promise<void> {
  const { ticket, agent, entry } = about
  const settings = await readSettings(ctx)
  const locale = agent.locale ?? settings['desk.locale']
  const t = translatorFor(locale, agent.timeZone ?? settings['desk.timeZone'])
  const requester = await findEndUser(ctx, ticket.requesterId)
  const by = event.actor.kind === 'agent' && event.actor.id !== null ? await findAgent(ctx, event.actor.id) : null
  const team = (await readDirectory(ctx)).teams.find((one) => one.id === ticket.teamId)
  const reason = `mail.failure.${String(event.data.reason)}`
  const mail = await renderMail(
    ctx,
    TEMPLATE[kind],
    locale,
    {
      ...(await ticketVariables(
        ctx,
        ticket,
        { name: requester?.name ?? '', address: requester?.address ?? '', timeZone: agent.timeZone, locale },
        { audience: 'agent' },
      )),
      department: (await findDepartment(ctx, ticket.departmentId)).name,
      agent: { name: agent.name },
      by: by?.name ?? (entry?.author.kind === 'user' ? entry.author.name : settings['desk.name']),
      assigned_to: ticket.assigneeId === agent.id || !team ? t('mail.alert.you') : team.name,
      message_html: entry ? textAsHtml(visibleText(entry).slice(0, 5_000)) : '',
      problem: t.has(reason) ? t.at(reason) : t('mail.failure.unknown'),
      open_count: typeof event.data.open === 'number' ? event.data.open : '',
    },
    { department: ticket.departmentId },
  )
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
