import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { cleanName, normalAddress } from './address.ts'
import { updateEndUser } from './end-user-store.ts'
import { endUserChanged } from './people-events.ts'

const knownZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

export const EndUserProfile = z.object({
  name: z.string().trim().min(1).max(120),
  /** IANA name; null follows the desk. */
  timeZone: z
    .string()
    .max(64)
    .nullable()
    .refine((zone) => zone === null || knownZone(zone), { params: { key: 'timeZone' } }),
  locale: z.string().max(20).nullable(),
})

/** A customer changes their own card; an administrator any. Errors: Forbidden, NotFound, Invalid. */
export async function changeEndUser(ctx: Context, id: number, patch: Partial<z.infer<typeof EndUserProfile>>): Promise<void> {
  const own = ctx.actor.kind === 'user' && ctx.actor.id === id
  if (!own && !ctx.actor.administrator) throw forbidden()
  const given = EndUserProfile.partial().parse(patch)
  if (given.name !== undefined && !cleanName(given.name)) throw invalid('/name', 'required')
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('end_user')
      .select(['id', 'name'])
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw notFound()
    await updateEndUser(ctx, id, {
      name: given.name === undefined ? row.name : cleanName(given.name),
      ...(given.timeZone === undefined ? {} : { time_zone: given.timeZone }),
      ...(given.locale === undefined ? {} : { locale: given.locale }),
    })
    await emit(
      ctx,
      endUserChanged({ subject: { kind: 'end_user', id }, data: { changes: Object.keys(given) }, facts: { internal: true } }),
    )
  })
}

/** For sign-in only: never leaves the server. */
export async function endUserPassword(
  ctx: Context,
  address: string,
): Promise<{ id: number; passwordHash: string | null; isVerified: boolean } | null> {
  const row = await ctx.db
    .selectFrom('end_user_address')
    .innerJoin('end_user', 'end_user.id', 'end_user_address.end_user_id')
    .select(['end_user.id', 'end_user.password_hash', 'end_user.verified_at'])
    .where('end_user_address.address', '=', normalAddress(address))
    .where('end_user.blocked_at', 'is', null)
    .executeTakeFirst()
  return row ? { id: row.id, passwordHash: row.password_hash, isVerified: row.verified_at !== null } : null
}

/** Sets the hash of a new password; who may do so is the sign-in room's business. Null takes it away. */
export const setEndUserPassword = (ctx: Context, id: number, passwordHash: string | null): Promise<void> =>
  updateEndUser(ctx, id, { password_hash: passwordHash })

/** The person has shown that the address is theirs, by a link sent there. */
export async function markVerified(ctx: Context, id: number): Promise<void> {
  await ctx.db
    .updateTable('end_user')
    .set({ verified_at: ctx.clock.now() })
    .where('id', '=', id)
    .where('verified_at', 'is', null)
    .execute()
}
