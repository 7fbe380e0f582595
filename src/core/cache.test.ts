import { expect, test } from 'vitest'
import { openTestContext } from '../../tests/world/context.ts'
import { cached, defineCached, dropCached } from './cache.ts'
import { attempt, transact } from './transact.ts'

const entry = defineCached('rate limits in this test', async (ctx) =>
  (await ctx.db.selectFrom('rate_limit').select('key').execute()).map((row) => row.key),
)

test('what a transaction changed and took back never reaches the others', async () => {
  const ctx = await openTestContext()
  expect(await cached(ctx, entry)).toEqual([])
  const failed = transact(ctx, async (ctx) => {
    await ctx.db.insertInto('rate_limit').values({ key: 'k', count: 1, started_at: ctx.clock.now() }).execute()
    dropCached(ctx, entry)
    expect(await cached(ctx, entry)).toEqual(['k'])
    throw new Error('taken back')
  })
  await expect(failed).rejects.toThrow('taken back')
  expect(await cached(ctx, entry)).toEqual([])
})

test('a savepoint undoes what failed and the transaction goes on', async () => {
  const ctx = await openTestContext()
  await transact(ctx, async (ctx) => {
    await ctx.db.insertInto('rate_limit').values({ key: 'kept', count: 1, started_at: ctx.clock.now() }).execute()
    const tried = await attempt(ctx, async (ctx) => {
      await ctx.db.insertInto('rate_limit').values({ key: 'lost', count: 1, started_at: ctx.clock.now() }).execute()
      await ctx.db.insertInto('rate_limit').values({ key: 'kept', count: 1, started_at: ctx.clock.now() }).execute()
    })
    expect(tried.ok).toBe(false)
  })
  expect((await ctx.db.selectFrom('rate_limit').select('key').execute()).map((row) => row.key)).toEqual(['kept'])
})
