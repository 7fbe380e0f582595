import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { translatorFor } from '#i18n/messages.ts'
import type { Translate } from '#i18n/translate.ts'
import { findAgent } from '#people/directory.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail } from '#templates/render-mail.ts'
import { wholeFacts } from './alert-facts.ts'
import type { AlertKind } from './alert-kinds.ts'
import { mailCanLeave } from './mail-can-leave.ts'
import { planAlerts } from './plan-alerts.ts'
import { noteMailed, writeNotifications } from './write-notifications.ts'

/**
 * Tells administrators of something that the desk itself needs, in the workspace and by mail as the settings say. `variables` are those of
 * the template, in the reader's words; the desk and the agent are added. Runs as the system, in the reaction of `event`, once.
 */
export async function tellAdministrators(
  ctx: Context,
  event: ReactPayload,
  notice: { kind: AlertKind; template: TemplateKey; variables: (t: Translate) => Record<string, unknown> },
): Promise<void> {
  const decisions = planAlerts(await wholeFacts(ctx, notice.kind, event, null)).filter((one) => one.outcome !== 'off')
  await writeNotifications(
    ctx,
    { kind: notice.kind, event: event.event, ticket: null },
    decisions.map((one) => one.agent),
  )
  if (!(await mailCanLeave(ctx))) return
  const settings = await readSettings(ctx)
  const base = await publicAddress(ctx)
  const desk = settings['desk.name']
  const sender = await sendingMailbox(ctx, null)
  const mailed: number[] = []
  for (const { agent: id, outcome } of decisions) {
    const agent = outcome === 'mail' ? await findAgent(ctx, id) : null
    if (!agent) continue
    mailed.push(agent.id)
    const locale = agent.locale ?? settings['desk.locale']
    const mail = await renderMail(ctx, notice.template, locale, {
      ...notice.variables(translatorFor(locale, agent.timeZone ?? settings['desk.timeZone'])),
      desk: { name: desk, url: base },
      agent: { name: agent.name },
    })
    await queueOutbound(ctx, {
      mailbox: sender?.id ?? null,
      kind: 'notice',
      sendsAt: ctx.clock.now(),
      content: {
        from: { name: desk, address: sender?.address ?? `noreply@${new URL(base).hostname}` },
        replyTo: null,
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
  await noteMailed(ctx, event.event, mailed)
}
