import type { Context } from './context.ts'

const DAY_MS = 86_400_000

/** Removes what has had its time: answers of old submissions, counted attempts. Run by the scheduler. */
export async function sweep(ctx: Context): Promise<void> {
  const now = ctx.clock.now().getTime()
  // A reaction's key must outlive every retry of its job.
  await ctx.db
    .deleteFrom('submission')
    .where('created_at', '<', new Date(now - 7 * DAY_MS))
    .execute()
  await ctx.db
    .deleteFrom('rate_limit')
    .where('started_at', '<', new Date(now - 2 * DAY_MS))
    .execute()
}
