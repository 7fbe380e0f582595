import { receiveRaw } from '#channels/receive-raw.ts'
import type { Context } from '#core/context.ts'
import { receiveMessage } from '#intake/receive-message.ts'

export interface ArrivingMail {
  from: string
  subject: string
  text: string
  /** Recipients as the header says them; the envelope too unless `envelope` does. */
  to?: string
  envelope?: string[]
  /** More fields, each with its line end. */
  headers?: string
  /** Fields that the receiving server put on top. */
  before?: string
  messageId?: string
  mailbox?: number
  date?: Date
}

export interface Arrived {
  id: number
  state: string
  reason: { key: string; params?: Record<string, string | number> } | null
  ticket: number | null
  entry: number | null
}

export type Arrive = (mail: ArrivingMail) => Promise<Arrived>

/** A server's word that the sender is who they say, for a desk that trusts `mx.desk.example`. */
export const proven = (domain: string): string =>
  `Authentication-Results: mx.desk.example; dmarc=pass header.from=${domain}; dkim=pass header.d=${domain}\r\n`

/** Takes mails in as the listener would; each answers what became of it. */
export function arriving(ctx: Context, mailbox: number): Arrive {
  let count = 0
  return async (mail) => {
    count += 1
    const to = mail.to ?? 'support@desk.example'
    const raw = Buffer.from(
      `${mail.before ?? ''}From: ${mail.from}\r\nTo: ${to}\r\nSubject: ${mail.subject}\r\nMessage-ID: <${mail.messageId ?? `arriving-${count}@customer.example`}>\r\nDate: ${(mail.date ?? ctx.clock.now()).toUTCString()}\r\n${mail.headers ?? ''}Content-Type: text/plain; charset=utf-8\r\n\r\n${mail.text}\r\n`,
    )
    const { id } = await receiveRaw(ctx, {
      channel: 'email',
      sourceKey: `arriving:${count}`,
      mailbox: mail.mailbox ?? mailbox,
      raw,
      envelope: { from: null, to: mail.envelope ?? [to] },
    })
    await receiveMessage(ctx, id)
    const row = await ctx.db
      .selectFrom('inbound_message')
      .select(['state', 'reason', 'ticket_id', 'entry_id'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return { id, state: row.state, reason: row.reason as Arrived['reason'], ticket: row.ticket_id, entry: row.entry_id }
  }
}
