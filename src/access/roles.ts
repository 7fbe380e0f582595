import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { grantsChanged, roleChanged } from './access-events.ts'
import { grantsCache } from './agent-actors.ts'
import { permissions } from './permissions.ts'

export interface Role {
  id: number
  key: string | null
  name: string
  permissions: string[]
  isArchived: boolean
}

export const rolesCache = defineCached<Role[]>('roles', async (ctx) => {
  const rows = await ctx.db.selectFrom('role').selectAll().orderBy('position').orderBy('name').execute()
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    permissions: row.permissions,
    isArchived: row.archived_at !== null,
  }))
})

export const readRoles = (ctx: Context): Promise<Role[]> => cached(ctx, rolesCache)

export const RoleInput = z.object({ name: z.string().trim().min(1).max(80), permissions: z.array(z.enum(permissions)) })

/** Creates a role, or changes the one of `id`. Errors: Forbidden, NotFound, Invalid (name taken). */
export async function saveRole(
  ctx: Context,
  id: number | null,
  input: z.input<typeof RoleInput> & { archived?: boolean },
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = RoleInput.parse(input)
  return transact(ctx, async (ctx) => {
    const set = {
      name: given.name,
      permissions: given.permissions as string[],
      archived_at: input.archived ? ctx.clock.now() : null,
    }
    const row = await (id === null
      ? ctx.db
          .insertInto('role')
          .values({ ...set, created_at: ctx.clock.now() })
          .returning('id')
          .executeTakeFirst()
      : ctx.db.updateTable('role').set(set).where('id', '=', id).returning('id').executeTakeFirst()
    ).catch((error: { code?: string }) => {
      if (error.code === '23505') throw invalid('/name', 'nameTaken')
      throw error
    })
    if (!row) throw notFound()
    await emit(
      ctx,
      roleChanged({
        subject: { kind: 'role', id: row.id },
        data: { changes: { permissions: given.permissions } },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, rolesCache)
    dropCached(ctx, grantsCache)
    return { id: row.id }
  })
}

/** Sets which role an agent has in which department. Errors: Forbidden. */
export async function setGrants(
  ctx: Context,
  agent: number,
  grants: ReadonlyArray<{ department: number; role: number }>,
): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    await ctx.db.deleteFrom('department_grant').where('agent_id', '=', agent).execute()
    if (grants.length > 0) {
      await ctx.db
        .insertInto('department_grant')
        .values(grants.map((grant) => ({ agent_id: agent, department_id: grant.department, role_id: grant.role })))
        .execute()
    }
    await emit(
      ctx,
      grantsChanged({ subject: { kind: 'agent', id: agent }, data: { grants: [...grants] }, facts: { internal: true } }),
    )
    dropCached(ctx, grantsCache)
  })
}

export async function grantsOf(ctx: Context, agent: number): Promise<Array<{ department: number; role: number }>> {
  const rows = await ctx.db.selectFrom('department_grant').selectAll().where('agent_id', '=', agent).execute()
  return rows.map((row) => ({ department: row.department_id, role: row.role_id }))
}
