import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'

const DAY_SECONDS = 86_400

/** Removes sessions and links whose time was over a day ago. Run by the scheduler. */
export async function sweepAccess(ctx: Context): Promise<void> {
  const before = addSeconds(ctx.clock.now(), -DAY_SECONDS)
  await ctx.db.deleteFrom('session').where('expires_at', '<', before).execute()
  await ctx.db.deleteFrom('one_time_token').where('expires_at', '<', before).execute()
}
