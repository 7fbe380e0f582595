import { sql } from 'kysely'
import type { Context } from '#core/context.ts'

export interface EndUser {
  id: number
  name: string
  address: string
  locale: string | null
  timeZone: string | null
  organizationId: number | null
  isVerified: boolean
  isBlocked: boolean
  hasPassword: boolean
  createdAt: Date
}

export const endUserColumns = [
  'id',
  'name',
  'address',
  'locale',
  'time_zone',
  'organization_id',
  'verified_at',
  'blocked_at',
  'password_hash',
  'created_at',
] as const

type Row = {
  id: number
  name: string
  address: string
  locale: string | null
  time_zone: string | null
  organization_id: number | null
  verified_at: Date | null
  blocked_at: Date | null
  password_hash: string | null
  created_at: Date
}

export const endUserOf = (row: Row): EndUser => ({
  id: row.id,
  name: row.name,
  address: row.address,
  locale: row.locale,
  timeZone: row.time_zone,
  organizationId: row.organization_id,
  isVerified: row.verified_at !== null,
  isBlocked: row.blocked_at !== null,
  hasPassword: row.password_hash !== null,
  createdAt: row.created_at,
})

/**
 * The person of an address, made when unknown, in one statement. When two transactions make the same person at once the second
 * one fails with 40001 and its verb runs again, then finding the first one's.
 */
export async function upsertEndUser(
  ctx: Context,
  address: string,
  name: string,
): Promise<{ id: number; name: string; isNew: boolean }> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ id: number | null; name: string; is_new: boolean }>`with known as (
      select u.id, u.name from end_user_address a join end_user u on u.id = a.end_user_id where a.address = ${address}
    ), made as (
      insert into end_user (name, address, created_at) select ${name}, ${address}, ${now} where not exists (select from known) returning id, name
    ), linked as (
      insert into end_user_address (address, end_user_id, created_at) select ${address}, id, ${now} from made
      on conflict (address) do nothing returning end_user_id
    )
    select id, name, false as is_new from known
    union all select (select end_user_id from linked), made.name, true from made`.execute(ctx.db)
  const row = rows[0]
  if (row?.id == null) throw Object.assign(new Error('another transaction made the same end user'), { code: '40001' })
  return { id: Number(row.id), name: row.name, isNew: row.is_new }
}

export async function endUserByAddress(ctx: Context, address: string): Promise<EndUser | null> {
  const row = await ctx.db
    .selectFrom('end_user_address')
    .innerJoin('end_user', 'end_user.id', 'end_user_address.end_user_id')
    .select(endUserColumns.map((column) => `end_user.${column}` as const))
    .where('end_user_address.address', '=', address)
    .executeTakeFirst()
  return row ? endUserOf(row) : null
}

export async function endUsersById(ctx: Context, ids: readonly number[]): Promise<EndUser[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db
    .selectFrom('end_user')
    .select(endUserColumns)
    .where('id', 'in', [...ids])
    .execute()
  return rows.map(endUserOf)
}

export async function updateEndUser(
  ctx: Context,
  id: number,
  set: Partial<{
    name: string
    locale: string | null
    time_zone: string | null
    password_hash: string | null
    verified_at: Date | null
    blocked_at: Date | null
    phone: string | null
  }>,
): Promise<void> {
  await ctx.db.updateTable('end_user').set(set).where('id', '=', id).execute()
}
