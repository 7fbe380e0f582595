import type { Context } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { transact } from '#core/transact.ts'
import type { OutboundState } from './outbound-message.ts'
import { releaseOutbound } from './outbound-store.ts'

/**
 * Tries a message again now that failed, is held, or waits for its next try. `ticket` names whose message it must be: the caller has
 * passed that ticket's gate. null is for administrators. Errors: NotFound, Conflict (it has left, or is leaving).
 */
export async function retryOutbound(ctx: Context, id: number, ticket: number | null): Promise<void> {
  if (ticket === null && !ctx.actor.administrator) throw notFound()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('outbound_message')
      .select(['id', 'ticket_id'])
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row || (ticket !== null && row.ticket_id !== ticket)) throw notFound()
    const states: OutboundState[] = ['failed', 'held', 'waiting']
    if ((await releaseOutbound(ctx, { ids: [id], states })) === 0) throw new AppError('conflict', 'conflict')
  })
}

/** What became of messages, for screens: of a ticket's entries, or (administrators) of all that failed or are held. */
export interface Delivery {
  id: number
  entry: number | null
  ticket: number | null
  recipient: string
  state: OutboundState
  sendsAt: Date
  attempts: number
  /** A key under `mail.failure`. */
  failure: string | null
  error: string | null
  sentAt: Date | null
}

/** Messages that need a person, newest first: failed or held. Errors: NotFound for who is no administrator. */
export async function troubledOutbound(ctx: Context, limit = 100): Promise<Delivery[]> {
  if (!ctx.actor.administrator) throw notFound()
  return ctx.db
    .selectFrom('outbound_message')
    .select([
      'id',
      'entry_id as entry',
      'ticket_id as ticket',
      'recipient',
      'state',
      'sends_at as sendsAt',
      'attempts',
      'failure',
      'last_error as error',
      'sent_at as sentAt',
    ])
    .where('state', 'in', ['failed', 'held'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}
