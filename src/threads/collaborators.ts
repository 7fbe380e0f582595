import type { Context } from '#core/context.ts'

export interface Collaborator {
  endUserId: number
  name: string
  address: string
}

/** Puts people on copy; those who are already stay. Returns who is new. The caller has passed the thread's gate. */
export async function addCollaborators(
  ctx: Context,
  thread: number,
  endUsers: readonly number[],
  addedBy: string,
): Promise<number[]> {
  if (endUsers.length === 0) return []
  const rows = await ctx.db
    .insertInto('collaborator')
    .values(endUsers.map((id) => ({ thread_id: thread, end_user_id: id, added_at: ctx.clock.now(), added_by: addedBy })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('end_user_id')
    .execute()
  return rows.map((row) => row.end_user_id)
}

export async function removeCollaborator(ctx: Context, thread: number, endUser: number): Promise<boolean> {
  const row = await ctx.db
    .deleteFrom('collaborator')
    .where('thread_id', '=', thread)
    .where('end_user_id', '=', endUser)
    .returning('end_user_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function collaboratorsOf(ctx: Context, thread: number): Promise<Collaborator[]> {
  const rows = await ctx.db
    .selectFrom('collaborator')
    .innerJoin('end_user', 'end_user.id', 'collaborator.end_user_id')
    .select(['end_user.id', 'end_user.name', 'end_user.address'])
    .where('thread_id', '=', thread)
    .orderBy('end_user.name')
    .execute()
  return rows.map((row) => ({ endUserId: row.id, name: row.name, address: row.address }))
}
