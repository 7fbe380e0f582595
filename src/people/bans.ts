import { sql } from 'kysely'
import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { type BanKind, type BanRule, banKinds, compileBans, readBan } from './ban-rules.ts'
import { readDirectory } from './directory.ts'
import { addressBanned, addressUnbanned } from './people-events.ts'

export const BanInput = z.object({
  kind: z.enum(banKinds).default('address'),
  address: z.string().trim().min(1).max(254),
  reason: z.string().trim().max(500).default(''),
})

export interface Ban extends BanRule {
  reason: string
  createdAt: Date
  /** Name of who made it; null for one from before that was kept, or of the desk itself. */
  createdBy: string | null
  hits: number
  lastHitAt: Date | null
}

/** Everything that is banned: few lines on any desk, asked for with every mail. */
const bansCache = defineCached<(address: string) => BanRule | null>('bans', async (ctx) =>
  compileBans(await ctx.db.selectFrom('banned_address').select(['id', 'kind', 'address as value']).execute()),
)

/** The ban that meets an address, or null. */
export const findBan = async (ctx: Context, address: string): Promise<BanRule | null> => (await cached(ctx, bansCache))(address)

/** Is this address refused? Counts the hit when it is. */
export async function isBanned(ctx: Context, address: string): Promise<boolean> {
  const ban = await findBan(ctx, address)
  if (ban) await countBanHit(ctx, ban.id)
  return ban !== null
}

export async function countBanHit(ctx: Context, id: number): Promise<void> {
  await ctx.db
    .updateTable('banned_address')
    .set({ hits: sql`hits + 1`, last_hit_at: ctx.clock.now() })
    .where('id', '=', id)
    .execute()
}

/**
 * Refuses mail and requests of an address, a domain with all below it, or whatever a pattern meets. The same one again changes its reason.
 * Errors: Forbidden, Invalid at /address (not one of these, or it would meet a colleague).
 */
export async function banAddress(ctx: Context, input: z.input<typeof BanInput>): Promise<Ban> {
  if (!ctx.actor.administrator) throw forbidden()
  const { kind, address, reason } = BanInput.parse(input)
  const read = readBan(kind, address)
  if ('problem' in read) throw invalid('/address', read.problem)
  const meets = compileBans([{ id: 0, kind, value: read.value }])
  const { agents } = await readDirectory(ctx)
  if (agents.some((agent) => !agent.isArchived && meets(agent.email))) throw invalid('/address', 'banMeetsAgent')
  return transact(ctx, async (ctx) => {
    const { id } = await ctx.db
      .insertInto('banned_address')
      .values({ address: read.value, kind, reason, created_by: ctx.actor.id, created_at: ctx.clock.now() })
      .onConflict((conflict) => conflict.column('address').doUpdateSet({ reason, kind }))
      .returning('id')
      .executeTakeFirstOrThrow()
    dropCached(ctx, bansCache)
    await emit(
      ctx,
      addressBanned({ subject: { kind: 'ban', id }, data: {}, facts: { internal: true }, personal: { address: read.value } }),
    )
    return (await listBans(ctx)).find((ban) => ban.id === id)!
  })
}

/** Errors: Forbidden, NotFound. */
export async function unbanAddress(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db.deleteFrom('banned_address').where('id', '=', id).returning('address').executeTakeFirst()
    if (!row) throw notFound()
    dropCached(ctx, bansCache)
    await emit(
      ctx,
      addressUnbanned({ subject: { kind: 'ban', id }, data: {}, facts: { internal: true }, personal: { address: row.address } }),
    )
  })
}

/** By address. Errors: Forbidden. */
export async function listBans(ctx: Context): Promise<Ban[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db
    .selectFrom('banned_address as b')
    .leftJoin('agent', 'agent.id', 'b.created_by')
    .select(['b.id', 'b.kind', 'b.address', 'b.reason', 'b.created_at', 'b.hits', 'b.last_hit_at', 'agent.name as createdBy'])
    .orderBy('b.address')
    .limit(1000)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as BanKind,
    value: row.address,
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: row.createdBy,
    hits: Number(row.hits),
    lastHitAt: row.last_hit_at,
  }))
}
