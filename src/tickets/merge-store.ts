import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import type { MovedEntries } from '#threads/move-entries.ts'

/** All that a merge moved or added, so that it can be put back exactly. */
export interface Moved extends MovedEntries {
  numbers: string[]
  tags: number[]
  followers: number[]
  copies: number[]
  /** Tickets whose parent the merged one was. */
  children: number[]
  /** What agents were writing; not kept by merges of before. */
  drafts?: number[]
  /** Who was named for copy and waits for approval; not kept by merges of before. */
  proposed?: number[]
}

/** Takes the merged ticket out of every list and keeps what was done. Returns the merge's id. */
export async function hideMerged(ctx: Context, target: number, source: number, moved: Moved): Promise<number> {
  const now = ctx.clock.now()
  await ctx.db
    .updateTable('ticket')
    .set({ merged_into_id: target, deleted_at: now, updated_at: now })
    .where('id', '=', source)
    .execute()
  const { id } = await ctx.db
    .insertInto('ticket_merge')
    .values({ target_id: target, source_id: source, at: now, moved: JSON.stringify(moved) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export interface Merge {
  id: number
  target: number
  source: number
  moved: Moved
}

/** Merges that stand, newest first. */
export async function standingMerges(ctx: Context, ids: readonly number[]): Promise<Merge[]> {
  const rows = await ctx.db
    .selectFrom('ticket_merge')
    .selectAll()
    .where('id', 'in', ids.length > 0 ? [...ids] : [-1])
    .where('undone_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ id: row.id, target: row.target_id, source: row.source_id, moved: row.moved as Moved }))
}

export async function showAgain(ctx: Context, merge: Merge): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.updateTable('ticket_merge').set({ undone_at: now }).where('id', '=', merge.id).execute()
  await ctx.db
    .updateTable('ticket')
    .set({ merged_into_id: null, deleted_at: null, updated_at: now })
    .where('id', '=', merge.source)
    .where('merged_into_id', '=', merge.target)
    .execute()
}

/** Mentions go where their notes go: all of a ticket, or those of some entries. */
export async function moveMentions(ctx: Context, from: number, to: number, entries?: readonly number[]): Promise<void> {
  await ctx.db
    .updateTable('ticket_mention')
    .set({ ticket_id: to })
    .where('ticket_id', '=', from)
    .$if(entries !== undefined, (query) => query.where('entry_id', 'in', entries!.length > 0 ? [...entries!] : [-1]))
    .execute()
}

/** Returns who got the other parent. */
export async function reparent(ctx: Context, from: number, to: number, only?: readonly number[]): Promise<number[]> {
  const rows = await ctx.db
    .updateTable('ticket')
    .set({ parent_id: to })
    .where('parent_id', '=', from)
    .where('id', '<>', to)
    .$if(only !== undefined, (query) => query.where('id', 'in', only!.length > 0 ? [...only!] : [-1]))
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export async function dropFollowers(ctx: Context, ticket: number, agents: readonly number[]): Promise<void> {
  if (agents.length === 0) return
  await ctx.db
    .deleteFrom('ticket_follower')
    .where('ticket_id', '=', ticket)
    .where('agent_id', 'in', [...agents])
    .execute()
}

/** A ticket with all that were merged into it, also through another: its own id and thread first. */
export async function mergedInto(
  ctx: Context,
  ticket: { id: number; threadId: number },
): Promise<{ id: number; threadId: number }[]> {
  const { rows } = await sql<{ id: number; thread: number }>`with recursive down as (
      select id, thread_id from ticket where merged_into_id = ${ticket.id}
      union all select t.id, t.thread_id from ticket t join down on t.merged_into_id = down.id
    ) select id, thread_id as thread from down`.execute(ctx.db)
  return [
    { id: ticket.id, threadId: ticket.threadId },
    ...rows.map((row) => ({ id: Number(row.id), threadId: Number(row.thread) })),
  ]
}
