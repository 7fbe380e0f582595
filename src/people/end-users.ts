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
