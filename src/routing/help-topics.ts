import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'

export interface HelpTopic {
  id: number
  name: string
  departmentId: number | null
  priorityId: number | null
  isPublic: boolean
  isDefault: boolean
  isArchived: boolean
}

export const helpTopicsCache = defineCached<HelpTopic[]>('help topics', async (ctx) => {
  const rows = await ctx.db.selectFrom('help_topic').selectAll().orderBy('position').orderBy('name').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    departmentId: row.department_id,
    priorityId: row.priority_id,
    isPublic: row.is_public,
    isDefault: row.is_default,
    isArchived: row.archived_at !== null,
  }))
})

export const readHelpTopics = (ctx: Context): Promise<HelpTopic[]> => cached(ctx, helpTopicsCache)

/** Topics a customer may choose. */
export async function publicHelpTopics(ctx: Context): Promise<HelpTopic[]> {
  return (await readHelpTopics(ctx)).filter((topic) => topic.isPublic && !topic.isArchived)
}

export const helpTopicChanged = defineEvent<{ changes: Record<string, unknown> }>('help_topic.changed')

export const HelpTopicInput = z.object({
  name: z.string().trim().min(1).max(80),
  departmentId: z.number().int().nullable().default(null),
  priorityId: z.number().int().nullable().default(null),
  isPublic: z.boolean().default(true),
  isDefault: z.boolean().default(false),
})

/** Creates a help topic, or changes the one of `id`; one topic is the default. Errors: Forbidden, NotFound, Invalid (name taken). */
export async function saveHelpTopic(
  ctx: Context,
  id: number | null,
  input: z.input<typeof HelpTopicInput> & { archived?: boolean },
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = HelpTopicInput.parse(input)
  return transact(ctx, async (ctx) => {
    const set = {
      name: given.name,
      department_id: given.departmentId,
      priority_id: given.priorityId,
      is_public: given.isPublic,
      is_default: given.isDefault,
      archived_at: input.archived ? ctx.clock.now() : null,
    }
    if (given.isDefault)
      await ctx.db.updateTable('help_topic').set({ is_default: false }).where('is_default', '=', true).execute()
    const row = await (id === null
      ? ctx.db
          .insertInto('help_topic')
          .values({ ...set, created_at: ctx.clock.now() })
          .returning('id')
          .executeTakeFirst()
      : ctx.db.updateTable('help_topic').set(set).where('id', '=', id).returning('id').executeTakeFirst()
    ).catch((error: { code?: string }) => {
      if (error.code === '23505') throw invalid('/name', 'nameTaken')
      throw error
    })
    if (!row) throw notFound()
    await emit(
      ctx,
      helpTopicChanged({ subject: { kind: 'help_topic', id: row.id }, data: { changes: given }, facts: { internal: true } }),
    )
    dropCached(ctx, helpTopicsCache)
    return { id: row.id }
  })
}
