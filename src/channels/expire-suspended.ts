import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'

/** How long a suspended mail waits for a person. */
export const KEPT_SECONDS = 30 * 86_400

/** Puts aside what has been suspended for 30 days; it stays in the mail log. Run by the scheduler. */
export async function expireSuspended(ctx: Context): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db
    .updateTable('inbound_message')
    .set({ state: 'skipped', reason: JSON.stringify({ key: 'expired' }), processed_at: now })
    .where('state', '=', 'parked')
    .where('received_at', '<', addSeconds(now, -KEPT_SECONDS))
    .execute()
}
