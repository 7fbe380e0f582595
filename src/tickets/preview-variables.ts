import type { Context } from '#core/context.ts'
import { findEndUser } from '#people/end-users.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { readEntries, visibleText } from '#threads/entries.ts'
import { ticketVariables } from './outgoing.ts'
import { visibleTickets } from './ticket-access.ts'
import { ticketColumns, ticketOf } from './ticket-store.ts'

/**
 * The values of every mail template, filled from the newest ticket that the actor may see; links and other people's names are
 * examples. null when there is no ticket yet.
 */
export async function previewVariables(ctx: Context): Promise<{ number: string; variables: Record<string, unknown> } | null> {
  const row = await ctx.db
    .selectFrom('ticket')
    .select(ticketColumns)
    .where((eb) => visibleTickets(ctx.actor)(eb))
    .where('ticket.place', '=', 'desk')
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
      department: '',
      link: `${(variables.desk as { url: string }).url}/example`,
    },
  }
}
