import type { Context } from '#core/context.ts'

/**
 * Remembers under which id a thread stood at the desk that it was imported from, so that answers to that desk's old mails find it.
 * For the import; a thread that is imported twice keeps its newest place.
 */
export async function rememberImportedThread(
  ctx: Context,
  at: { source: 'osticket'; id: number; thread: number },
): Promise<void> {
  await ctx.db
    .insertInto('imported_thread')
    .values({ source: at.source, source_id: at.id, thread_id: at.thread })
    .onConflict((conflict) => conflict.columns(['source', 'source_id']).doUpdateSet({ thread_id: at.thread }))
    .execute()
}
