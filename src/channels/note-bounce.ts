import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { markUndeliverable } from '#people/dead-addresses.ts'
import { messageFailed } from './channel-events.ts'
import { messageFacts } from './deliver.ts'
import { classifyFailure } from './email/failure-class.ts'
import type { Bounce } from './email/screen-mail.ts'
import { envelopeOf, type StoredContent } from './outbound-message.ts'

/** Failures that are the address's own, and so are shown wherever somebody is about to write to it. */
const OF_THE_ADDRESS = new Set(['unknown_address', 'unknown_domain', 'mailbox_full'])

/**
 * Writes on our own message that a server reported it undeliverable. A delay is only noted. Else the message failed, or, when it went to several and only some of them
 * came back, it is sent with those named; and the address is marked as one that mail comes back from. Only addresses that the message went to
 * count. Returns what the message was about, or null when it was none of ours.
 */
export async function noteBounce(
  ctx: Context,
  bounce: Bounce,
): Promise<{ message: number; ticket: number | null; entry: number | null; recipient: string | null } | null> {
  if (!bounce.originalMessageId) return null
  const original = bounce.originalMessageId
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('outbound_message')
      .select(['id', 'ticket_id as ticket', 'entry_id as entry', 'kind', 'state', 'content', 'refused', 'remaining', 'failure'])
      .where('message_id', '=', original)
      .where((eb) =>
        eb.or([
          eb('state', 'in', ['sent', 'failed', 'sending']),
          // Some have it already, and the rest is being tried again.
          eb.and([eb('state', 'in', ['waiting', 'held']), eb('remaining', 'is not', null)]),
        ]),
      )
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) return null
    const to = envelopeOf({ content: row.content as StoredContent, remaining: null }).map((address) => address.toLowerCase())
    const recipient = bounce.recipient?.toLowerCase() ?? (to.length === 1 ? to[0]! : null)
    const isOfMessage = recipient !== null && to.includes(recipient)
    const found = { message: row.id, ticket: row.ticket, entry: row.entry, recipient: bounce.recipient }
    const detail = [bounce.recipient, bounce.status, bounce.diagnostic].filter(Boolean).join(' ').slice(0, 2000)
    if (bounce.class === 'delayed') {
      await ctx.db.updateTable('outbound_message').set({ last_error: detail }).where('id', '=', row.id).execute()
      return found
    }
    const reason = reasonOf(bounce)
    const line = isOfMessage ? `${recipient}: ${bounce.diagnostic || bounce.status || ''}`.trim() : detail
    const isKnown = isOfMessage && row.refused.some((one) => one.toLowerCase().startsWith(`${recipient}:`))
    const refused = isKnown ? row.refused : [...row.refused, line]
    const back = new Set(refused.map((one) => one.slice(0, one.indexOf(':')).toLowerCase()))
    const others = isOfMessage && to.some((address) => !back.has(address))
    await ctx.db
      .updateTable('outbound_message')
      .set(
        others
          ? {
              refused,
              last_error: refused.join('\n').slice(0, 2000),
              ...(row.state === 'sent' ? { failure: 'some_refused' } : {}),
            }
          : { state: 'failed', failure: reason, last_error: detail, ...(isOfMessage ? { refused } : {}), remaining: null },
      )
      .where('id', '=', row.id)
      .execute()
    if (isOfMessage && OF_THE_ADDRESS.has(reason)) await markUndeliverable(ctx, recipient, reason)
    if (isKnown) return found
    const event = messageFailed({
      subject: row.ticket === null ? { kind: 'message', id: row.id } : { kind: 'ticket', id: row.ticket },
      data: { message: row.id, entry: row.entry, kind: row.kind, reason },
      facts: { internal: true },
    })
    await emit(ctx, { ...event, facts: await messageFacts(ctx, event) })
    return found
  })
}

/** What a report means in our own words (`mail.failure`); `bounced` when it says nothing that we know. */
function reasonOf(bounce: Bounce): string {
  if (!bounce.status && !bounce.diagnostic) return 'bounced'
  const code = bounce.status?.startsWith('4') ? 450 : 550
  const { reason } = classifyFailure({
    command: 'RCPT TO',
    responseCode: code,
    response: `${code} ${bounce.status ?? ''} ${(bounce.diagnostic ?? '').replace(/^smtp;\s*/i, '')}`,
  })
  // What servers say of us, they say to us: a report about a recipient is neither our sign-in nor our trouble.
  return ['unknown', 'sign_in_failed', 'relay_refused', 'sender_refused', 'server_trouble', 'certificate'].includes(reason)
    ? 'bounced'
    : reason
}
