import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { cleanName } from './address.ts'
import { directoryCache } from './directory.ts'
import { departmentChanged, teamChanged } from './people-events.ts'

export const DepartmentInput = z.object({
  name: z.string().trim().min(1).max(80),
  isPublic: z.boolean().default(true),
  managerId: z.number().int().nullable().default(null),
  signature: z.string().max(5000).default(''),
})

const nameTaken = (error: unknown): never => {
  if ((error as { code?: string }).code === '23505') throw invalid('/name', 'nameTaken')
  throw error
}

/** Errors: Forbidden, Invalid (name taken). */
export async function createDepartment(ctx: Context, input: z.input<typeof DepartmentInput>): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = DepartmentInput.parse(input)
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .insertInto('department')
      .values({
        name: cleanName(given.name),
        is_public: given.isPublic,
        manager_id: given.managerId,
        signature: given.signature,
        created_at: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(nameTaken)
    await emit(
      ctx,
      departmentChanged({
        subject: { kind: 'department', id: row.id },
        data: { changes: { created: true } },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, directoryCache)
    return { id: row.id }
  })
}

/** Archived departments keep their tickets and take no new ones. Errors: Forbidden, NotFound, Invalid. */
export async function changeDepartment(
  ctx: Context,
  id: number,
  patch: Partial<z.infer<typeof DepartmentInput>> & { archived?: boolean },
): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    if (patch.archived) {
      const other = await ctx.db
        .selectFrom('department')
        .select('id')
        .where('archived_at', 'is', null)
        .where('id', '<>', id)
        .limit(1)
        .executeTakeFirst()
      if (!other) throw invalid('/archived', 'lastDepartment')
    }
    const row = await ctx.db
      .updateTable('department')
      .set({
        ...(patch.name === undefined ? {} : { name: cleanName(patch.name) }),
        ...(patch.isPublic === undefined ? {} : { is_public: patch.isPublic }),
        ...(patch.managerId === undefined ? {} : { manager_id: patch.managerId }),
        ...(patch.signature === undefined ? {} : { signature: patch.signature }),
        ...(patch.archived === undefined ? {} : { archived_at: patch.archived ? ctx.clock.now() : null }),
      })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst()
      .catch(nameTaken)
    if (!row) throw notFound()
    await emit(
      ctx,
      departmentChanged({ subject: { kind: 'department', id }, data: { changes: patch }, facts: { internal: true } }),
    )
    dropCached(ctx, directoryCache)
  })
}

export const TeamInput = z.object({
  name: z.string().trim().min(1).max(80),
  leadId: z.number().int().nullable().default(null),
  members: z.array(z.number().int()).default([]),
})

/** Creates a team, or changes the one of `id`. Errors: Forbidden, NotFound, Invalid (name taken). */
export async function saveTeam(
  ctx: Context,
  id: number | null,
  input: z.input<typeof TeamInput> & { archived?: boolean },
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = TeamInput.parse(input)
  return transact(ctx, async (ctx) => {
    const set = { name: cleanName(given.name), lead_id: given.leadId, archived_at: input.archived ? ctx.clock.now() : null }
    const row = await (id === null
      ? ctx.db
          .insertInto('team')
          .values({ ...set, created_at: ctx.clock.now() })
          .returning('id')
          .executeTakeFirst()
      : ctx.db.updateTable('team').set(set).where('id', '=', id).returning('id').executeTakeFirst()
    ).catch(nameTaken)
    if (!row) throw notFound()
    await ctx.db.deleteFrom('team_member').where('team_id', '=', row.id).execute()
    if (given.members.length > 0) {
      await ctx.db
        .insertInto('team_member')
        .values(given.members.map((agent) => ({ team_id: row.id, agent_id: agent })))
        .execute()
    }
    await emit(
      ctx,
      teamChanged({
        subject: { kind: 'team', id: row.id },
        data: { changes: { members: given.members, lead: given.leadId } },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, directoryCache)
    return { id: row.id }
  })
}
