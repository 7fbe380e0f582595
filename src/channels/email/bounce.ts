import {
  bounceBody,
  bounceSender,
  bounceSubject,
  cutOriginal,
  isDelay,
  isRejectedByList,
  saysUndelivered,
  statusOfWords,
} from './bounce-words.ts'
import { headerOf, headersOf, type InboundMail } from './inbound-mail.ts'
import { cleanAddress } from './parse-address.ts'

export type Bounce = {
  /** The address that could not be reached, lower-case; null when the report names none. */
  recipient: string | null
  /** Enhanced status x.y.z (RFC 3463), null when unknown. */
  status: string | null
  /** hard: will not work again; soft: may work later; delayed: the server is still trying. */
  class: 'hard' | 'soft' | 'delayed'
  /** Message-ID of the mail that bounced, without angle brackets. */
  originalMessageId: string | null
  /** The server's own words. */
  diagnostic: string | null
}

/**
 * What a delivery report says (RFC 3464), also of servers that write plain text instead. 'delivered' for a report of success; null when the mail is no
 * report. Pure.
 */
export function readBounce(mail: InboundMail, options: { nullSender: boolean }): Bounce | 'delivered' | null {
  const status = mail.reportParts
    .filter((part) => /^message\/(global-)?delivery-status$/.test(part.contentType))
    .map((part) => part.text)
  if (status.length) return readDeliveryStatus(mail, status.join('\n\n'))
  if (!looksLikeBounce(mail, options.nullSender)) return null
  return readPlainBounce(mail)
}

type Fields = Map<string, string>

function fieldsOf(block: string): Fields {
  const fields: Fields = new Map()
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

function readDeliveryStatus(mail: InboundMail, text: string): Bounce | 'delivered' {
  const blocks = text
    .split(/\n[ \t]*\n+/)
    .map(fieldsOf)
    .filter((fields) => fields.size)
  const recipients = blocks.filter(
    (fields) => fields.has('final-recipient') || fields.has('original-recipient') || fields.has('action') || fields.has('status'),
  )
  const failed = recipients.find((fields) => /^failed/i.test(fields.get('action') ?? '')) ?? recipients[0]
  const action = (failed?.get('action') ?? '').toLowerCase()
  const diagnostic = failed?.get('diagnostic-code') ?? null
  const addressOf = (name: string): string => typedAddress(failed?.get(name) ?? '')
  const notes = mail.text.slice(0, 20_000)
  const recipient =
    addressOf('final-recipient') ||
    addressOf('original-recipient') ||
    addressOf('x-actual-recipient') ||
    headerRecipient(mail) ||
    recipientInText(notes)
  const fieldStatus = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(failed?.get('status') ?? '')?.[1] ?? null
  const spoken = statusIn(diagnostic ?? '')
  const known = preferStatus(fieldStatus, spoken, notes)
  if (/^(delivered|relayed|expanded)/.test(action) && (known === null || known.startsWith('2'))) return 'delivered'
  return {
    recipient: recipient || null,
    status: known,
    class: classOf(known, action, `${diagnostic ?? ''}\n${notes.slice(0, 3_000)}`),
    originalMessageId: originalMessageId(mail),
    diagnostic: diagnostic ? diagnostic.replace(/^[a-z0-9-]+\s*;\s*/i, '').slice(0, 500) : null,
  }
}

/** `rfc822; jane@example.net` → address. */
function typedAddress(value: string): string {
  const bare = value.replace(/^[\w-]+\s*;\s*/, '').replace(/^<|>$/g, '')
  return cleanAddress(bare.replace(/^.*<([^<>]+)>.*$/, '$1')).toLowerCase()
}

function headerRecipient(mail: InboundMail): string {
  const field = headerOf(mail, 'x-failed-recipients')
  return field ? cleanAddress(field.split(',')[0] ?? '').toLowerCase() : ''
}

/** The status a diagnostic text speaks of: an enhanced one, else the class of a bare reply code. */
function statusIn(text: string): string | null {
  const enhanced = /(?:^|[\s#([<:;,-])([245]\.\d{1,2}\.\d{1,3})(?=$|[\s)\]>:;,.-])/m.exec(text)
  return enhanced?.[1] ?? null
}

/**
 * The words of the refusing server are more exact than the field that its neighbour filled, unless they say nothing but the class;
 * what is written for people counts only without either.
 */
function preferStatus(field: string | null, spoken: string | null, notes: string): string | null {
  if (spoken?.endsWith('.0.0') && field) return field
  return spoken ?? field ?? statusIn(notes.slice(0, 4_000))
}

function classOf(status: string | null, action: string, text: string): Bounce['class'] {
  if (action.startsWith('delayed') || (!action && isDelay(text))) return 'delayed'
  if (status) {
    // A full mailbox is a permanent answer today and another one tomorrow.
    if (/^[45]\.2\.2$/.test(status)) return 'soft'
    return status.startsWith('4') ? 'soft' : 'hard'
  }
  if (
    /\b(mailbox (is )?full|over ?quota|quota exceeded|insufficient (disk )?(space|storage)|temporar(y|ily)|try again later)\b/i.test(
      text,
    )
  )
    return 'soft'
  return 'hard'
}

function looksLikeBounce(mail: InboundMail, nullSender: boolean): boolean {
  const { type, params } = mail.contentType
  if (type === 'multipart/report' && /delivery-status/i.test(params['report-type'] ?? '')) return true
  if (headerOf(mail, 'x-failed-recipients') !== null) return true
  if (mail.reportParts.some((part) => part.contentType === 'text/rfc822-headers') && type === 'multipart/report') return true
  const local = (mail.from?.address ?? '').replace(/@[^@]*$/, '')
  const senderName = mail.from?.name ?? ''
  const sender =
    bounceSender.test(local) ||
    /mail(er)?[- ](delivery|daemon)|delivery (sub)?system|postmaster|mail administrator/i.test(senderName) ||
    /mailer-daemon|postmaster/i.test(headersOf(mail, 'from').join(' '))
  const subject = bounceSubject.test(mail.subject)
  const body = bounceBody.test(mail.text.slice(0, 8_000))
  if (sender && (subject || body)) return true
  if (nullSender && body && (subject || returnedMessage(mail) !== null)) return true
  const words = mail.text.slice(0, 2_000)
  if (nullSender && saysUndelivered(words) && recipientInText(words)) return true
  return listManager(mail) && isRejectedByList(`${mail.subject}\n${words.slice(0, 800)}`)
}

const listManager = (mail: InboundMail): boolean =>
  ['x-mlserver', 'x-ml-name', 'x-mailman-version', 'x-list-administrivia', 'x-majordomo', 'x-sympa-to'].some(
    (name) => headerOf(mail, name) !== null,
  ) || /\brun by ezmlm\b/.test(headerOf(mail, 'mailing-list') ?? '')

function returnedMessage(mail: InboundMail): string | null {
  const file = mail.attachments.find(
    (attachment) => attachment.contentType === 'message/rfc822' || attachment.contentType === 'text/rfc822-headers',
  )
  return file ? file.content.toString('latin1', 0, 64_000) : null
}

function readPlainBounce(mail: InboundMail): Bounce {
  const notes = mail.text.slice(0, 30_000)
  const own = cutOriginal(notes)
  // A report about a report, or one in a wrapper: what it returns says more than its own words.
  const inner = (returnedMessage(mail) ?? '').replace(/\r\n/g, '\n')
  const innerFields = /^final-recipient:/im.test(inner)
    ? fieldsOf(inner.slice(inner.search(/^(original-recipient|final-recipient):/im)).split(/\n[ \t]*\n/)[0] ?? '')
    : null
  const recipient =
    headerRecipient(mail) ||
    recipientInText(own) ||
    (innerFields ? typedAddress(innerFields.get('final-recipient') ?? '') : '') ||
    recipientInText(notes)
  const status =
    statusIn(own) ?? statusIn(notes) ?? statusOfWords(own) ?? (innerFields ? statusIn(innerFields.get('status') ?? '') : null)
  const action =
    isDelay(`${mail.subject}\n${own}`) ||
    /\bwarning\b.*\b(delay|not sent|could not send)/i.test(mail.subject) ||
    /\bdelayed\b/i.test(mail.subject)
      ? 'delayed'
      : 'failed'
  return {
    recipient: recipient || null,
    status,
    class: classOf(status, action, own),
    originalMessageId: originalMessageId(mail),
    diagnostic: diagnosticIn(own),
  }
}

function diagnosticIn(text: string): string | null {
  const line = /^.*(?:\b[45]\d\d[ -#]|said:|reason|error|diagnos).*$/im.exec(text)
  return line ? line[0].trim().slice(0, 500) : null
}

const recipientPatterns = [
  /(?:final-recipient|original-recipient|x-failed-recipients?|failed recipients?|recipient address|intended recipient|delivery to the following recipients?)[^\n:]{0,40}:\s*(?:rfc822\s*;\s*)?\s*<?([^\s<>"(),;:]+@[^\s<>"(),;:]+)/i,
  /(?:^|\n)[ \t]*<([^\s<>"(),;:]+@[^\s<>"(),;:]+)>[: \t(]*(?:\n|\.{3}|$|[A-Za-z(])/,
  /(?:following (?:e-?mail )?(?:address|recipient)|recipients?|not be delivered|delivery (?:to|failed)|could not deliver|unable to deliver|failed permanently|reach the following)[^@]{0,400}?[\s<"'(]([A-Za-z0-9._%+=~'/-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})/i,
  /rcpt to:\s*<?([^\s<>"]+@[^\s<>"]+)>?/i,
  /(?:^|\n)[ \t]*(?:to|for|user|recipient|an|pour)[ \t]*:?[ \t]+<?([^\s<>"(),;:]+@[^\s<>"(),;:]+)>?/i,
  /[\s<"'(:]([A-Za-z0-9._%+=~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)/,
]

function recipientInText(text: string): string {
  for (const pattern of recipientPatterns) {
    const match = pattern.exec(text)
    const address = match ? cleanAddress((match[1] ?? '').replace(/[.…:]+$/, '')).toLowerCase() : ''
    if (address) return address
  }
  return ''
}

/** From the returned message or its headers: a Message-ID that is not the report's own. */
function originalMessageId(mail: InboundMail): string | null {
  const returned = [
    ...mail.reportParts.filter((part) => /rfc822|global-headers/.test(part.contentType)).map((part) => part.text),
    ...mail.attachments
      .filter((file) => /^(message\/rfc822|text\/rfc822-headers)$/.test(file.contentType))
      .map((file) => file.content.toString('latin1', 0, 64_000)),
    mail.text.slice(0, 60_000),
  ]
  for (const text of returned) {
    for (const match of text
      .replace(/\r\n/g, '\n')
      .replace(/\n[ \t]+/g, ' ')
      .matchAll(/^[ \t>]*(?:original-)?message-id:\s*<([^<>\s]{3,500})>/gim)) {
      if (match[1] && match[1] !== mail.messageId) return match[1]
    }
  }
  return mail.references.at(-1) ?? mail.inReplyTo[0] ?? null
}
