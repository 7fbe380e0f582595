import type { Context } from '#core/context.ts'

export interface NewAttachment {
  blob: string
  name: string
  contentType: string
  size: number
  contentId?: string | null
  isInline?: boolean
}

export interface Attachment {
  id: number
  ownerKind: string
  ownerId: number
  blob: string
  name: string
  contentType: string
  size: number
  contentId: string | null
  isInline: boolean
}

const COLUMNS = ['id', 'owner_kind', 'owner_id', 'blob', 'name', 'content_type', 'size', 'content_id', 'is_inline'] as const

type Row = {
  id: number
  owner_kind: string
  owner_id: number
  blob: string
  name: string
  content_type: string
  size: number
  content_id: string | null
  is_inline: boolean
}

const fromRow = (row: Row): Attachment => ({
  id: row.id,
  ownerKind: row.owner_kind,
  ownerId: row.owner_id,
  blob: row.blob,
  name: row.name,
  contentType: row.content_type,
  size: row.size,
  contentId: row.content_id,
  isInline: row.is_inline,
})

export async function insertAttachments(
  ctx: Context,
  owner: { kind: string; id: number },
  files: readonly NewAttachment[],
): Promise<Attachment[]> {
  if (files.length === 0) return []
  const rows = await ctx.db
    .insertInto('attachment')
    .values(
      files.map((file) => ({
        owner_kind: owner.kind,
        owner_id: owner.id,
        blob: file.blob,
        name: file.name,
        content_type: file.contentType,
        size: file.size,
        content_id: file.contentId ?? null,
        is_inline: file.isInline ?? false,
        created_at: ctx.clock.now(),
      })),
    )
    .returning(COLUMNS)
    .execute()
  return rows.map(fromRow)
}

export async function attachmentsOf(ctx: Context, kind: string, ids: readonly number[]): Promise<Attachment[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db
    .selectFrom('attachment')
    .select(COLUMNS)
    .where('owner_kind', '=', kind)
    .where('owner_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  return rows.map(fromRow)
}

export async function attachmentById(ctx: Context, id: number): Promise<Attachment | null> {
  const row = await ctx.db.selectFrom('attachment').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return row ? fromRow(row) : null
}

/** Gives attachments another owner: a draft's files become the reply's. */
export async function moveAttachments(
  ctx: Context,
  from: { kind: string; id: number },
  to: { kind: string; id: number },
  only?: readonly number[],
): Promise<void> {
  if (only && only.length === 0) return
  await ctx.db
    .updateTable('attachment')
    .set({ owner_kind: to.kind, owner_id: to.id })
    .where('owner_kind', '=', from.kind)
    .where('owner_id', '=', from.id)
    .$if(only !== undefined, (query) => query.where('id', 'in', [...(only ?? [])]))
    .execute()
}

export async function deleteAttachment(ctx: Context, id: number): Promise<void> {
  await ctx.db.deleteFrom('attachment').where('id', '=', id).execute()
}
