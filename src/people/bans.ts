import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from './address.ts'
import { bansCache } from './end-users.ts'
import { addressBanned, addressUnbanned } from './people-events.ts'

/** Refuses mail and requests of an address or a whole `@domain`. Errors: Forbidden, Invalid. */
export async function banAddress(ctx: Context, address: string, reason = ''): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const normal = normalAddress(address)
  if (!isAddress(normal) && !/^@[^\s@]+\.[^\s@]+$/.test(normal)) throw invalid('/address', 'email')
  await transact(ctx, async (ctx) => {
    await ctx.db
      .insertInto('banned_address')
      .values({ address: normal, reason: reason.slice(0, 500), created_at: ctx.clock.now() })
      .onConflict((conflict) => conflict.column('address').doUpdateSet({ reason: reason.slice(0, 500) }))
      .execute()
    dropCached(ctx, bansCache)
    await emit(
      ctx,
      addressBanned({ subject: { kind: 'ban', id: 0 }, data: {}, facts: { internal: true }, personal: { address: normal } }),
    )
  })
}

/** Errors: Forbidden. */
export async function unbanAddress(ctx: Context, address: string): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    await ctx.db.deleteFrom('banned_address').where('address', '=', normalAddress(address)).execute()
    dropCached(ctx, bansCache)
    await emit(
      ctx,
      addressUnbanned({ subject: { kind: 'ban', id: 0 }, data: {}, facts: { internal: true }, personal: { address } }),
    )
  })
}

/** Errors: Forbidden. */
export async function listBans(ctx: Context): Promise<Array<{ address: string; reason: string; createdAt: Date }>> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db.selectFrom('banned_address').selectAll().orderBy('address').limit(1000).execute()
  return rows.map((row) => ({ address: row.address, reason: row.reason, createdAt: row.created_at }))
}
