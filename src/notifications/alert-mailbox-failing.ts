import { showMailboxes } from '#channels/show-mailboxes.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { publicAddress } from '#settings/settings.ts'
import { tellAdministrators } from './tell-administrators.ts'

/** Tells administrators that a mailbox cannot be read, in plain words; nobody when it is well again. Runs as the system. */
export async function alertMailboxFailing(ctx: Context, event: ReactPayload): Promise<void> {
  const mailbox = (await showMailboxes(ctx)).find((one) => one.id === event.subject.id)
  if (!mailbox?.trouble || !mailbox.isActive) return
  const { trouble } = mailbox
  const url = `${await publicAddress(ctx)}/admin/mailboxes`
  await tellAdministrators(ctx, event, {
    kind: 'mailbox_failing',
    template: 'alert_mailbox_failing',
    variables: (t) => ({
      mailbox: { address: mailbox.address, url },
      problem: t.at(`mail.trouble.${trouble.key}`, trouble.params),
      detail: trouble.detail,
    }),
  })
}

/** Tells administrators that no mail has come for longer than usual; nobody when some came meanwhile. Runs as the system. */
export async function alertMailboxSilent(ctx: Context, event: ReactPayload): Promise<void> {
  const mailbox = (await showMailboxes(ctx)).find((one) => one.id === event.subject.id)
  if (!mailbox?.isActive || mailbox.silentAfterHours === null) return
  const { lastMailAt, silentAfterHours } = mailbox
  if (lastMailAt && lastMailAt > addSeconds(ctx.clock.now(), -silentAfterHours * 3600)) return
  const url = `${await publicAddress(ctx)}/admin/mailboxes`
  await tellAdministrators(ctx, event, {
    kind: 'mailbox_silent',
    template: 'alert_mailbox_silent',
    variables: (t) => ({
      mailbox: { address: mailbox.address, url },
      problem: t('mail.silent', { hours: Number(event.data.hours) }),
      detail: t('mail.silentDetail', { hours: silentAfterHours }),
    }),
  })
}
