import { sql } from 'kysely'
import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'

/** A tag's colour is one of the design system's meanings, so that it is readable in light and dark. */
export const tagColours = ['neutral', 'accent', 'danger', 'warning', 'success', 'info'] as const
export type TagColour = (typeof tagColours)[number]

export interface Tag {
  id: number
  name: string
  colour: TagColour
  isArchived: boolean
}

export const tagCreated = defineEvent<{ name: string }>('tag.created')
export const tagChanged = defineEvent<{ from: string; to: string; archived: boolean }>('tag.changed')

const tagsCache = defineCached<Tag[]>('tags', async (ctx) => {
  const rows = await ctx.db.selectFrom('tag').selectAll().execute()
  // In an order that no database's collation changes.
  return rows
    .map((row) => ({ id: row.id, name: row.name, colour: row.colour, isArchived: row.archived_at !== null }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
})

/** All tags by name, archived ones too: what they mark still shows them. */
export const readTags = (ctx: Context): Promise<Tag[]> => cached(ctx, tagsCache)

const lowerName = sql<string>`lower(name)`

/** Commas part tags where they are typed, so no name has one. */
export const TagName = z
  .string()
  .transform((name) => name.replace(/[\s,]+/g, ' ').trim())
  .pipe(z.string().min(1).max(40))

/** Whether the actor's new words become tags. */
export const mayCreateTag = async (ctx: Context): Promise<boolean> =>
  ctx.actor.administrator || (ctx.actor.may('ticket.edit') && (await readSettings(ctx))['tags.agentsMayCreate'])

/**
 * The tag of this name, whatever its case; made when it is new and the actor may. An archived one comes back with it. The pointer
 * names the field that holds the name. Errors: Invalid.
 */
export async function findOrCreateTag(ctx: Context, typed: string, pointer: string): Promise<Tag> {
  const parsed = TagName.safeParse(typed)
  if (!parsed.success) throw invalid(pointer, typed.trim() ? 'tooLong' : 'required', { max: 40 })
  const name = parsed.data
  const found = (await readTags(ctx)).find((tag) => tag.name.toLowerCase() === name.toLowerCase())
  if (found && !found.isArchived) return found
  if (!(await mayCreateTag(ctx))) throw invalid(pointer, 'tagUnknown', { name })
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .insertInto('tag')
      .values({ name, created_at: ctx.clock.now() })
      .onConflict((conflict) => conflict.expression(lowerName).doUpdateSet({ archived_at: null }))
      .returning(['id', 'name', 'colour'])
      .executeTakeFirstOrThrow()
    dropCached(ctx, tagsCache)
    await emit(ctx, tagCreated({ subject: { kind: 'tag', id: row.id }, data: { name: row.name }, facts: { internal: true } }))
    return { ...row, isArchived: false }
  })
}

export const TagInput = z.object({ name: TagName, colour: z.enum(tagColours), archived: z.boolean().default(false) })

/** Makes or changes a tag. Errors: Forbidden, NotFound, Invalid at /name. */
export async function saveTag(ctx: Context, id: number | null, input: z.input<typeof TagInput>): Promise<number> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(TagInput, input)
  return transact(ctx, async (ctx) => {
    const before =
      id === null
        ? null
        : ((await ctx.db.selectFrom('tag').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) ?? null)
    if (id !== null && !before) throw notFound()
    const taken = (await readTags(ctx)).some((tag) => tag.id !== id && tag.name.toLowerCase() === given.name.toLowerCase())
    if (taken) throw invalid('/name', 'nameTaken')
    const now = ctx.clock.now()
    const values = { name: given.name, colour: given.colour, archived_at: given.archived ? (before?.archived_at ?? now) : null }
    const { id: saved } = before
      ? await ctx.db.updateTable('tag').set(values).where('id', '=', before.id).returning('id').executeTakeFirstOrThrow()
      : await ctx.db
          .insertInto('tag')
          .values({ ...values, created_at: now })
          .returning('id')
          .executeTakeFirstOrThrow()
    dropCached(ctx, tagsCache)
    const subject = { kind: 'tag', id: saved }
    await emit(
      ctx,
      before
        ? tagChanged({
            subject,
            data: { from: before.name, to: given.name, archived: given.archived },
            facts: { internal: true },
          })
        : tagCreated({ subject, data: { name: given.name }, facts: { internal: true } }),
    )
    return saved
  })
}
