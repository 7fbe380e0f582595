import type { CalendarNotice } from './calendar-part.ts'

/**
 * The shape every inbound e-mail takes after parsing. Plain data, so that it crosses a worker thread by structured clone:
 * no methods, no class, `content` arrives as a Buffer.
 */

/** `address` is lower-case in its domain, which is in A-label form (RFC 5891); '' when the header held no address. `name` is one line. */
export type MailAddress = { address: string; name: string }

/** One header field in the order of the mail: `name` lower-case, `value` unfolded, decoded (RFC 2047) and without control characters. */
export type MailHeader = { name: string; value: string }

export type MailAttachment = {
  /** One line, no path, no control or bidi character, at most 200 characters; invented from the type when the mail gave none. */
  name: string
  /** Lower-case `type/subtype` as declared by the sender; never trusted for serving. */
  contentType: string
  /** Bytes of `content`. */
  size: number
  /** Content-ID without angle brackets. */
  contentId: string | null
  /** Shown inside the HTML (Content-Disposition: inline, or a part of multipart/related with a Content-ID). */
  inline: boolean
  content: Buffer
}

/**
 * What stands in a part that is not shown as text, for a person to read in one line: an appointment, or that the mail is encrypted (its octets are kept
 * as the attachment `file`).
 */
export type MailNotice =
  | CalendarNotice
  | { kind: 'signed'; by: 'smime' }
  | { kind: 'encrypted'; by: 'smime' | 'pgp'; file: string }

export type MailDefectCode =
  | 'too_large'
  | 'too_many_parts'
  | 'too_deep'
  | 'too_many_headers'
  | 'header_too_large'
  | 'decoded_too_large'
  | 'text_cut'
  | 'too_many_addresses'
  | 'missing_boundary'
  | 'broken_encoding'
  | 'unknown_charset'
  | 'duplicate_header'
  | 'missing_from'
  | 'bad_date'
  | 'took_too_long'
  | 'out_of_memory'
  | 'parser_failed'

/** Something wrong with the mail or a limit it ran into; the mail is kept all the same. `detail` is for a person to read. */
export type MailDefect = { code: MailDefectCode; detail: string }

export type InboundMail = {
  /** Without angle brackets; null when the mail has none. */
  messageId: string | null
  /** Ids of In-Reply-To, without angle brackets (usually one). */
  inReplyTo: string[]
  /** Ids of References, oldest first, without angle brackets. */
  references: string[]
  /** The first address of the first From header, else of Reply-To or Sender; null when nothing usable was there. */
  from: MailAddress | null
  /** No From, more than one, or several addresses in it: such a mail never counts as authenticated. */
  ambiguousFrom: boolean
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  /** One line, '' when the mail has none. */
  subject: string
  /** As the sender claims; may be wrong or in the future: order by the time of receipt. */
  date: Date | null
  headers: MailHeader[]
  /** The plain body; drawn from the HTML when the mail has no plain part. Line ends are \n. */
  text: string
  textFromHtml: boolean
  /** The HTML body as sent: unsafe until it went through sanitizeHtml. */
  html: string | null
  attachments: MailAttachment[]
  /** Authentication-Results values, topmost first, raw: the reader decides which one it trusts. */
  authenticationResults: string[]
  /** `multipart/report`'s report-type or the like: the lower-case type of the outermost entity and its parameters. */
  contentType: { type: string; params: Record<string, string> }
  /** Machine-readable parts of a report (message/delivery-status, message/feedback-report …), decoded, in order. */
  reportParts: { contentType: string; text: string }[]
  notices: MailNotice[]
  /** Octets of the raw mail. */
  rawSize: number
  defects: MailDefect[]
}

export type MailLimits = {
  /** Octets of raw mail that are read; the rest is cut. */
  rawBytes: number
  parts: number
  depth: number
  headerFields: number
  /** Octets of one header block. */
  headerBlockBytes: number
  /** Characters kept of one header value. */
  headerValueChars: number
  decodedBytes: number
  textChars: number
  htmlChars: number
  addresses: number
  references: number
  subjectChars: number
  nameChars: number
}

export const defaultMailLimits: MailLimits = {
  rawBytes: 50 * 1024 * 1024,
  parts: 500,
  depth: 30,
  headerFields: 1_000,
  headerBlockBytes: 512 * 1024,
  headerValueChars: 32_000,
  decodedBytes: 60 * 1024 * 1024,
  textChars: 1_000_000,
  htmlChars: 2_000_000,
  addresses: 200,
  references: 200,
  subjectChars: 500,
  nameChars: 200,
}

/** First (topmost) value of a header, or null. `name` in lower case. */
export function headerOf(mail: Pick<InboundMail, 'headers'>, name: string): string | null {
  return mail.headers.find((header) => header.name === name)?.value ?? null
}

/** All values of a header, topmost first. `name` in lower case. */
export function headersOf(mail: Pick<InboundMail, 'headers'>, name: string): string[] {
  return mail.headers.filter((header) => header.name === name).map((header) => header.value)
}

/** A mail of which nothing could be read but its size: kept with its raw bytes and the reason. */
export function unreadableMail(rawSize: number, defect: MailDefect): InboundMail {
  return {
    messageId: null,
    inReplyTo: [],
    references: [],
    from: null,
    ambiguousFrom: false,
    replyTo: [],
    to: [],
    cc: [],
    subject: '',
    date: null,
    headers: [],
    text: '',
    textFromHtml: false,
    html: null,
    attachments: [],
    authenticationResults: [],
    contentType: { type: 'text/plain', params: {} },
    reportParts: [],
    notices: [],
    rawSize,
    defects: [defect],
  }
}
