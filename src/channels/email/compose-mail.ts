import type { MailAddress } from './inbound-mail.ts'

export type OutboundPart = { name: string; contentType: string; content: Buffer }

export type OutboundMail = {
  from: MailAddress
  replyTo: MailAddress | null
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  /** Without angle brackets, like all ids here. */
  messageId: string
  inReplyTo: string | null
  references: string[]
  date: Date
  /** Stem of the MIME boundaries, [0-9A-Za-z]{8,40}: stored with the mail, so that a retry is byte-identical. */
  boundary: string
  text: string
  /** null for a plain mail. */
  html: string | null
  /** Pictures the HTML shows as cid:CONTENT-ID. */
  inlineImages: (OutboundPart & { contentId: string })[]
  attachments: OutboundPart[]
  /** auto-replied for an acknowledgement, auto-generated for alerts (RFC 3834 section 5), no for a person's own words. */
  automatic: 'no' | 'auto-replied' | 'auto-generated'
  /** More fields, e.g. our own X-Tessera-…; values are made one line. */
  headers?: { name: string; value: string }[]
}

/** The mail as octets with CRLF line ends: the same input always gives the same bytes. Bcc never appears. Throws on an address that could inject. */
export async function composeMail(mail: OutboundMail): Promise<Buffer> {
  void mail
  throw new Error('not written yet')
}
