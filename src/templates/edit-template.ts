import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { type TemplateKey, templateKeys } from './mail-templates.ts'
import { renderTemplate, templatesCache } from './render-mail.ts'

export const templateChanged = defineEvent<{ key: string; locale: string; reset: boolean }>('mail_template.changed')

export const TemplateInput = z.object({
  key: z.enum(templateKeys),
  locale: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/),
  subject: z.string().trim().min(1).max(250),
  body: z.string().trim().min(1).max(50_000),
})

/** The desk's own version of a mail. It is rendered once before it is kept. Errors: Forbidden, Invalid (Liquid's sentence at the field). */
export async function editTemplate(ctx: Context, input: z.input<typeof TemplateInput>): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(TemplateInput, input)
  renderTemplate(given, {}, given.locale)
  await transact(ctx, async (ctx) => {
    const set = { subject: given.subject, body: given.body, updated_at: ctx.clock.now(), updated_by: ctx.actor.id }
    await ctx.db
      .insertInto('mail_template')
      .values({ key: given.key, locale: given.locale, ...set })
      .onConflict((conflict) => conflict.columns(['key', 'locale', 'department_id']).doUpdateSet(set))
      .execute()
    await emit(
      ctx,
      templateChanged({
        subject: { kind: 'mail_template', id: 0 },
        data: { key: given.key, locale: given.locale, reset: false },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, templatesCache)
  })
}

/** Back to the shipped version. Errors: Forbidden, NotFound. */
export async function resetTemplate(ctx: Context, key: TemplateKey, locale: string): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .deleteFrom('mail_template')
      .where('key', '=', key)
      .where('locale', '=', locale)
      .returning('key')
      .executeTakeFirst()
    if (!row) throw notFound()
    await emit(
      ctx,
      templateChanged({
        subject: { kind: 'mail_template', id: 0 },
        data: { key, locale, reset: true },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, templatesCache)
  })
}

/** Which mails the desk has words of its own for. Errors: Forbidden. */
export async function listTemplates(ctx: Context): Promise<{ key: string; locale: string; updatedAt: Date }[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db.selectFrom('mail_template').select(['key', 'locale', 'updated_at']).execute()
  return rows.map((row) => ({ key: row.key, locale: row.locale, updatedAt: row.updated_at }))
}
