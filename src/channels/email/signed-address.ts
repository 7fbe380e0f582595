import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Message-IDs and reply addresses that only this desk can make. Both survive servers that lower-case addresses: every character
 * is of [0-9a-z], and reading ignores case. The signature is the first 130 bits of HMAC-SHA256 under a key of its own purpose.
 */

/** At least 32 octets, derived for this purpose from the desk's secret key. */
export type SigningKey = Uint8Array

export type SignedMessageId = { ticket: number; entry: number }

/** `boundTo` tells whether the address was made for this sender; the ticket is proven either way. */
export type SignedAddress = { ticket: number; madeForSender: boolean }

const signatureChars = 26
const recipientChars = 8
const alphabet = '0123456789abcdefghijklmnopqrstuv'

/**
 * `t.{ticket36}.{entry36}.{random}.{signature}@domain`, without angle brackets (RFC 5322 section 3.6.4). `entry` is 0 for a mail
 * that belongs to no entry (an acknowledgement). `random` is any string of [0-9a-z]; make it once and store the id, so that a retry repeats it.
 */
export function signMessageId(key: SigningKey, input: { ticket: number; entry: number; random: string; domain: string }): string {
  const body = `t.${input.ticket.toString(36)}.${input.entry.toString(36)}.${input.random.toLowerCase().replace(/[^0-9a-z]/g, '')}`
  return `${body}.${sign(key, 'message-id', body, signatureChars)}@${input.domain}`
}

/** What our own Message-ID says, or null for a foreign or altered one. Angle brackets, white space and case do not matter; the domain may have changed. */
export function readMessageId(key: SigningKey, messageId: string): SignedMessageId | null {
  const match = /^\s*<?\s*(t\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.[0-9a-z]{0,40})\.([0-9a-v]{26})@[^@]*$/i.exec(messageId)
  if (!match) return null
  const [, body = '', ticket = '', entry = '', signature = ''] = match
  if (!same(sign(key, 'message-id', body.toLowerCase(), signatureChars), signature.toLowerCase())) return null
  return { ticket: Number.parseInt(ticket, 36), entry: Number.parseInt(entry, 36) }
}

/**
 * `support+t{ticket36}.{signature}{recipient tag}@desk.example`: the address the answer of `recipient` comes to. Returns `address`
 * unchanged when its local part leaves no room within 64 octets (RFC 5321 section 4.5.3.1.1).
 */
export function signReplyAddress(key: SigningKey, input: { address: string; ticket: number; recipient: string }): string {
  const at = input.address.lastIndexOf('@')
  if (at <= 0) return input.address
  const local = input.address.slice(0, at)
  const ticket = input.ticket.toString(36)
  const tag = `${sign(key, 'reply-address', ticket, signatureChars)}${recipientTag(key, ticket, input.recipient)}`
  const signed = `${local}+t${ticket}.${tag}`
  if (signed.length > 64) return input.address
  return `${signed}${input.address.slice(at)}`
}

/**
 * `t{ticket36}.{signature}{recipient tag}@domain`: the reply address on a domain of which every address reaches the desk. The same
 * signature as that of a plus part.
 */
export function signCatchAllAddress(key: SigningKey, input: { domain: string; ticket: number; recipient: string }): string {
  const ticket = input.ticket.toString(36)
  return `t${ticket}.${sign(key, 'reply-address', ticket, signatureChars)}${recipientTag(key, ticket, input.recipient)}@${input.domain}`
}

/** `ref:t{ticket36}.{signature}`: stands in the body of our mails, for answers of programs that drop In-Reply-To and References. */
export const bodyMarker = (key: SigningKey, ticket: number): string =>
  `ref:t${ticket.toString(36)}.${sign(key, 'body-marker', ticket.toString(36), signatureChars)}`

/** Tickets that markers of ours name in a body, in their order, at most `max`. Foreign and altered ones say nothing. */
export function readBodyMarkers(key: SigningKey, body: string, max = 5): number[] {
  const tickets: number[] = []
  let looked = 0
  for (const match of body.matchAll(/\bref:t([0-9a-z]{1,11})\.([0-9a-v]{26})(?![0-9a-z])/gi)) {
    if (++looked > 50 || tickets.length >= max) break
    const ticket = match[1]!.toLowerCase()
    const id = Number.parseInt(ticket, 36)
    if (same(sign(key, 'body-marker', ticket, signatureChars), match[2]!.toLowerCase()) && !tickets.includes(id)) tickets.push(id)
  }
  return tickets
}

/** What one of our reply addresses says about the mail of `sender`, or null when it is not ours. */
export function readReplyAddress(key: SigningKey, address: string, sender: string): SignedAddress | null {
  const match = /(?:^|\+)t([0-9a-z]{1,11})\.([0-9a-v]{26})([0-9a-v]{8})@[^@]*$/i.exec(address.trim())
  if (!match) return null
  const ticket = (match[1] ?? '').toLowerCase()
  if (!same(sign(key, 'reply-address', ticket, signatureChars), (match[2] ?? '').toLowerCase())) return null
  const madeForSender = same(recipientTag(key, ticket, sender), (match[3] ?? '').toLowerCase())
  return { ticket: Number.parseInt(ticket, 36), madeForSender }
}

/**
 * `b{message36}.{signature}`: names one of our sent messages in what only reports of failure come back to, an envelope sender
 * (`support+b1z.…@desk.example`) or an envelope id (RFC 3461 section 4.4).
 */
export function signBounceTag(key: SigningKey, message: number): string {
  const id = message.toString(36)
  return `b${id}.${sign(key, 'bounce', id, signatureChars)}`
}

/** The message that a text names by our tag, or null. */
export function readBounceTag(key: SigningKey, text: string): number | null {
  const match = /(?:^|[+\s<])b([0-9a-z]{1,11})\.([0-9a-v]{26})(?![0-9a-z])/i.exec(text)
  const id = (match?.[1] ?? '').toLowerCase()
  if (!match || !same(sign(key, 'bounce', id, signatureChars), (match[2] ?? '').toLowerCase())) return null
  return Number.parseInt(id, 36)
}

/** The plain mailbox behind a reply address (`support+t1z.…@desk.example` → `support@desk.example`); other addresses come back as they are. */
export function withoutReplyTag(address: string): string {
  return address.replace(/\+t[0-9a-z]{1,11}\.[0-9a-v]{34}(?=@[^@]*$)/i, '')
}

function recipientTag(key: SigningKey, ticket: string, recipient: string): string {
  return sign(key, 'reply-recipient', `${ticket}\n${recipient.trim().toLowerCase()}`, recipientChars)
}

function sign(key: SigningKey, purpose: string, text: string, chars: number): string {
  const digest = createHmac('sha256', key).update(`${purpose}\n${text}`).digest()
  let bits = 0
  let value = 0
  let out = ''
  for (const byte of digest) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5 && out.length < chars) {
      bits -= 5
      out += alphabet[(value >> bits) & 31]
    }
    if (out.length >= chars) break
  }
  return out
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
