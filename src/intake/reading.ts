import type { InboundMail, MailAddress } from '#channels/email/inbound-mail.ts'
import type { Screening } from '#channels/email/screen-mail.ts'
import type { SenderVerdict } from '#channels/email/sender-verdict.ts'
import type { InboundMessage } from '#channels/inbound-messages.ts'
import type { NewAttachment } from '#files/attachments.ts'
import type { Settings } from '#settings/settings.ts'

/** A mail with everything that was found out about it before it gets its place. */
export interface Reading {
  inbound: InboundMessage
  mail: InboundMail
  screening: Screening
  verdict: SenderVerdict
  settings: Settings
  /** Whom the desk answers; null when nobody can be, or only the desk itself. */
  sender: MailAddress | null
  files: NewAttachment[]
  body: { text: string; html: string | null; visibleText: string | null; visibleHtml: string | null }
  fingerprint: string | null
  /** A person took it out of suspension. */
  isTaken: boolean
}

/** Addresses of a mail as an entry keeps them. */
export const recipientsOf = (mail: InboundMail) => ({ to: mail.to.slice(0, 100), cc: mail.cc.slice(0, 100) })

/** Somebody who was proven to be who they say. */
export const isProven = ({ verdict }: Pick<Reading, 'verdict'>): boolean =>
  verdict.verdict === 'verified' || verdict.verdict === 'internal'
