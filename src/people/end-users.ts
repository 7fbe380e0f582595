import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { cleanName, isAddress, nameFromAddress, normalAddress } from './address.ts'
import { type EndUser, endUserByAddress, endUsersById, updateEndUser, upsertEndUser } from './end-user-store.ts'
import { endUserChanged } from './people-events.ts'
import { normalPhone } from './phone.ts'

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

/**
 * Keeps the number somebody rings from, for the verb of an agent who has them on the telephone; the caller's gate was asked before.
 * Errors: Invalid at /phone.
 */
export async function keepPhone(ctx: Context, id: number, typed: string): Promise<void> {
  const phone = normalPhone(typed)
  if (phone === null) throw invalid('/phone', 'phone')
  const held = await ctx.db.selectFrom('end_user').select('phone').where('id', '=', id).executeTakeFirst()
  if (!held || held.phone === phone) return
  await updateEndUser(ctx, id, { phone })
  await emit(ctx, endUserChanged({ subject: { kind: 'end_user', id }, data: { changes: ['phone'] }, facts: { internal: true } }))
}

/** Every address of a person, the one that mail goes to first. */
export async function addressesOf(ctx: Context, id: number): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('end_user_address')
    .innerJoin('end_user', 'end_user.id', 'end_user_address.end_user_id')
    .select(['end_user_address.address', 'end_user.address as main'])
    .where('end_user_id', '=', id)
    .orderBy('end_user_address.address')
    .execute()
  return rows.map((row) => row.address).sort((a, b) => Number(b === rows[0]?.main) - Number(a === rows[0]?.main))
}
