import type { Context } from '#core/context.ts'
import { cleanName, normalAddress } from './address.ts'

const CHUNK = 500

export interface LoadedPerson {
  name: string
  address: string
  createdAt: Date
  /** Id of where they belong. */
  organizationId?: number | null
}

/** Organizations at once, without events. For import, seeding and the demonstration. Returns their ids, in order. */
export async function bulkLoadOrganizations(
  ctx: Context,
  organizations: readonly { name: string; domains: readonly string[]; createdAt: Date }[],
): Promise<number[]> {
  if (organizations.length === 0) return []
  const rows = await ctx.db
    .insertInto('organization')
    .values(
      organizations.map(({ name, domains, createdAt }) => ({
        name: cleanName(name),
        domains: domains.map((domain) => domain.toLowerCase()),
        created_at: createdAt,
      })),
    )
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Many people at once, without events; addresses must be new. For import, seeding and tests. Returns their ids, in order. */
export async function bulkLoadPeople(ctx: Context, people: readonly LoadedPerson[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < people.length; at += CHUNK) {
    const chunk = people.slice(at, at + CHUNK)
    const rows = await ctx.db
      .insertInto('end_user')
      .values(
        chunk.map(({ name, address, createdAt, organizationId }) => ({
          name: cleanName(name),
          address: normalAddress(address),
          organization_id: organizationId ?? null,
          created_at: createdAt,
        })),
      )
      .returning('id')
      .execute()
    await ctx.db
      .insertInto('end_user_address')
      .values(
        chunk.map(({ address, createdAt }, index) => ({
          address: normalAddress(address),
          end_user_id: rows[index]!.id,
          created_at: createdAt,
        })),
      )
      .execute()
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}
