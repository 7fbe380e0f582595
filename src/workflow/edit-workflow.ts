import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { moves } from './moves.ts'
import { workflowCache } from './workflow.ts'

export const statusChanged = defineEvent<{ change: string; name: string }>('status.changed')
export const priorityChanged = defineEvent<{ change: string; name: string }>('priority.changed')

const name = z.string().trim().min(1).max(60)
export const NewStatusInput = z.object({
  name,
  state: z.enum(['open', 'on_hold', 'resolved', 'closed']),
  asksReason: z.boolean().default(false),
})
export const NewPriorityInput = z.object({ name, urgency: z.number().int().min(1).max(4) })

export type WorkflowChange = 'up' | 'down' | 'archive' | 'restore' | 'ask' | 'ask-not' | 'default'

const nameTaken = (error: unknown): never => {
  if ((error as { code?: string }).code === '23505') throw invalid('/name', 'nameTaken')
  throw error
}

/** A further status of a state, last in order. Errors: Forbidden, Invalid. */
export async function addStatus(ctx: Context, input: z.input<typeof NewStatusInput>): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(NewStatusInput, input)
  return transact(ctx, async (ctx) => {
    const last = await ctx.db
      .selectFrom('status')
      .select((eb) => eb.fn.max('position').as('position'))
      .executeTakeFirst()
    const { id } = await ctx.db
      .insertInto('status')
      .values({
        name: given.name,
        state: given.state,
        asks_reason: given.asksReason,
        position: Number(last?.position ?? 0) + 1,
        created_at: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(nameTaken)
    // Moves name a status by its key.
    await ctx.db
      .updateTable('status')
      .set({ key: `s${id}` })
      .where('id', '=', id)
      .execute()
    await tell(ctx, 'status', id, 'added', given.name)
    return { id }
  })
}

/** A further priority, as urgent as one of the four that times are counted for. Errors: Forbidden, Invalid. */
export async function addPriority(ctx: Context, input: z.input<typeof NewPriorityInput>): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(NewPriorityInput, input)
  return transact(ctx, async (ctx) => {
    const { id } = await ctx.db
      .insertInto('priority')
      .values({ name: given.name, urgency: given.urgency, created_at: ctx.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(nameTaken)
    await tell(ctx, 'priority', id, 'added', given.name)
    return { id }
  })
}

/**
 * Orders, archives and restores a status, or says whether it asks why. Tickets keep an archived one; nobody chooses it any more. One
 * that a move leads to, or the last of its state, stays. Errors: Forbidden, NotFound, Invalid at /status.
 */
export async function changeStatusOrder(ctx: Context, id: number, change: Exclude<WorkflowChange, 'default'>): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const rows = await ctx.db
      .selectFrom('status')
      .select(['id', 'key', 'name', 'state', 'archived_at'])
      .orderBy('position')
      .orderBy('id')
      .forUpdate()
      .execute()
    const at = rows.findIndex((row) => row.id === id)
    const row = rows[at]
    if (!row) throw notFound()
    if (change === 'archive') {
      const settings = await readSettings(ctx)
      const led = [...Object.values(moves).map((move) => settings[move.setting]), settings['replies.statusAfter']]
      // The shipped ones of waiting and holding are what queues and reminders go by.
      const others = rows.filter((one) => one.state === row.state && one.id !== id && one.archived_at === null)
      if (others.length === 0) throw invalid('/status', 'lastOfState')
      if (row.key !== null && led.includes(row.key)) throw invalid('/status', 'moveLeadsHere')
    }
    if (change === 'up' || change === 'down') {
      const order = rows.map((one) => one.id)
      order.splice(Math.min(rows.length - 1, Math.max(0, at + (change === 'up' ? -1 : 1))), 0, ...order.splice(at, 1))
      for (const [position, one] of order.entries())
        await ctx.db
          .updateTable('status')
          .set({ position: position + 1 })
          .where('id', '=', one)
          .execute()
    } else {
      const set =
        change === 'ask' || change === 'ask-not'
          ? { asks_reason: change === 'ask' }
          : { archived_at: change === 'archive' ? ctx.clock.now() : null }
      await ctx.db.updateTable('status').set(set).where('id', '=', id).execute()
    }
    await tell(ctx, 'status', id, change, row.name)
  })
}

/** Makes a priority the default, archives or restores it. The default stays. Errors: Forbidden, NotFound, Invalid at /priority. */
export async function changePriority(ctx: Context, id: number, change: 'default' | 'archive' | 'restore'): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('priority')
      .select(['name', 'is_default'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw notFound()
    if (change === 'archive' && row.is_default) throw invalid('/priority', 'defaultStays')
    if (change === 'default') {
      await ctx.db.updateTable('priority').set({ is_default: false }).where('is_default', '=', true).execute()
      await ctx.db.updateTable('priority').set({ is_default: true, archived_at: null }).where('id', '=', id).execute()
    } else {
      const archivedAt = change === 'archive' ? ctx.clock.now() : null
      await ctx.db.updateTable('priority').set({ archived_at: archivedAt }).where('id', '=', id).execute()
    }
    await tell(ctx, 'priority', id, change, row.name)
  })
}

async function tell(ctx: Context, kind: 'status' | 'priority', id: number, change: string, name: string): Promise<void> {
  const event = kind === 'status' ? statusChanged : priorityChanged
  await emit(ctx, event({ subject: { kind, id }, data: { change, name }, facts: { internal: true } }))
  dropCached(ctx, workflowCache)
}
