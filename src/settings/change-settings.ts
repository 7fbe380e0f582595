import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { type Settings, settingsCache, settingsSchema } from './settings.ts'
import { settingsChanged } from './settings-events.ts'

/** Changes some settings; the others stay. Errors: Forbidden, Invalid (pointer `/<key>`). */
export async function changeSettings(ctx: Context, patch: Partial<Settings>): Promise<Settings> {
  if (!ctx.actor.administrator) throw forbidden()
  const parsed = settingsSchema.partial().strict().safeParse(patch)
  if (!parsed.success) {
    throw new AppError('invalid', 'invalid', {
      problems: parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, key: 'value' })),
    })
  }
  return transact(ctx, async (ctx) => {
    const before = settingsSchema.parse(
      Object.fromEntries(
        (await ctx.db.selectFrom('setting').select(['key', 'value']).forUpdate().execute()).map((r) => [r.key, r.value]),
      ),
    )
    const changes: Record<string, { from: unknown; to: unknown }> = {}
    // Only what was given: partial() still fills defaults in.
    for (const key of Object.keys(patch) as Array<keyof Settings>) {
      const value = parsed.data[key]
      if (value === undefined || JSON.stringify(before[key]) === JSON.stringify(value)) continue
      changes[key] = { from: before[key], to: value }
      const row = { value: JSON.stringify(value), updated_at: ctx.clock.now(), updated_by: ctx.actor.id }
      await ctx.db
        .insertInto('setting')
        .values({ key, ...row })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
        .execute()
    }
    if (Object.keys(changes).length > 0) {
      await emit(ctx, settingsChanged({ subject: { kind: 'settings', id: 0 }, data: { changes }, facts: { internal: true } }))
    }
    dropCached(ctx, settingsCache)
    return { ...before, ...Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, change.to])) } as Settings
  })
}
