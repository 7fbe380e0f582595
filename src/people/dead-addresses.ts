import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { normalAddress } from './address.ts'
import { endUserChanged } from './people-events.ts'

/** Addresses from which mail came back, and why (a key under `mail.failure`). Some thousands at most; asked for with every mail and ticket page. */
const deadCache = defineCached<ReadonlyMap<string, string>>('dead-addresses', async (ctx) => {
  const rows = await ctx.db
    .selectFrom('end_user_address')
    .select(['address', 'undeliverable_reason'])
    .where('undeliverable_at', 'is not', null)
    .orderBy('undeliverable_at', 'desc')
    .limit(20_000)
    .execute()
  return new Map(rows.map((row) => [row.address, row.undeliverable_reason ?? 'bounced']))
})

/** Why mail to this address came back lately; null when it did not. */
export const undeliverableReason = async (ctx: Context, address: string): Promise<string | null> =>
  (await cached(ctx, deadCache)).get(normalAddress(address)) ?? null

/** Mail to this address came back. Part of what notes a bounce; nothing when the address is no customer's. */
export async function markUndeliverable(ctx: Context, address: string, reason: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('end_user_address')
      .set({ undeliverable_at: ctx.clock.now(), undeliverable_reason: reason.slice(0, 60) })
      .where('address', '=', normalAddress(address))
      .returning('end_user_id as person')
      .executeTakeFirst()
    if (!row) return
    dropCached(ctx, deadCache)
    await emit(ctx, changed(row.person))
  })
}

/** The address works again: mail came from it, or somebody who may says so. */
export async function clearUndeliverable(ctx: Context, address: string): Promise<void> {
  if ((await undeliverableReason(ctx, address)) === null) return
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('end_user_address')
      .set({ undeliverable_at: null, undeliverable_reason: null })
      .where('address', '=', normalAddress(address))
      .where('undeliverable_at', 'is not', null)
      .returning('end_user_id as person')
      .executeTakeFirst()
    dropCached(ctx, deadCache)
    if (row) await emit(ctx, changed(row.person))
  })
}

const changed = (person: number) =>
  endUserChanged({ subject: { kind: 'end_user', id: person }, data: { changes: ['undeliverable'] }, facts: { internal: true } })
