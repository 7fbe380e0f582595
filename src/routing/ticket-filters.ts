import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { Criterion, FilterActions, type FilterCriterion, type TicketFilter } from './filters.ts'

export const filtersCache = defineCached<TicketFilter[]>('ticket filters', async (ctx) => {
  const rows = await ctx.db.selectFrom('ticket_filter').selectAll().orderBy('position').orderBy('id').execute()
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    isOn: row.is_on,
    needs: row.needs,
    criteria: row.criteria as FilterCriterion[],
    actions: FilterActions.parse(row.actions),
    stops: row.stops,
  }))
})

/** All filters in the order in which they run. */
export const readTicketFilters = (ctx: Context): Promise<TicketFilter[]> => cached(ctx, filtersCache)

export const ticketFilterChanged = defineEvent<{ change: string; name: string }>('ticket_filter.changed')

export const TicketFilterInput = z.object({
  name: z.string().trim().min(1).max(80),
  isOn: z.boolean().default(true),
  needs: z.enum(['all', 'any']).default('all'),
  criteria: z.array(Criterion).min(1).max(20),
  actions: FilterActions,
  stops: z.boolean().default(false),
})

const told = async (ctx: Context, id: number, change: string, name: string): Promise<void> =>
  void (await emit(
    ctx,
    ticketFilterChanged({ subject: { kind: 'ticket_filter', id }, data: { change, name }, facts: { internal: true } }),
  ))

/** Adds a filter at the end, or changes the one of `id`. Errors: Forbidden, NotFound, Invalid. */
export async function saveTicketFilter(
  ctx: Context,
  id: number | null,
  input: z.input<typeof TicketFilterInput>,
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(TicketFilterInput, input)
  return transact(ctx, async (ctx) => {
    const set = {
      name: given.name,
      is_on: given.isOn,
      needs: given.needs,
      criteria: JSON.stringify(given.criteria),
      actions: JSON.stringify(given.actions),
      stops: given.stops,
    }
    const last = await ctx.db
      .selectFrom('ticket_filter')
      .select((eb) => eb.fn.max('position').as('position'))
      .executeTakeFirst()
    const row = await (id === null
      ? ctx.db
          .insertInto('ticket_filter')
          .values({ ...set, position: Number(last?.position ?? 0) + 1, created_at: ctx.clock.now() })
          .returning('id')
          .executeTakeFirst()
      : ctx.db.updateTable('ticket_filter').set(set).where('id', '=', id).returning('id').executeTakeFirst()
    ).catch((error: { code?: string }) => {
      if (error.code === '23505') throw invalid('/name', 'nameTaken')
      throw error
    })
    if (!row) throw notFound()
    await told(ctx, row.id, id === null ? 'added' : 'changed', given.name)
    dropCached(ctx, filtersCache)
    return { id: row.id }
  })
}

/** Turns a filter on or off, moves it one place up or down, or removes it. Errors: Forbidden, NotFound. */
export async function changeTicketFilter(
  ctx: Context,
  id: number,
  change: 'on' | 'off' | 'up' | 'down' | 'remove',
): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const rows = await ctx.db
      .selectFrom('ticket_filter')
      .select(['id', 'name'])
      .orderBy('position')
      .orderBy('id')
      .forUpdate()
      .execute()
    const at = rows.findIndex((row) => row.id === id)
    if (at < 0) throw notFound()
    if (change === 'remove') await ctx.db.deleteFrom('ticket_filter').where('id', '=', id).execute()
    else if (change === 'on' || change === 'off')
      await ctx.db
        .updateTable('ticket_filter')
        .set({ is_on: change === 'on' })
        .where('id', '=', id)
        .execute()
    else {
      const to = Math.min(rows.length - 1, Math.max(0, at + (change === 'up' ? -1 : 1)))
      const order = rows.map((row) => row.id)
      order.splice(to, 0, ...order.splice(at, 1))
      for (const [position, one] of order.entries())
        await ctx.db
          .updateTable('ticket_filter')
          .set({ position: position + 1 })
          .where('id', '=', one)
          .execute()
    }
    await told(ctx, id, change, rows[at]!.name)
    dropCached(ctx, filtersCache)
  })
}
