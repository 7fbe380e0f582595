import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { applies, type FilterFacts, type TicketFilter } from '#routing/filters.ts'
import { visibleTickets } from './ticket-access.ts'

const MONTH_SECONDS = 30 * 86_400
const MOST = 1_000

export interface Trial {
  /** Tickets that were looked at: those of the last month, the newest thousand. */
  tried: number
  touched: Array<{ number: string; subject: string; createdAt: Date }>
}

/**
 * "Which of last month's tickets would this have touched?": a filter on the first messages of tickets that the asker may see. Criteria
 * on headers, spam and automatic mail find nothing here, since a ticket keeps none of them. Errors: Forbidden.
 */
export async function tryFilter(ctx: Context, filter: Pick<TicketFilter, 'needs' | 'criteria'>): Promise<Trial> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db
    .selectFrom('ticket')
    .innerJoin('end_user', 'end_user.id', 'ticket.requester_id')
    .innerJoin('thread_entry', (join) =>
      join.on('thread_entry.id', '=', (eb) =>
        eb
          .selectFrom('thread_entry as first')
          .select((first) => first.fn.min('first.id').as('id'))
          .whereRef('first.thread_id', '=', 'ticket.thread_id'),
      ),
    )
    .select(['ticket.number', 'ticket.subject', 'ticket.created_at', 'ticket.channel', 'end_user.address', 'end_user.name'])
    .select(['thread_entry.body_text', 'thread_entry.visible_text', 'thread_entry.verdict', 'thread_entry.recipients'])
    .where('ticket.created_at', '>=', addSeconds(ctx.clock.now(), -MONTH_SECONDS))
    .where(visibleTickets(ctx.actor) as never)
    .orderBy('ticket.id', 'desc')
    .limit(MOST)
    .execute()
  const touched = rows.filter((row) => {
    const sentTo = (row.recipients ?? { to: [], cc: [] }) as { to: { address: string }[]; cc: { address: string }[] }
    const facts: FilterFacts = {
      sender: row.address,
      senderName: row.name,
      recipients: [...sentTo.to, ...sentTo.cc].map((one) => one.address),
      subject: row.subject,
      body: row.visible_text ?? row.body_text,
      headers: () => [],
      channel: row.channel,
      verdict: row.verdict ?? '',
      spam: false,
      automatic: false,
    }
    return applies(filter, facts)
  })
  return {
    tried: rows.length,
    touched: touched.map((row) => ({ number: row.number, subject: row.subject, createdAt: row.created_at })),
  }
}
