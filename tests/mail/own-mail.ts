import { readFileSync } from 'node:fs'
import type { InboundMail } from '#channels/email/inbound-mail.ts'
import { parseMail } from '#channels/email/parse-mail.ts'

/** The octets of tests/mail/NAME.eml; each is named after the trap it holds. */
export function ownMail(name: string): Buffer {
  return readFileSync(new URL(`./${name}.eml`, import.meta.url))
}

export function parsedOwn(name: string): InboundMail {
  return parseMail(ownMail(name))
}
