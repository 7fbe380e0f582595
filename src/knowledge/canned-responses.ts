import { sql } from 'kysely'
import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import {
  type Attachment,
  attach,
  type FileOwner,
  type IncomingFile,
  listAttachments,
  removeAttachment,
  storeFiles,
} from '#files/attachments.ts'

export interface CannedResponse {
  id: number
  name: string
  /** Plain text with variables. */
  body: string
  /** null: any language. */
  locale: string | null
  /** Empty: every department. */
  departments: number[]
  isArchived: boolean
}

export const cannedResponsesCache = defineCached<CannedResponse[]>('canned responses', async (ctx) => {
  const rows = await ctx.db
    .selectFrom('canned_response')
    .select(['id', 'name', 'body', 'locale', 'departments', 'archived_at'])
    .orderBy('position')
    .orderBy('name')
    .execute()
  return rows.map(({ archived_at, ...row }) => ({
    ...row,
    departments: row.departments.map(Number),
    isArchived: archived_at !== null,
  }))
})

/** All of them, archived ones too, in their order. */
export const readCannedResponses = (ctx: Context): Promise<CannedResponse[]> => cached(ctx, cannedResponsesCache)

/** Those that agents of a department use, the ones in the customer's language first. */
export async function cannedResponsesFor(ctx: Context, department: number, locale: string | null): Promise<CannedResponse[]> {
  const language = (tag: string | null): string | null => tag?.split('-')[0]?.toLowerCase() ?? null
  const wanted = language(locale)
  const rank = (one: CannedResponse): number => (one.locale === null ? 1 : language(one.locale) === wanted ? 0 : 2)
  return (await readCannedResponses(ctx))
    .filter((one) => !one.isArchived && (one.departments.length === 0 || one.departments.includes(department)))
    .sort((a, b) => rank(a) - rank(b))
}

/** How often each was used, by id. */
export async function cannedResponseUse(ctx: Context): Promise<Map<number, { count: number; lastUsedAt: Date | null }>> {
  const rows = await ctx.db.selectFrom('canned_response').select(['id', 'used_count', 'last_used_at']).execute()
  return new Map(rows.map((row) => [row.id, { count: row.used_count, lastUsedAt: row.last_used_at }]))
}

export const cannedResponseChanged = defineEvent<{ name: string; changes: Record<string, unknown> }>('canned_response.changed')

export const CannedResponseInput = z.object({
  name: z.string().trim().min(1).max(80),
  body: z.string().trim().min(1).max(20_000),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .nullable()
    .default(null),
  departments: z.array(z.number().int().positive()).max(200).default([]),
  archived: z.boolean().default(false),
})

const OWNER = 'canned_response'
const MOST_FILES = 10

/**
 * Creates a canned response (`id` null), or changes one; files are added to it. Administrators only.
 * Errors: Forbidden, NotFound, Invalid (name taken), TooLarge.
 */
export async function saveCannedResponse(
  ctx: Context,
  id: number | null,
  input: z.input<typeof CannedResponseInput>,
  files: readonly IncomingFile[] = [],
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(CannedResponseInput, input)
  const stored = await storeFiles(ctx, files)
  return transact(ctx, async (ctx) => {
    const now = ctx.clock.now()
    const set = {
      name: given.name,
      body: given.body.replaceAll('\r\n', '\n'),
      locale: given.locale,
      departments: given.departments,
      archived_at: given.archived ? now : null,
    }
    const row = await (id === null
      ? ctx.db
          .insertInto('canned_response')
          .values({
            ...set,
            created_at: now,
            position: sql<number>`(select coalesce(max(position), 0) + 1 from canned_response)`,
          })
          .returning('id')
          .executeTakeFirst()
      : ctx.db.updateTable('canned_response').set(set).where('id', '=', id).returning('id').executeTakeFirst()
    ).catch((error: { code?: string }) => {
      if (error.code === '23505') throw invalid('/name', 'nameTaken')
      throw error
    })
    if (!row) throw notFound()
    if (stored.length > 0) {
      if ((await listAttachments(ctx, OWNER, [row.id])).length + stored.length > MOST_FILES)
        throw new AppError('too_large', 'tooManyFiles', { params: { max: MOST_FILES } })
      await attach(ctx, { kind: OWNER, id: row.id }, stored)
    }
    await emit(
      ctx,
      cannedResponseChanged({
        subject: { kind: 'canned_response', id: row.id },
        data: { name: given.name, changes: { ...given } },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, cannedResponsesCache)
    return { id: row.id }
  })
}

/** Files of these responses, oldest first. */
export const cannedResponseFiles = (ctx: Context, ids: readonly number[]): Promise<Attachment[]> =>
  listAttachments(ctx, OWNER, ids)

/** Takes a file away. Errors: Forbidden, NotFound. */
export async function removeCannedFile(ctx: Context, attachment: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await removeAttachment(ctx, attachment)
}

/** Counts a use. It is no change of the response: nothing is told and no cache is dropped. */
export async function countCannedUse(ctx: Context, id: number): Promise<void> {
  await ctx.db
    .updateTable('canned_response')
    .set({ used_count: sql`used_count + 1`, last_used_at: ctx.clock.now() })
    .where('id', '=', id)
    .execute()
}

/** Files that hang on canned responses: agents read them, administrators take them away. */
export const cannedFiles: FileOwner = {
  name: OWNER,
  mayRead: async (ctx) => ctx.actor.kind === 'agent',
  mayChange: async (ctx) => ctx.actor.administrator,
}
