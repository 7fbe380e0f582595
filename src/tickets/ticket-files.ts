import type { Context } from '#core/context.ts'
import type { FileOwner } from '#files/attachments.ts'
import { ownDraft } from '#threads/drafts.ts'
import { readEntry } from '#threads/entries.ts'
import { seeTicket } from './ticket-access.ts'

const seen = async (ctx: Context, thread: number): Promise<boolean> => {
  try {
    await seeTicket(ctx, { thread })
    return true
  } catch {
    return false
  }
}

/** Files of messages, replies and notes: whoever sees the ticket, and the entry in it. */
export const entryFiles: FileOwner = {
  name: 'entry',
  async mayRead(ctx, entryId) {
    const entry = await readEntry(ctx, entryId)
    if (!entry) return false
    const isCustomer = ctx.actor.kind === 'user' || ctx.actor.kind === 'guest'
    if (isCustomer && (entry.kind === 'note' || entry.releasedAt === null)) return false
    return seen(ctx, entry.threadId)
  },
  mayChange: async () => false,
  async isThere(ctx, entryId) {
    const row = await ctx.db
      .selectFrom('thread_entry')
      .innerJoin('ticket', 'ticket.thread_id', 'thread_entry.thread_id')
      .select('ticket.id')
      .where('thread_entry.id', '=', entryId)
      .where('thread_entry.deleted_at', 'is', null)
      .where('ticket.deleted_at', 'is', null)
      .where('ticket.place', '<>', 'trash')
      .executeTakeFirst()
    return row !== undefined
  },
}

/** Files of what an agent is writing: that agent alone. */
export const draftFiles: FileOwner = {
  name: 'draft',
  mayRead: async (ctx, draftId) => (await ownDraft(ctx, draftId)) !== null,
  mayChange: async (ctx, draftId) => (await ownDraft(ctx, draftId)) !== null,
}
