import { headerOf, type InboundMail, type MailAddress } from '#channels/email/inbound-mail.ts'
import { isOwnAddress } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findAgentByEmail } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'

const MAX_COPIES = 20
const NEVER_A_PERSON = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|undisclosed-recipients)(\+[^@]*)?@/i

/** People of To and Cc who are none of `except`, nor ourselves, nor agents, nor a machine; nobody of a mailing list's mail. */
export async function copyAddresses(ctx: Context, mail: InboundMail, except: readonly string[]): Promise<MailAddress[]> {
  if (mail.to.length + mail.cc.length < 2 || headerOf(mail, 'list-id')) return []
  const seen = new Set(except.map(normalAddress))
  const found: MailAddress[] = []
  for (const person of [...mail.to, ...mail.cc]) {
    const address = normalAddress(person.address)
    if (seen.has(address) || !isAddress(address) || NEVER_A_PERSON.test(address)) continue
    seen.add(address)
    if ((await isOwnAddress(ctx, address)) || (await findAgentByEmail(ctx, address))) continue
    found.push({ address, name: person.name })
    if (found.length === MAX_COPIES) break
  }
  return found
}

/** The same as end users. */
export async function copiedPeople(ctx: Context, mail: InboundMail, except: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (const person of await copyAddresses(ctx, mail, except)) ids.push((await findOrCreateEndUser(ctx, person)).id)
  return ids
}
