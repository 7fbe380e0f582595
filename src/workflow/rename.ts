import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { workflowCache } from './workflow.ts'

export const statusRenamed = defineEvent<{ from: string; to: string }>('status.renamed')
export const priorityRenamed = defineEvent<{ from: string; to: string }>('priority.renamed')

const nameOf = (name: string): string => {
  const clean = name.replace(/\s+/g, ' ').trim()
  if (!clean) throw invalid('/name', 'required')
  if (clean.length > 60) throw invalid('/name', 'tooLong', { max: 60 })
  return clean
}

const nameTaken = (error: unknown): never => {
  if ((error as { code?: string }).code === '23505') throw invalid('/name', 'nameTaken')
  throw error
}

/** What agents call a status; its state and its moves stay. Errors: Forbidden, NotFound, Invalid. */
export async function renameStatus(ctx: Context, id: number, name: string): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const to = nameOf(name)
  await transact(ctx, async (ctx) => {
    const before = await ctx.db.selectFrom('status').select('name').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!before) throw notFound()
    if (before.name === to) return
    await ctx.db.updateTable('status').set({ name: to }).where('id', '=', id).execute().catch(nameTaken)
    await emit(
      ctx,
      statusRenamed({ subject: { kind: 'status', id }, data: { from: before.name, to }, facts: { internal: true } }),
    )
    dropCached(ctx, workflowCache)
  })
}

/** What agents call a priority; its urgency stays. Errors: Forbidden, NotFound, Invalid. */
export async function renamePriority(ctx: Context, id: number, name: string): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const to = nameOf(name)
  await transact(ctx, async (ctx) => {
    const before = await ctx.db.selectFrom('priority').select('name').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!before) throw notFound()
    if (before.name === to) return
    await ctx.db.updateTable('priority').set({ name: to }).where('id', '=', id).execute().catch(nameTaken)
    await emit(
      ctx,
      priorityRenamed({ subject: { kind: 'priority', id }, data: { from: before.name, to }, facts: { internal: true } }),
    )
    dropCached(ctx, workflowCache)
  })
}
