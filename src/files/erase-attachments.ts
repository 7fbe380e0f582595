import type { Context } from '#core/context.ts'

/** Takes away every file of owners that are erased themselves. Their bytes stay until nothing refers to them any more. */
export async function eraseAttachments(ctx: Context, ownerKind: string, owners: readonly number[]): Promise<void> {
  if (owners.length === 0) return
  await ctx.db
    .deleteFrom('attachment')
    .where('owner_kind', '=', ownerKind)
    .where('owner_id', 'in', [...owners])
    .execute()
}
