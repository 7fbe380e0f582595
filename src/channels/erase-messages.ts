import type { Context } from '#core/context.ts'

/**
 * Erases the mails that were sent about a ticket or wait to be, and what the log says of those that came. That a mail came stays
 * known, so that the same one is not taken in again.
 */
export async function eraseMessages(ctx: Context, ticket: number): Promise<void> {
  await ctx.db.deleteFrom('outbound_message').where('ticket_id', '=', ticket).execute()
  await ctx.db.updateTable('inbound_message').set({ summary: null }).where('ticket_id', '=', ticket).execute()
}
