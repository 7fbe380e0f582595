import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { readDirectory } from '#people/directory.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail } from '#templates/render-mail.ts'
import { writeNotifications } from './write-notifications.ts'

/**
 * Tells every administrator of something that the desk itself needs: in the workspace, and by mail to those who take such mail. `variables` are those of the
 * template; the desk and the agent are added. Runs as the system, in the reaction of `event`, once.
 */
export async function tellAdministrators(
  ctx: Context,
  event: ReactPayload,
  notice: { kind: string; template: TemplateKey; variables: Record<string, unknown> },
): Promise<void> {
  const settings = await readSettings(ctx)
  const base = await publicAddress(ctx)
  const desk = settings['desk.name']
  const sender = await sendingMailbox(ctx, null)
  const { agents } = await readDirectory(ctx)
  const told = agents.filter((agent) => agent.isAdministrator && !agent.isArchived)
  if (told.length === 0) return
  await writeNotifications(
    ctx,
    { kind: notice.kind, event: event.event, ticket: null },
    told.map((agent) => agent.id),
  )
  for (const agent of told) {
    if (!agent.alertMail) continue
    const mail = await renderMail(ctx, notice.template, settings['desk.locale'], {
      ...notice.variables,
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
}
