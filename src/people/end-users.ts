import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { cleanName, isAddress, nameFromAddress, normalAddress } from './address.ts'
import { type EndUser, endUserByAddress, endUsersById, upsertEndUser } from './end-user-store.ts'

export type { EndUser } from './end-user-store.ts'

/** The person of an address, made when unknown. A known person keeps their name. Errors: Invalid at /email. */
export async function findOrCreateEndUser(
  ctx: Context,
  input: { address: string; name?: string | null },
): Promise<{ id: number; name: string; isNew: boolean }> {
  const address = normalAddress(input.address)
  if (!isAddress(address)) throw invalid('/email', 'email')
  return upsertEndUser(ctx, address, cleanName(input.name ?? '') || nameFromAddress(address))
}

/** For the system's own use (sign-in, intake); screens reach people through their tickets. */
export const findEndUserByAddress = (ctx: Context, address: string): Promise<EndUser | null> =>
  endUserByAddress(ctx, normalAddress(address))

export async function findEndUser(ctx: Context, id: number): Promise<EndUser | null> {
  return (await endUsersById(ctx, [id]))[0] ?? null
}

/** Everything that is banned: few lines on any desk, asked for with every mail. */
export const bansCache = defineCached<ReadonlySet<string>>(
  'bans',
  async (ctx) => new Set((await ctx.db.selectFrom('banned_address').select('address').execute()).map((row) => row.address)),
)

/** Is mail of this address refused? Entries are whole addresses or `@domain`. */
export async function isBanned(ctx: Context, address: string): Promise<boolean> {
  const normal = normalAddress(address)
  const bans = await cached(ctx, bansCache)
  return bans.has(normal) || bans.has(normal.slice(normal.lastIndexOf('@')))
}
