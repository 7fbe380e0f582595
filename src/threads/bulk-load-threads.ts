import type { Context } from '#core/context.ts'
import type { EntryChannel, EntryKind } from './entries.ts'

const CHUNK = 500

export interface LoadedEntry {
  /** Index of its thread in the list. */
  thread: number
  kind: EntryKind
  channel: EntryChannel
  author: { kind: 'agent' | 'user' | 'system'; id: number | null; name: string; address: string | null }
  bodyText: string
  bodyHtml: string | null
  createdAt: Date
}

/** Many threads at once, without events. For import, seeding and tests. Returns their ids, in order. */
export async function bulkLoadThreads(ctx: Context, ownerKind: string, createdAt: readonly Date[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < createdAt.length; at += CHUNK) {
    const rows = await ctx.db
      .insertInto('thread')
      .values(createdAt.slice(at, at + CHUNK).map((time) => ({ owner_kind: ownerKind, created_at: time })))
      .returning('id')
      .execute()
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

/** Entries of threads that were just loaded; all of them released. Returns their ids, in order. */
export async function bulkLoadEntries(
  ctx: Context,
  threads: readonly number[],
  entries: readonly LoadedEntry[],
): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < entries.length; at += CHUNK) {
    const rows = await ctx.db
      .insertInto('thread_entry')
      .values(
        entries.slice(at, at + CHUNK).map((entry) => ({
          thread_id: threads[entry.thread]!,
          kind: entry.kind,
          channel: entry.channel,
          author_kind: entry.author.kind,
          author_id: entry.author.id,
          author_name: entry.author.name,
          author_address: entry.author.address,
          body_text: entry.bodyText,
          body_html: entry.bodyHtml,
          created_at: entry.createdAt,
          released_at: entry.createdAt,
        })),
      )
      .returning('id')
      .execute()
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}
