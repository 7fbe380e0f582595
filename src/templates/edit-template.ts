import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import type { Limit } from '#core/limits.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { findDepartment } from '#people/directory.ts'
import { checkTemplate } from './check-template.ts'
import { type TemplateKey, templateKeys } from './mail-templates.ts'
import { fromOsticket } from './osticket-names.ts'
import { renderTemplate, templatesCache } from './render-mail.ts'

export const templateChanged = defineEvent<{ key: string; locale: string; department: number | null; reset: boolean }>(
  'mail_template.changed',
)

export const TemplateInput = z.object({
  key: z.enum(templateKeys),
  locale: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/),
  /** Whose words; null: the desk's. */
  department: z.number().int().nullable().default(null),
  subject: z.string().trim().min(1).max(250),
  body: z.string().trim().min(1).max(50_000),
})

const DAY_SECONDS = 86_400
/** Test mails of one administrator a day. */
export const testMails: Limit = { name: 'template-test', max: 50, windowSeconds: DAY_SECONDS }

/**
 * A template as it would be kept: names of osTicket are read as ours. Errors: Invalid at /subject and /body (Liquid's sentence, or the names
 * that are no value of this mail, with their lines).
 */
export function readTemplate(input: z.input<typeof TemplateInput>): z.output<typeof TemplateInput> {
  const given = parseInput(TemplateInput, input)
  const read = { ...given, subject: fromOsticket(given.key, given.subject), body: fromOsticket(given.key, given.body) }
  const problems = checkTemplate(read.key, read)
  if (problems.length > 0) throw new AppError('invalid', 'invalid', { problems })
  // Limits on what it may cost are found by rendering it.
  renderTemplate(read, {}, read.locale)
  return read
}

/** The desk's own version of a mail, or a department's. Errors: Forbidden, NotFound (department), Invalid. */
export async function editTemplate(ctx: Context, input: z.input<typeof TemplateInput>): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = readTemplate(input)
  if (given.department !== null) await findDepartment(ctx, given.department)
  await transact(ctx, async (ctx) => {
    const set = { subject: given.subject, body: given.body, updated_at: ctx.clock.now(), updated_by: ctx.actor.id }
    await ctx.db
      .insertInto('mail_template')
      .values({ key: given.key, locale: given.locale, department_id: given.department, ...set })
      .onConflict((conflict) => conflict.columns(['key', 'locale', 'department_id']).doUpdateSet(set))
      .execute()
    await tell(ctx, given, false)
  })
}

/** Back to the next wider version: the desk's, or the shipped one. Errors: Forbidden, NotFound. */
export async function resetTemplate(
  ctx: Context,
  key: TemplateKey,
  locale: string,
  department: number | null = null,
): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .deleteFrom('mail_template')
      .where('key', '=', key)
      .where('locale', '=', locale)
      .where('department_id', department === null ? 'is' : '=', department)
      .returning('key')
      .executeTakeFirst()
    if (!row) throw notFound()
    await tell(ctx, { key, locale, department }, true)
  })
}

async function tell(ctx: Context, of: { key: string; locale: string; department: number | null }, reset: boolean): Promise<void> {
  const { key, locale, department } = of
  await emit(
    ctx,
    templateChanged({
      subject: { kind: 'mail_template', id: 0 },
      data: { key, locale, department, reset },
      facts: { internal: true },
    }),
  )
  dropCached(ctx, templatesCache)
}

/** Which mails the desk or a department has words of its own for. Errors: Forbidden. */
export async function listTemplates(
  ctx: Context,
): Promise<{ key: string; locale: string; department: number | null; updatedAt: Date; updatedBy: number | null }[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db
    .selectFrom('mail_template')
    .select(['key', 'locale', 'department_id as department', 'updated_at as updatedAt', 'updated_by as updatedBy'])
    .orderBy('key')
    .execute()
  return rows
}
