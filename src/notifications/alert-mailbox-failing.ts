import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { showMailboxes } from '#channels/show-mailboxes.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { translatorFor } from '#i18n/messages.ts'
import { readDirectory } from '#people/directory.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import { renderMail } from '#templates/render-mail.ts'

/** Mails administrators that a mailbox cannot be read, in plain words; none when it is well again. Runs as the system. */
export async function alertMailboxFailing(ctx: Context, event: ReactPayload): Promise<void> {
  const mailbox = (await showMailboxes(ctx)).find((one) => one.id === event.subject.id)
  if (!mailbox?.trouble || !mailbox.isActive) return
  const settings = await readSettings(ctx)
  const base = await publicAddress(ctx)
  const desk = settings['desk.name']
  const t = translatorFor(settings['desk.locale'], settings['desk.timeZone'])
  const { trouble } = mailbox
  const problem = t.at(`mail.trouble.${trouble.key}`, trouble.params)
  const sender = await sendingMailbox(ctx, null)
  const { agents } = await readDirectory(ctx)
  for (const agent of agents) {
    if (!agent.isAdministrator || agent.isArchived || !agent.alertMail) continue
    const mail = await renderMail(ctx, 'alert_mailbox_failing', settings['desk.locale'], {
      desk: { name: desk, url: base },
      mailbox: { address: mailbox.address, url: `${base}/admin/mailboxes` },
      problem,
      detail: trouble.detail,
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
