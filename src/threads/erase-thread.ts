import type { Context } from '#core/context.ts'
import { eraseAttachments } from '#files/erase-attachments.ts'

/** Erases all that was written on a thread, with its files, drafts and people. The thread itself stays, empty. */
export async function eraseThread(ctx: Context, thread: number): Promise<{ entries: number[] }> {
  const entries = (await ctx.db.deleteFrom('thread_entry').where('thread_id', '=', thread).returning('id').execute()).map(
    (row) => row.id,
  )
  const drafts = (await ctx.db.deleteFrom('draft').where('thread_id', '=', thread).returning('id').execute()).map((row) => row.id)
  await eraseAttachments(ctx, 'entry', entries)
  await eraseAttachments(ctx, 'draft', drafts)
  await ctx.db.deleteFrom('message_reference').where('thread_id', '=', thread).execute()
  await ctx.db.deleteFrom('third_party').where('thread_id', '=', thread).execute()
  await ctx.db.deleteFrom('collaborator').where('thread_id', '=', thread).execute()
  return { entries }
}
