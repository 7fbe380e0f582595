import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { messageFailed } from './channel-events.ts'
import { messageFacts } from './deliver.ts'
import type { Bounce } from './email/screen-mail.ts'

/**
 * Writes on our own message that a server reported it undeliverable. A delay is only noted; a permanent or soft failure makes it
 * failed (`bounced`). Returns what the message was about, or null when it was none of ours.
 */
export async function noteBounce(
  ctx: Context,
  bounce: Bounce,
): Promise<{ message: number; ticket: number | null; entry: number | null; recipient: string | null } | null> {
  if (!bounce.originalMessageId) return null
  const original = bounce.originalMessageId
  return transact(ctx, async (ctx) => {
    const detail = [bounce.recipient, bounce.status, bounce.diagnostic].filter(Boolean).join(' ').slice(0, 2000)
    const row = await ctx.db
      .updateTable('outbound_message')
      .set(bounce.class === 'delayed' ? { last_error: detail } : { state: 'failed', failure: 'bounced', last_error: detail })
      .where('message_id', '=', original)
      .where('state', 'in', ['sent', 'failed', 'sending'])
      .returning(['id', 'ticket_id as ticket', 'entry_id as entry', 'kind'])
      .executeTakeFirst()
    if (!row) return null
    if (bounce.class !== 'delayed') {
      const event = messageFailed({
        subject: row.ticket === null ? { kind: 'message', id: row.id } : { kind: 'ticket', id: row.ticket },
        data: { message: row.id, entry: row.entry, kind: row.kind, reason: 'bounced' },
        facts: { internal: true },
      })
      await emit(ctx, { ...event, facts: await messageFacts(ctx, event) })
    }
    return { message: row.id, ticket: row.ticket, entry: row.entry, recipient: bounce.recipient }
  })
}
