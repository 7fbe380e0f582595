import { sql } from 'kysely'
import type { Context } from '#core/context.ts'

export interface MovedEntries {
  entries: number[]
  /** Message-IDs by which answers find the thread. */
  references: string[]
}

/**
 * Moves entries of one thread to another, all of them or those named, with the Message-IDs that lead to them; each keeps the thread
 * it was first written in. References of the whole thread go along with all entries. The caller holds both owners.
 */
export async function moveEntries(ctx: Context, from: number, to: number, only?: readonly number[]): Promise<MovedEntries> {
  const moved = await ctx.db
    .updateTable('thread_entry')
    .set({ thread_id: to, origin_thread_id: sql<number>`coalesce(origin_thread_id, thread_id)` })
    .where('thread_id', '=', from)
    .$if(only !== undefined, (query) => query.where('id', 'in', only!.length > 0 ? [...only!] : [-1]))
    .returning('id')
    .execute()
  const entries = moved.map((row) => row.id)
  return { entries, references: await moveReferences(ctx, from, to, only === undefined ? 'all' : entries) }
}

/** A Message-ID that the other thread knows already stays where it is. */
async function moveReferences(ctx: Context, from: number, to: number, which: 'all' | number[]): Promise<string[]> {
  const { rows } = await sql<{ message_id: string }>`update message_reference r set thread_id = ${to}
    where r.thread_id = ${from} and (${which === 'all'}::boolean or r.entry_id = any(${which === 'all' ? [] : which}::bigint[]))
      and not exists (select from message_reference o where o.thread_id = ${to} and o.message_id = r.message_id)
    returning r.message_id`.execute(ctx.db)
  return rows.map((row) => row.message_id)
}

/** Puts back what `moveEntries` moved, as far as it is still there. */
export async function returnEntries(ctx: Context, from: number, to: number, moved: MovedEntries): Promise<void> {
  if (moved.entries.length > 0) {
    await ctx.db
      .updateTable('thread_entry')
      .set({ thread_id: to, origin_thread_id: sql<number | null>`nullif(origin_thread_id, ${to})` })
      .where('thread_id', '=', from)
      .where('id', 'in', moved.entries)
      .execute()
  }
  await sql`update message_reference r set thread_id = ${to} where r.thread_id = ${from} and r.message_id = any(${moved.references}::text[])
    and not exists (select from message_reference o where o.thread_id = ${to} and o.message_id = r.message_id)`.execute(ctx.db)
}

/** A new thread that begins with one entry of another. The caller holds the owner of the old one. */
export async function splitThread(ctx: Context, ownerKind: string, from: number, entry: number): Promise<number> {
  const { id } = await ctx.db
    .insertInto('thread')
    .values({ owner_kind: ownerKind, created_at: ctx.clock.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  await moveEntries(ctx, from, id, [entry])
  return id
}

/** The newest entry of a thread, of those that a list shows, and whether there is a message of the customer. */
export async function entriesLeft(ctx: Context, thread: number): Promise<{ newest: number | null; messages: number }> {
  const row = await ctx.db
    .selectFrom('thread_entry')
    .select((eb) => [eb.fn.max('id').as('newest'), eb.fn.countAll<number>().filterWhere('kind', '=', 'message').as('messages')])
    .where('thread_id', '=', thread)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { newest: row.newest === null ? null : Number(row.newest), messages: Number(row.messages) }
}
