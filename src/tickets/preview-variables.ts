import type { Context } from '#core/context.ts'
import { findEndUser } from '#people/end-users.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { readEntries, visibleText } from '#threads/entries.ts'
import { ticketVariables } from './outgoing.ts'
import { visibleTickets } from './ticket-access.ts'
import { ticketColumns, ticketOf } from './ticket-store.ts'

/**
 * The values of every mail template, filled from a ticket that the actor may see (the newest one when none is named); links and other
 * people's names are examples. null when there is no such ticket.
 */
export async function previewVariables(
  ctx: Context,
  number: string | null = null,
): Promise<{ number: string; variables: Record<string, unknown> } | null> {
  const row = await ctx.db
    .selectFrom('ticket')
    .select(ticketColumns)
    .where((eb) => visibleTickets(ctx.actor)(eb))
    .$if(number !== null, (query) => query.where('ticket.number', '=', number!))
    .$if(number === null, (query) => query.where('ticket.place', '=', 'desk'))
    .orderBy('ticket.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const ticket = ticketOf(row)
  const requester = (await findEndUser(ctx, ticket.requesterId)) ?? { name: '' }
  const message = (await readEntries(ctx, ticket.threadId, { audience: 'customer', limit: 1 }))[0]
  const html = message ? textAsHtml(visibleText(message).slice(0, 2000)) : ''
  const variables = await ticketVariables(ctx, ticket, requester, { audience: 'customer' })
  return {
    number: ticket.number,
    variables: {
      ...variables,
      message_html: html,
      body_html: html,
      last_message_html: html,
      last_message_by: requester.name,
      last_message_at: variables.expected,
      signature: '',
      name: ctx.actor.name,
      agent: { name: ctx.actor.name },
      by: ctx.actor.name,
      department: (variables.ticket as { department: string }).department,
      assigned_to: ctx.actor.name,
      problem: '…',
      open_count: 3,
      link: `${(variables.desk as { url: string }).url}/example`,
    },
  }
}
