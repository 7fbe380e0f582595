import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import { findAgent } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { renderMail } from '#templates/render-mail.ts'

export interface AccountMail {
  mail: Extract<TemplateKey, 'reset' | 'sign_in' | 'confirm' | 'invite' | 'password_changed'>
  to: { agent?: number; endUser?: number }
  /** Of the one link in it, from the desk's public address. */
  path: string
}

/** Queues a mail about somebody's own account, in the caller's transaction: one link, nothing to load. */
export async function queueAccountMail(ctx: Context, { mail, to, path }: AccountMail): Promise<void> {
  const settings = await readSettings(ctx)
  const agent = to.agent === undefined ? null : await findAgent(ctx, to.agent)
  const user = to.endUser === undefined ? null : await findEndUser(ctx, to.endUser)
  const person = agent ? { name: agent.name, address: agent.email, locale: null } : user
  if (!person) return
  const desk = settings['desk.name']
  const base = await publicAddress(ctx)
  const mailbox = await sendingMailbox(ctx, null)
  const rendered = await renderMail(ctx, mail, person.locale ?? settings['desk.locale'], {
    desk: { name: desk, url: base },
    name: person.name,
    agent: { name: person.name },
    by: ctx.actor.name || desk,
    link: `${base}${path}`,
  })
  await queueOutbound(ctx, {
    mailbox: mailbox?.id ?? null,
    kind: 'account',
    sendsAt: ctx.clock.now(),
    content: {
      from: { name: desk, address: mailbox?.address ?? `noreply@${new URL(base).hostname}` },
      replyTo: null,
      to: [{ name: person.name, address: person.address }],
      cc: [],
      subject: rendered.subject,
      inReplyTo: null,
      references: [],
      text: rendered.text,
      html: rendered.html,
      files: [],
      automatic: 'auto-generated',
    },
  })
}
