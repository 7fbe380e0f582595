import type { Context } from '#core/context.ts'

/** Nothing finds it any more. */
export async function eraseDocument(ctx: Context, kind: string, id: number): Promise<void> {
  await ctx.db.deleteFrom('search_document').where('kind', '=', kind).where('id', '=', id).execute()
}
