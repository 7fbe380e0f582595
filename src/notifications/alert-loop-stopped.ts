import { blownFuses } from '#channels/fuses.ts'
import type { Context } from '#core/context.ts'
import type { ReactPayload } from '#core/events.ts'
import { publicAddress } from '#settings/settings.ts'
import { tellAdministrators } from './tell-administrators.ts'

/** Tells administrators that mail of a sender is stopped because a loop is likely; nothing when it was let in again meanwhile. */
export async function alertLoopStopped(ctx: Context, event: ReactPayload): Promise<void> {
  const fuse = (await blownFuses(ctx)).find((one) => one.id === event.subject.id)
  if (!fuse) return
  const url = `${await publicAddress(ctx)}/admin/senders`
  await tellAdministrators(ctx, event, {
    kind: 'loop_stopped',
    template: 'alert_loop_stopped',
    variables: (t) => ({
      loop: { sender: fuse.value, url },
      problem: t.at(`mail.loop.${fuse.kind}`, { count: fuse.count, value: fuse.value }),
    }),
  })
}
