import type { Context } from '#core/context.ts'

export interface Collaborator {
  endUserId: number
  name: string
  address: string
}

/**
 * Puts people on copy; those who are already stay. Returns who is new on copy. Those who waited for approval and are now put there by
 * somebody who may are new. The caller has passed the thread's gate.
 */
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
    .onConflict((conflict) =>
      conflict
        .columns(['thread_id', 'end_user_id'])
        .doUpdateSet({ pending_at: null, added_at: ctx.clock.now(), added_by: addedBy })
        .where('collaborator.pending_at', 'is not', null),
    )
    .returning('end_user_id')
    .execute()
  return rows.map((row) => row.end_user_id)
}

/** Names people for copy until somebody approves it: they get no mail and see nothing. Returns who is new among them. */
export async function proposeCollaborators(
  ctx: Context,
  thread: number,
  endUsers: readonly number[],
  addedBy: string,
): Promise<number[]> {
  if (endUsers.length === 0) return []
  const now = ctx.clock.now()
  const rows = await ctx.db
    .insertInto('collaborator')
    .values(endUsers.map((id) => ({ thread_id: thread, end_user_id: id, added_at: now, added_by: addedBy, pending_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('end_user_id')
    .execute()
  return rows.map((row) => row.end_user_id)
}

/** Takes back who was only named for copy; whoever was approved since stays. */
export async function withdrawProposals(ctx: Context, thread: number, endUsers: readonly number[]): Promise<void> {
  if (endUsers.length === 0) return
  await ctx.db
    .deleteFrom('collaborator')
    .where('thread_id', '=', thread)
    .where('end_user_id', 'in', [...endUsers])
    .where('pending_at', 'is not', null)
    .execute()
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

/** Who is on copy, by name. */
export const collaboratorsOf = async (ctx: Context, thread: number): Promise<Collaborator[]> =>
  (await namedCollaborators(ctx, thread)).onCopy

/** Who is on copy, and whom mails named for it and nobody has approved yet; by name. */
export async function namedCollaborators(
  ctx: Context,
  thread: number,
): Promise<{ onCopy: Collaborator[]; proposed: Collaborator[] }> {
  const rows = await ctx.db
    .selectFrom('collaborator')
    .innerJoin('end_user', 'end_user.id', 'collaborator.end_user_id')
    .select(['end_user.id', 'end_user.name', 'end_user.address', 'collaborator.pending_at'])
    .where('thread_id', '=', thread)
    .orderBy('end_user.name')
    .execute()
  const listed = (pending: boolean): Collaborator[] =>
    rows
      .filter((row) => (row.pending_at !== null) === pending)
      .map((row) => ({ endUserId: row.id, name: row.name, address: row.address }))
  return { onCopy: listed(false), proposed: listed(true) }
}
