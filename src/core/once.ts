import { sql } from 'kysely'
import type { Context } from './context.ts'
import { transact } from './transact.ts'

/**
 * Runs `fn` once for a key of a scope: a repeat (a double click, a retried request) gets the first answer back and changes
 * nothing. The key is taken in the verb's own transaction, so a failed first try leaves it free. Answers must be JSON.
 * A second call that arrives while the first still runs waits for it.
 */
export async function once<T>(
  ctx: Context,
  scope: string,
  key: string | null | undefined,
  fn: (ctx: Context) => Promise<T>,
): Promise<T> {
  if (!key) return transact(ctx, fn)
  return transact(ctx, async (ctx) => {
    const { rows } = await sql<{
      fresh: boolean
    }>`insert into submission (scope, key, created_at) values (${scope}, ${key}, ${ctx.clock.now()})
      on conflict (scope, key) do nothing returning true as fresh`.execute(ctx.db)
    if (rows.length === 0) {
      const earlier = await ctx.db
        .selectFrom('submission')
        .select('answer')
        .where('scope', '=', scope)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      return earlier.answer as T
    }
    const answer = await fn(ctx)
    // What answers nothing has nothing to keep.
    if (answer === undefined) return answer
    await ctx.db
      .updateTable('submission')
      .set({ answer: JSON.stringify(answer) })
      .where('scope', '=', scope)
      .where('key', '=', key)
      .execute()
    return answer
  })
}
