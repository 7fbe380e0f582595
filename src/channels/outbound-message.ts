import type { MailAddress } from './email/inbound-mail.ts'

export const outboundKinds = ['reply', 'forward', 'autoresponse', 'alert', 'link', 'account', 'notice'] as const
export type OutboundKind = (typeof outboundKinds)[number]
export const outboundStates = ['waiting', 'sending', 'sent', 'failed', 'held', 'withdrawn'] as const
export type OutboundState = (typeof outboundStates)[number]

export interface OutboundFile {
  blob: string
  name: string
  contentType: string
  /** Set for a picture that the HTML shows as `cid:`; null for an attachment. */
  contentId: string | null
}

/** What a verb decides about a message. Everything is final: nothing is rendered again when it is sent. */
export interface OutboundContent {
  from: MailAddress
  replyTo: MailAddress | null
  to: MailAddress[]
  cc: MailAddress[]
  /** Reached, but named in no header. */
  bcc?: MailAddress[]
  subject: string
  /** Message-IDs without angle brackets. */
  inReplyTo: string | null
  references: string[]
  text: string
  html: string | null
  files: OutboundFile[]
  /** RFC 3834: an acknowledgement is auto-replied, an alert auto-generated, a person's own words neither. */
  automatic: 'no' | 'auto-replied' | 'auto-generated'
  headers?: { name: string; value: string }[]
}

/** As stored: with what makes every attempt byte-identical. */
export interface StoredContent extends OutboundContent {
  /** ISO time of the Date header. */
  date: string
  boundary: string
}

export interface OutboundMessage {
  id: number
  channel: string
  mailbox: number | null
  kind: OutboundKind
  ticket: number | null
  entry: number | null
  messageId: string
  content: StoredContent
  state: OutboundState
  sendsAt: Date
  attempts: number
  createdAt: Date
  /** Set when the server took the message for some: the addresses that it is still to go to, with the same octets. */
  remaining: string[] | null
  /** How often in a row the process ended while it sent this. */
  interruptions: number
  /** One line an address that was refused for good while others were taken. */
  refused: string[]
}

/** The addresses that the next try hands to the server. */
export const envelopeOf = ({ content, remaining }: Pick<OutboundMessage, 'content' | 'remaining'>): string[] =>
  remaining ?? [...content.to, ...content.cc, ...(content.bcc ?? [])].map((one) => one.address)
