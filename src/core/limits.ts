import { sql } from 'kysely'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'

export interface Limit {
  /** What is counted: `sign-in:account`, `portal:address`. */
  name: string
  max: number
  windowSeconds: number
}

/**
 * Counts one attempt of `who` and throws too_many (params.seconds until the window ends) when there were more than the limit
 * allows. Counted outside any transaction of the caller, so that a failed attempt counts too: call it before `transact`.
 */
export async function countAttempt(ctx: Context, limit: Limit, who: string): Promise<void> {
  const now = ctx.clock.now()
  const key = `${limit.name}:${who.toLowerCase()}`
  const { rows } = await sql<{
    count: number
    started_at: Date
  }>`insert into rate_limit as r (key, started_at, count) values (${key}, ${now}, 1)
    on conflict (key) do update set
      count = case when r.started_at <= ${new Date(now.getTime() - limit.windowSeconds * 1000)} then 1 else r.count + 1 end,
      started_at = case when r.started_at <= ${new Date(now.getTime() - limit.windowSeconds * 1000)} then ${now} else r.started_at end
    returning count, started_at`.execute(ctx.db)
  const row = rows[0]!
  if (row.count > limit.max) {
    const seconds = Math.max(1, Math.ceil((row.started_at.getTime() + limit.windowSeconds * 1000 - now.getTime()) / 1000))
    throw new AppError('too_many', 'tooMany', { params: { seconds } })
  }
}

/** Forgets the attempts of `who`, after a success. */
export async function forgetAttempts(ctx: Context, limit: Limit, who: string): Promise<void> {
  await ctx.db.deleteFrom('rate_limit').where('key', '=', `${limit.name}:${who.toLowerCase()}`).execute()
}
