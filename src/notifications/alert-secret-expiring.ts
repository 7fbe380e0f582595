import { endingSecrets } from '#channels/secret-expiry.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { publicAddress } from '#settings/settings.ts'
import { tellAdministrators } from './tell-administrators.ts'

/** Tells administrators that the client secret of a mailbox ends, and when; nobody once a new one was entered. Runs as the system. */
export async function alertSecretExpiring(ctx: Context, event: ReactPayload): Promise<void> {
  const secret = (await endingSecrets(ctx, 30)).find((one) => one.mailbox === event.subject.id)
  if (!secret) return
  const url = `${await publicAddress(ctx)}/admin/mailboxes?edit=${secret.mailbox}`
  await tellAdministrators(ctx, event, {
    kind: 'secret_expiring',
    template: 'alert_secret_expiring',
    variables: (t) => ({
      mailbox: { address: secret.address, url },
      problem: t(secret.daysLeft > 0 ? 'admin.oauth.secretEnds' : 'admin.oauth.secretEnded', {
        address: secret.address,
        day: secret.expiresOn,
        provider: secret.provider,
      }),
    }),
  })
}
