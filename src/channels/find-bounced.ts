import type { Context } from '#core/context.ts'
import type { InboundMail } from './email/inbound-mail.ts'
import type { Bounce } from './email/screen-mail.ts'
import { readBounceTag } from './email/signed-address.ts'
import { mailKey } from './mail-keys.ts'

/**
 * The Message-ID of the message of ours that a report is about: the one that it returns, else by the address the report came to
 * (a bounce's own, which only servers are told), else by the envelope id that some return (RFC 3464 section 2.2.1). null when it is
 * about nothing of ours.
 */
export async function findBounced(
  ctx: Context,
  bounce: Pick<Bounce, 'originalMessageId'>,
  mail: Pick<InboundMail, 'to' | 'reportParts'>,
  envelopeTo: readonly string[],
): Promise<string | null> {
  if (bounce.originalMessageId) {
    const row = await ctx.db
      .selectFrom('outbound_message')
      .select('message_id')
      .where('message_id', '=', bounce.originalMessageId)
      .executeTakeFirst()
    if (row) return row.message_id
  }
  const key = mailKey(ctx)
  const envelopeIds = mail.reportParts.flatMap((part) => /^original-envelope-id:\s*(\S{5,100})/im.exec(part.text)?.[1] ?? [])
  for (const text of [...envelopeTo, ...mail.to.map((one) => one.address), ...envelopeIds]) {
    const id = readBounceTag(key, text)
    if (id === null) continue
    const row = await ctx.db.selectFrom('outbound_message').select('message_id').where('id', '=', id).executeTakeFirst()
    if (row) return row.message_id
  }
  return null
}
