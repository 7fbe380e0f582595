import type { Context } from '#core/context.ts'
import {
  clearStatusOnRelease,
  countBefore,
  type Entry,
  insertEntry,
  insertReference,
  insertThread,
  type NewEntry,
  selectArrivals,
  selectEntries,
  selectEntry,
  selectFirstEntryId,
  selectLastMessage,
  selectMessageIds,
  selectUnreleased,
  updateEntry,
} from './entry-store.ts'

export type { Entry, EntryChannel, EntryKind, EntrySide, NewEntry, Recipients } from './entry-store.ts'

/** A new thread with its first entry, in the caller's transaction. */
export const startThread = (ctx: Context, ownerKind: string, entry: NewEntry): Promise<{ thread: number; entry: number }> =>
  insertThread(ctx, ownerKind, entry)

/** One more entry. The owner's verb has passed its gate and holds its row. */
export const addEntry = (ctx: Context, thread: number, entry: NewEntry): Promise<number> => insertEntry(ctx, thread, entry)

/** Answers to this Message-ID belong to the thread. */
export const rememberMessageId = (ctx: Context, messageId: string, thread: number, entry: number | null): Promise<void> =>
  insertReference(ctx, messageId, thread, entry)

/** The gate is the thread's owner: call only with a thread that the actor was let to. */
export const readEntries = (
  ctx: Context,
  thread: number,
  options: { audience: 'agent' | 'customer'; limit?: number; before?: number; after?: number },
): Promise<Entry[]> => selectEntries(ctx, thread, options)

/** How many entries lie before one, for "show earlier". The gate is the thread's owner. */
export const countEntriesBefore = (ctx: Context, thread: number, entry: number): Promise<number> =>
  countBefore(ctx, thread, entry)

export const readEntry = (ctx: Context, id: number): Promise<Entry | null> => selectEntry(ctx, id)

/** The entry with its row locked, for its owner's verb. */
export const lockEntry = (ctx: Context, id: number): Promise<Entry | null> => selectEntry(ctx, id, true)

/** The message that began the thread. */
export const firstEntryOf = (ctx: Context, thread: number): Promise<number | null> => selectFirstEntryId(ctx, thread)

/** For In-Reply-To and References, oldest first. */
export const messageIdsOf = (ctx: Context, thread: number, limit = 20): Promise<string[]> => selectMessageIds(ctx, thread, limit)

/** Messages and replies by others since the writer last looked. */
export const arrivalsSince = (ctx: Context, thread: number, entry: number, agent: number | null): Promise<Entry[]> =>
  selectArrivals(ctx, thread, entry, agent)

/** The customer's newest message. `trusted`: none that may not be from who it says, for quoting it to somebody. */
export const lastMessage = (ctx: Context, thread: number, options: { trusted: boolean }): Promise<Entry | null> =>
  selectLastMessage(ctx, thread, options)

/** Replies that can still be withdrawn set no status any more when they leave. */
export const keepStatus = (ctx: Context, thread: number): Promise<void> => clearStatusOnRelease(ctx, thread)

/** A note becomes a message that the customer sees. */
export const showToCustomer = (ctx: Context, id: number): Promise<void> => updateEntry(ctx, id, { kind: 'message' })

/** From now on the world sees it. */
export const releaseEntry = (ctx: Context, id: number): Promise<void> => updateEntry(ctx, id, { released_at: ctx.clock.now() })

/** A reply taken back before it left. */
export const removeEntry = (ctx: Context, id: number): Promise<void> => updateEntry(ctx, id, { deleted_at: ctx.clock.now() })

/** The HTML once its inline pictures have their lasting names. */
export const setEntryHtml = (ctx: Context, id: number, html: string): Promise<void> => updateEntry(ctx, id, { body_html: html })

/** No undo window is longer, in seconds; a reply that waits longer was given a time to leave at. */
export const LONGEST_UNDO_SECONDS = 60

/** Whether a reply waits for the time its writer chose, beyond any undo window. */
export const isScheduled = (entry: Pick<Entry, 'releasedAt' | 'sendsAt' | 'createdAt'>): boolean =>
  entry.releasedAt === null &&
  entry.sendsAt !== null &&
  entry.sendsAt.getTime() - entry.createdAt.getTime() > LONGEST_UNDO_SECONDS * 1000

/** When the world sees it: a reply that waited for its time stands where it left, not where it was written. */
export const shownAt = (entry: Pick<Entry, 'releasedAt' | 'sendsAt' | 'createdAt'>): Date => {
  const leaves = entry.releasedAt ?? entry.sendsAt
  return leaves !== null && leaves.getTime() - entry.createdAt.getTime() > LONGEST_UNDO_SECONDS * 1000 ? leaves : entry.createdAt
}

/** Replies of a thread that wait for the time their writer chose, oldest first. */
export const scheduledEntries = (ctx: Context, thread: number): Promise<Entry[]> =>
  selectUnreleased(ctx, thread).then((entries) => entries.filter(isScheduled))

/** It leaves at another time than it was posted for. */
export const moveEntrySending = (ctx: Context, id: number, sendsAt: Date): Promise<void> =>
  updateEntry(ctx, id, { sends_at: sendsAt })

/** What a reader sees first: the new words, without history and signature. */
export const visibleText = (entry: Pick<Entry, 'visibleText' | 'bodyText'>): string => entry.visibleText ?? entry.bodyText

/** First line worth showing in a list, at most 160 characters. */
export function previewOf(text: string): string {
  const line = text
    .slice(0, 2000)
    .split('\n')
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part && !/^(hi|hello|hey|dear|hallo|guten tag|bonjour|hola)\b[^.!?]{0,30}[,!.]?$/i.test(part))
    .join(' ')
  return (line || text.replace(/\s+/g, ' ').trim()).slice(0, 160)
}
