import MailComposer from 'nodemailer/lib/mail-composer'
import { oneLine } from './decode-text.ts'
import type { MailAddress } from './inbound-mail.ts'
import { cleanAddress } from './parse-address.ts'
import { loopHeader } from './screen-mail.ts'

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
  /** Oldest first; the first and the newest twenty are written (RFC 5322 section 3.6.4 lets a long list be shortened). */
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
  /** More fields; values are made one line, names that this file writes itself are ignored. */
  headers?: { name: string; value: string }[]
  /** What tells the desk its own mail when it comes back. */
  loopToken?: string
}

/** A mail that cannot be written down: `field` says where, in the words of OutboundMail. */
export class UnwritableMail extends Error {
  readonly code = 'unwritable_mail'
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

const reserved = new Set([
  'from',
  'to',
  'cc',
  'bcc',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'auto-submitted',
  'precedence',
])

/**
 * The mail as octets with CRLF line ends: the same input always gives the same bytes. multipart/alternative with text, multipart/related for the pictures
 * of the HTML, multipart/mixed when files are attached. No Bcc. Non-ASCII text stands in encoded words (RFC 2047, 2231); a non-ASCII local part needs
 * SMTPUTF8 (RFC 6531), see needsSmtpUtf8. Throws UnwritableMail on an address, id or boundary that could inject a header.
 */
export async function composeMail(mail: OutboundMail): Promise<Buffer> {
  if (!/^[0-9A-Za-z]{8,40}$/.test(mail.boundary))
    throw new UnwritableMail('boundary', 'The boundary must be 8 to 40 letters and digits.')
  if (!mail.to.length && !mail.cc.length) throw new UnwritableMail('to', 'The mail has no recipient.')
  const references = shortened(mail.references.map((id) => bracketed(id, 'references')))
  const headers: { key: string; value: string }[] = []
  if (mail.automatic !== 'no') {
    headers.push({ key: 'Auto-Submitted', value: mail.automatic })
    headers.push({ key: 'Precedence', value: mail.automatic === 'auto-replied' ? 'auto_reply' : 'bulk' })
  }
  if (mail.loopToken) headers.push({ key: 'X-Tessera-Desk', value: oneLine(mail.loopToken, 60) })
  // Exchange answers with out-of-office notes unless told not to; on a person's own words only delivery noise is unwanted.
  headers.push({ key: 'X-Auto-Response-Suppress', value: mail.automatic === 'no' ? 'OOF, AutoReply' : 'All' })
  for (const { name, value } of mail.headers ?? []) {
    if (!/^[!-9;-~]{1,70}$/.test(name)) throw new UnwritableMail('headers', `${oneLine(name, 40)} is no name of a header.`)
    if (!reserved.has(name.toLowerCase()) && name.toLowerCase() !== loopHeader)
      headers.push({ key: name, value: oneLine(value, 900) })
  }
  const composer = new MailComposer({
    from: written(mail.from, 'from'),
    ...(mail.replyTo ? { replyTo: written(mail.replyTo, 'replyTo') } : {}),
    to: mail.to.map((address) => written(address, 'to')),
    cc: mail.cc.map((address) => written(address, 'cc')),
    subject: oneLine(mail.subject, 900),
    messageId: bracketed(mail.messageId, 'messageId'),
    ...(mail.inReplyTo ? { inReplyTo: bracketed(mail.inReplyTo, 'inReplyTo') } : {}),
    ...(references.length ? { references: references.join(' ') } : {}),
    date: mail.date,
    headers,
    text: withoutControls(mail.text),
    ...(mail.html === null ? {} : { html: withoutControls(mail.html) }),
    attachments: [
      ...(mail.html === null ? [] : mail.inlineImages).map((part) => ({
        ...attached(part),
        cid: idInside(part.contentId),
        contentDisposition: 'inline' as const,
      })),
      ...(mail.html === null ? mail.inlineImages : []).map(attached),
      ...mail.attachments.map(attached),
    ],
    // Not typed by the library, but what makes its boundaries repeatable.
    baseBoundary: mail.boundary,
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  } as ConstructorParameters<typeof MailComposer>[0])
  return composer.compile().build()
}

/** Whether a recipient or sender needs a server with SMTPUTF8: only a local part beyond ASCII does, domains travel as A-labels. */
export function needsSmtpUtf8(mail: Pick<OutboundMail, 'from' | 'to' | 'cc'>): boolean {
  return [mail.from, ...mail.to, ...mail.cc].some((entry) =>
    /[^\p{ASCII}]/u.test(entry.address.slice(0, entry.address.lastIndexOf('@'))),
  )
}

function written(entry: MailAddress, field: string): { name: string; address: string } {
  const address = cleanAddress(entry.address)
  if (
    !address ||
    address !== entry.address.trim().replace(/@[^@]*$/, (domain) => domain.toLowerCase()) ||
    /[\s<>(),;:\\"[\]]/.test(address)
  ) {
    // An address in U-label form is another spelling of the same.
    if (!address || /[\s<>(),;:\\"[\]\p{Cc}]/u.test(entry.address.trim()))
      throw new UnwritableMail(field, `${oneLine(entry.address, 100)} is no address mail can be sent to.`)
  }
  return { name: oneLine(entry.name, 200), address }
}

function idInside(id: string): string {
  return id.replace(/[<>\s\p{Cc}]/gu, '')
}

function bracketed(id: string, field: string): string {
  const bare = id.replace(/^<|>$/g, '')
  if (!bare || bare.length > 900 || /[<>\s\p{Cc}]/u.test(bare))
    throw new UnwritableMail(field, `${oneLine(id, 100)} is no Message-ID.`)
  return `<${bare}>`
}

function shortened(ids: string[]): string[] {
  return ids.length <= 21 ? ids : [ids[0] as string, ...ids.slice(-20)]
}

function attached(part: OutboundPart): { filename: string; contentType: string; content: Buffer } {
  const contentType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(part.contentType) ? part.contentType : 'application/octet-stream'
  return { filename: oneLine(part.name, 200).replace(/[/\\]/g, '_') || 'attachment', contentType, content: part.content }
}

function withoutControls(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '')
}
