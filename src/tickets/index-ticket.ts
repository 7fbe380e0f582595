import type { Context } from '#core/context.ts'
import { findEndUser } from '#people/end-users.ts'
import { indexDocument } from '#search/search-documents.ts'
import type { Ticket } from './ticket-store.ts'

/** Keeps what a ticket is found by: its number and subject, those of tickets that were merged into it, and who asks. */
export async function indexTicket(ctx: Context, ticket: Ticket): Promise<void> {
  const requester = await findEndUser(ctx, ticket.requesterId)
  const merged = await ctx.db
    .selectFrom('ticket')
    .innerJoin('end_user', 'end_user.id', 'ticket.requester_id')
    .select(['ticket.number', 'ticket.subject', 'end_user.name', 'end_user.address'])
    .where('ticket.merged_into_id', '=', ticket.id)
    .execute()
  await indexDocument(ctx, {
    kind: 'ticket',
    id: ticket.id,
    publicText: [
      ticket.number,
      ticket.subject,
      requester?.name ?? null,
      requester?.address ?? null,
      ...merged.flatMap((row) => [row.number, row.subject, row.name, row.address]),
    ],
  })
}
