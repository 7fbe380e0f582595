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

/** The words of the refusing server are more exact than the field that its neighbour filled; what is written for people counts only without either. */
function preferStatus(field: string | null, spoken: string | null, notes: string): string | null {
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

function isDelay(text: string): boolean {
  return /\b(has been delayed|is delayed|not (yet )?been delivered (yet|after)|will (keep|continue) (trying|to try)|will be (retried|tried again)|could not be delivered (for|within) the last|this is a warning message only|do(es)? not need to resend)\b/i.test(
    text,
  )
}

const bounceSender =
  /^(mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mailer|mdaemon|mail[-_.]?delivery[-_.]?(system|subsystem|service)?|maildelivery|double-bounce|bounce.*|microsoftexchange[0-9a-f]+|mmdf|ksmtpd|mailgateway|virus-?wall.*|courier|administrator)$/i
const bounceSubject =
  /(undeliver(able|ed)|delivery (status notification|failure|report|problem|error|notification|has failed)|mail (delivery|could not be delivered|system error|failure)|failed (mail|delivery|to deliver)|failure notice|returned (mail|to sender)|delivery failed|message delivery|non[- ]?delivery|unzustellbar|nicht zugestellt|zustellung|unable to deliver|undelivered mail|mail status report|mailer-daemon|could not send message|message (status|undeliverable|returned)|bounced|nondeliverable|non remis|échec de la remise|não (foi )?entregue|no se ha podido entregar|impossibile (da )?recapitare|mancata consegna|onbestelbaar|配信|エラー|送信(できません|エラー)|宛先不明|user unknown|mail delivery|can.?t be delivered|notification d.état|warning: (message|could not)|dsn:|system error)/iu
const bounceBody =
  /(could not be (delivered|sent)|couldn.t be delivered|created automatically by (the )?mail delivery software|error has occurred while attempting to deliver|had (permanent fatal |permanent |delivery )+(errors|problems)|message was undelivered|was not delivered|wasn.t delivered|undeliverable|permanent (fatal )?error|fatal errors|delivery (to the following|has failed|failed)|did not reach the following|failed permanently|user unknown|unknown user|no such user|unable to deliver|not be delivered|mailbox (is )?(full|unavailable)|returned (to you|to sender|below)|recipient.{0,40}(rejected|unknown|not found)|message you sent|550[ -]|554[ -]|reason for failure|unzustellbar|not listed in|invalid recipient|delivery attempts|does not exist|adresse.{0,30}(inconnue|unbekannt))/i

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
  return false
}

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

const originalBegins =
  /^[ \t>]*(-{2,}.{0,60}(copy of (your|the) message|original message|returned message|message (header|follows|text follows)|below this line|unsent message|this is a copy|enclosed is).*|-{3,}.{0,120}message.{0,120}-{3,}.*|received: (from|by).*|return-path: .*|message-id: .*|the (original )?message (headers?|was|follows).*:?|.*(message|headers?) (below|follows?)\.?:?)$/im

/** The report's own words, without the mail it returns. */
function cutOriginal(text: string): string {
  const match = originalBegins.exec(text)
  return match && match.index > 40 ? text.slice(0, match.index) : text
}

/** Reply code without enhanced status, or well-known words: the status they stand for (RFC 3463, RFC 5248). */
function statusOfWords(text: string): string | null {
  if (/\b(mailbox (is |size )?(full|exceeded)|over ?quota|quota exceeded|exceeded (storage|quota)|disk quota)\b/i.test(text))
    return '5.2.2'
  if (
    /\b(user unknown|unknown user|no such (user|mailbox|recipient)|unknown (recipient|address)|(user|account|mailbox|recipient|address|adresse)[^.\n]{0,60}(not found|does(n.t| not) exist|unknown|is not valid|unbekannt|inconnue)|invalid (recipient|mailbox)|not listed in|no mailbox)\b/i.test(
      text,
    )
  )
    return '5.1.1'
  if (
    /\b(host (unknown|not found)|unknown host|domain (name )?(not found|does not exist|is not valid)|name service error|no such domain|unrouteable)\b/i.test(
      text,
    )
  )
    return '5.1.2'
  if (/\b(too (large|big)|size limit|exceeds? (the )?(maximum|fixed|size)|message size)\b/i.test(text)) return '5.3.4'
  if (/\b(relay(ing)? (access )?(denied|not (permitted|allowed)|prohibited)|unable to relay)\b/i.test(text)) return '5.7.1'
  if (/\b(timed? ?out|too long|expired|retry (time|timeout)|giving up)\b/i.test(text)) return '4.4.7'
  const code = /(?:^|[\s(:>])([45])\d{2}(?=[\s-])/m.exec(text)
  return code ? `${code[1]}.0.0` : null
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
