import { defaultMailLimits, type InboundMail, type MailLimits, unreadableMail } from './inbound-mail.ts'

/** Bytes of one mail → InboundMail. Never throws: what is broken is left out and named in `defects`. */
export function parseMail(raw: Uint8Array, limits: MailLimits = defaultMailLimits): InboundMail {
  void limits
  return unreadableMail(raw.length, { code: 'parser_failed', detail: 'not written yet' })
}
