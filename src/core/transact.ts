import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import { Later } from '#db/later.ts'
import type { Context } from './context.ts'

/** serialization_failure and deadlock_detected: the verb is run again from its start. */
const RETRY = new Set(['40001', '40P01'])
const ATTEMPTS = 3

const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String((error as { code: unknown }).code) : undefined

/**
 * Runs `fn` in one transaction. A nested call joins the outer one, so verbs can call verbs. Verbs do no I/O but the
 * database's, so that a serialization failure can run the whole verb again (three times at most).
 */
export async function transact<T>(ctx: Context, fn: (ctx: Context) => Promise<T>): Promise<T> {
  if (ctx.tx) return fn(ctx)
  for (let attempt = 1; ; attempt++) {
    const afterCommit: Array<() => void> = []
    try {
      const result = await ctx.db.transaction().execute((db) => fn({ ...ctx, db, tx: { afterCommit, changed: new Set() } }))
      for (const hook of afterCommit) hook()
      return result
    } catch (error) {
      if (attempt < ATTEMPTS && RETRY.has(sqlState(error) ?? '')) continue
      throw error
    }
  }
}

/** Runs `hook` once the surrounding transaction has committed; at once when there is none. */
export function afterCommit(ctx: Context, hook: () => void): void {
  if (ctx.tx) ctx.tx.afterCommit.push(hook)
  else hook()
}

/**
 * A write whose answer the verb does not wait for: inside a transaction it travels with the next statement or the commit, and saves a
 * way to the server. It is done in its order, and its failure is the verb's failure. `done` gets what it returned, before the commit
 * is known.
 */
export async function writeLater<T>(ctx: Context, query: RawBuilder<T>, done: (rows: T[]) => void = () => {}): Promise<void> {
  if (!ctx.tx) {
    done((await query.execute(ctx.db)).rows)
    return
  }
  const { sql: text, parameters } = query.compile(ctx.db)
  await ctx.db.executeQuery(CompiledQuery.raw(text, [...parameters, new Later(done as (rows: unknown[]) => void)]))
}

/** Runs `fn` behind a savepoint: when it throws, its writes are undone and the transaction goes on. */
export async function attempt<T>(
  ctx: Context,
  fn: (ctx: Context) => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: unknown }> {
  if (!ctx.tx) throw new Error('attempt() needs a transaction around it')
  const hooks = ctx.tx.afterCommit.length
  await sql`savepoint attempt`.execute(ctx.db)
  try {
    const value = await fn(ctx)
    await sql`release savepoint attempt`.execute(ctx.db)
    return { ok: true, value }
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(ctx.db)
    ctx.tx.afterCommit.length = hooks
    return { ok: false, error }
  }
}
