import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import { translatorFor } from '#i18n/messages.ts'
import { findAgent } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'

export interface AccountMail {
  mail: 'reset' | 'link' | 'confirm' | 'invitation' | 'passwordChanged'
  to: { agent?: number; endUser?: number }
  /** Of the one link in it, from the desk's public address. */
  path: string
}

/** Queues a mail about somebody's own account, in the caller's transaction. Plain words, one link, nothing to load. */
export async function queueAccountMail(ctx: Context, { mail, to, path }: AccountMail): Promise<void> {
  const settings = await readSettings(ctx)
  const agent = to.agent === undefined ? null : await findAgent(ctx, to.agent)
  const user = to.endUser === undefined ? null : await findEndUser(ctx, to.endUser)
  const person = agent ? { name: agent.name, address: agent.email, locale: null } : user
  if (!person) return
  const t = translatorFor(person.locale ?? settings['desk.locale'])
  const desk = settings['desk.name']
  const base = await publicAddress(ctx)
  const mailbox = await sendingMailbox(ctx, null)
  const link = `${base}${path}`
  const greeting = t('account.greeting', { name: person.name })
  const text = t(`account.${mail}.text`, { desk })
  const after = mail === 'passwordChanged' || mail === 'invitation' ? null : t('account.ignore')
  await queueOutbound(ctx, {
    mailbox: mailbox?.id ?? null,
    kind: 'account',
    sendsAt: ctx.clock.now(),
    content: {
      from: { name: desk, address: mailbox?.address ?? `noreply@${new URL(base).hostname}` },
      replyTo: null,
      to: [{ name: person.name, address: person.address }],
      cc: [],
      subject: t(`account.${mail}.subject`, { desk }),
      inReplyTo: null,
      references: [],
      text: [greeting, text, `${t(`account.${mail}.button`)}:\n${link}`, after, `-- \n${desk}`].filter(Boolean).join('\n\n'),
      html: html([greeting, text], { label: t(`account.${mail}.button`), link }, [after, desk]),
      files: [],
      automatic: 'auto-generated',
    },
  })
}

function html(before: string[], button: { label: string; link: string }, after: Array<string | null>): string {
  const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`
  return [
    '<div style="font:15px/1.5 system-ui,sans-serif;max-width:36em">',
    ...before.map(paragraph),
    `<p><a href="${escapeHtml(button.link)}">${escapeHtml(button.label)}</a></p>`,
    ...after.filter((text) => text !== null).map(paragraph),
    '</div>',
  ].join('')
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char]!)
