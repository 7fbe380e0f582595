import type { Context } from '#core/context.ts'
import { readSettings } from '#settings/settings.ts'
import { checkSender } from './email/check-sender.ts'
import type { InboundMail, MailAddress } from './email/inbound-mail.ts'
import { type SenderVerdict, senderVerdict } from './email/sender-verdict.ts'
import { mailDns } from './mail-dns.ts'
import type { Envelope } from './receive-raw.ts'

/**
 * Who really sent a mail, by the desk's settings. Asks name servers, so never inside a transaction; their silence makes it not verified.
 * `contact` is whom the desk would take for the sender.
 */
export async function judgeSender(
  ctx: Context,
  input: { raw: Buffer; mail: InboundMail; envelope: Envelope; contact: MailAddress | null },
): Promise<SenderVerdict> {
  if (ctx.tx) throw new Error('judgeSender() asks name servers: not inside a transaction')
  const settings = await readSettings(ctx)
  const { mail, envelope, contact } = input
  const ownCheck = settings['mail.checkSenders']
    ? await checkSender(
        input.raw,
        mail,
        { client: envelope.client ?? null, envelopeSender: envelope.from, trustedSealers: settings['mail.trustedSealers'] },
        (name, type) => ctx.slots.use(mailDns)(name, type),
        ctx.clock.now(),
      )
    : null
  return senderVerdict(mail, {
    trustedAuthservIds: settings['mail.trustedAuthservIds'],
    trustedInternal: envelope.trustedInternal === true,
    ownCheck,
    contact,
  })
}
