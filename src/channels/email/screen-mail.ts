import { acknowledgementSubject, autoReplySubject, isReplySubject } from './auto-reply-subjects.ts'
import { type Bounce, readBounce } from './bounce.ts'
import { headerOf, headersOf, type InboundMail, type MailAddress } from './inbound-mail.ts'
import { parseAddressList } from './parse-address.ts'

export type { Bounce } from './bounce.ts'

export type MailKind = 'message' | 'bounce' | 'auto_reply' | 'report' | 'loop'

export type Screening = {
  kind: MailKind
  /** May the desk acknowledge this mail by itself (RFC 3834 section 2)? Kind `message` only, and not for bulk, lists or no-reply senders. */
  mayAutoRespond: boolean
  /**
   * Why not: `bounce`, `report`, `own_mail`, `auto_submitted`, `auto_reply_subject`, `acknowledgement_subject`, `responses_suppressed`, `bulk`, `precedence_list`, `list`, `loop_header`, `null_sender`,
   * `no_reply_sender`, `no_sender`, `spam`; null when it may.
   */
  reason: string | null
  /** The mail says of itself that a machine sent it (RFC 3834, Precedence, X-Auto-Response-Suppress, an automatic subject). Kind stays `message` for the weaker signs. */
  automatic: boolean
  bounce: Bounce | null
  /** Kind report: what it reports. */
  report: 'dmarc' | 'tls' | 'feedback' | 'read_receipt' | 'delivered' | 'other' | null
  /** The provider's filter marked it as spam. */
  spamFlagged: boolean
}

/** `ownAddresses` are the desk's mailboxes in lower case, `isOwnMessageId` tells our own Message-IDs: both stop loops. `envelopeSender` '' is the null sender. */
export type ScreenOptions = {
  ownAddresses?: readonly string[]
  envelopeSender?: string | null
  isOwnMessageId?: (id: string) => boolean
  /** What our own mail carries in `loopHeader`. */
  ownLoopToken?: string
}

/** Header that the desk's own mail carries, with a token only this desk makes; seen inbound it closes a loop. */
export const loopHeader = 'x-tessera-desk'

/** Tells people's mail from machines' mail. Pure; RFC 3834, 3464, 6522, 5965, 8098, 7489, 8460, 2919. */
export function screenMail(mail: InboundMail, options: ScreenOptions = {}): Screening {
  const spamFlagged = flaggedAsSpam(mail)
  const base: Screening = {
    kind: 'message',
    mayAutoRespond: false,
    reason: null,
    automatic: false,
    bounce: null,
    report: null,
    spamFlagged,
  }

  const report = reportOf(mail)
  if (report) return { ...base, kind: 'report', reason: 'report', report }
  const nullSender = hasNullSender(mail, options)
  const bounce = readBounce(mail, { nullSender })
  if (bounce === 'delivered') return { ...base, kind: 'report', reason: 'report', report: 'delivered' }
  if (bounce) return { ...base, kind: 'bounce', reason: 'bounce', bounce }

  const from = mail.from?.address.toLowerCase() ?? ''
  const own = options.ownAddresses ?? []
  const ownToken = options.ownLoopToken !== undefined && headersOf(mail, loopHeader).includes(options.ownLoopToken)
  if (ownToken || (mail.messageId && options.isOwnMessageId?.(mail.messageId)))
    return { ...base, kind: 'loop', reason: 'own_mail' }
  const automatic = automaticReason(mail)
  base.automatic = ['auto_submitted', 'auto_reply_subject', 'responses_suppressed', 'bulk', 'precedence_list'].includes(
    automatic ?? '',
  )
  // A subject alone proves no machine: an "Out of office door is broken" is a person's, and so is every answer to it. It stops the
  // acknowledgement; only with a second sign, and when it is not the quoted subject of an answer, is the mail handled as automatic.
  const confirmed = automatic === 'auto_reply_subject' && !isReplySubject(mail.subject) && (nullSender || asksForNoResponse(mail))
  const bySubject = automatic === 'auto_reply_subject' && !confirmed
  if (own.includes(from) && ((automatic && !bySubject) || headerOf(mail, loopHeader) !== null))
    return { ...base, kind: 'loop', reason: 'own_mail' }

  if (automatic === 'auto_submitted' || confirmed) return { ...base, kind: 'auto_reply', reason: automatic }
  if (automatic) return { ...base, reason: automatic }
  // A contact form sends from our own address in the name of the person in Reply-To.
  if (own.includes(contactOf(mail, { ownAddresses: own })?.address.toLowerCase() ?? '')) return { ...base, reason: 'own_mail' }
  if (!from) return { ...base, reason: 'no_sender' }
  if (nullSender) return { ...base, reason: 'null_sender' }
  if (noReplySender(from)) return { ...base, reason: 'no_reply_sender' }
  if (spamFlagged) return { ...base, reason: 'spam' }
  return { ...base, mayAutoRespond: true }
}

function hasNullSender(mail: InboundMail, options: ScreenOptions): boolean {
  if (options.envelopeSender !== undefined && options.envelopeSender !== null)
    return options.envelopeSender.replace(/[<>\s]/g, '') === ''
  const path = headerOf(mail, 'return-path')
  return path !== null && /^<\s*>$/.test(path)
}

/** Reports of machines to machines: DMARC, TLS, abuse feedback, read receipts. */
function reportOf(mail: InboundMail): Screening['report'] {
  const { type, params } = mail.contentType
  const reportType = (params['report-type'] ?? '').toLowerCase()
  const parts = mail.reportParts.map((part) => part.contentType)
  const feedback = mail.reportParts.find((part) => part.contentType === 'message/feedback-report')
  if (feedback || reportType === 'feedback-report') {
    return feedback && /^feedback-type:\s*auth-failure/im.test(feedback.text) ? 'dmarc' : 'feedback'
  }
  if (
    reportType === 'tlsrpt' ||
    headerOf(mail, 'tls-report-domain') ||
    mail.attachments.some((file) => /^application\/tlsrpt\+(gzip|json)$/.test(file.contentType))
  ) {
    return 'tls'
  }
  if (parts.includes('message/disposition-notification') || reportType === 'disposition-notification') return 'read_receipt'
  // RFC 7489 section 7.2.1.1: the subject and the file name of an aggregate report are fixed.
  const aggregateSubject = /^\W*report domain:\s*\S+.*\bsubmitter:/i.test(mail.subject)
  const aggregateFile = mail.attachments.some((file) =>
    /^[^!\s]+![^!\s]+!\d{9,}!\d{9,}(![^.\s]*)?\.(xml|zip|gz|xml\.gz)/i.test(file.name),
  )
  // People write about reports too: a subject says nothing without something that is built as one.
  const built =
    type === 'multipart/report' ||
    parts.length > 0 ||
    [type, ...mail.attachments.map((file) => file.contentType)].some((one) =>
      /^(application\/(x-)?(gzip|zip|zip-compressed|xml)|text\/xml|message\/rfc822)$/.test(one),
    ) ||
    mail.attachments.some((file) => /\.(xml|zip|gz)$/i.test(file.name))
  if ((aggregateSubject && built) || aggregateFile) return 'dmarc'
  // Failure reports that some servers send as plain text.
  if (
    /^(a spam filter has|this is an? (email )?(spf|dkim|dmarc)[/\w ]* (authentication[- ])?failure report|authentication-results:.*dmarc=fail)/im.test(
      mail.text.slice(0, 4_000),
    ) &&
    /dmarc|auth(entication)?[- ]failure/i.test(mail.subject)
  )
    return 'dmarc'
  if (
    built &&
    !isReplySubject(mail.subject) &&
    !/\?\s*$/.test(mail.subject) &&
    /\bdmarc (forensic|failure|aggregate) report\b|^\W*(fw: )?dmarc failure report for\b/i.test(mail.subject)
  )
    return 'dmarc'
  if (/^\W*(abuse|spam) (feedback )?report\b/i.test(mail.subject) && type === 'multipart/report') return 'feedback'
  return null
}

/** RFC 3834 section 5 and the fields that were used before it. */
function automaticReason(mail: InboundMail): string | null {
  const autoSubmitted = (headerOf(mail, 'auto-submitted') ?? '')
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .split(/[;\s]/)[0]
  if (autoSubmitted && autoSubmitted !== 'no') return 'auto_submitted'
  if (headerOf(mail, 'x-autoreply') !== null && !/^(no|false)$/i.test(headerOf(mail, 'x-autoreply') ?? ''))
    return 'auto_submitted'
  if (
    [
      'x-autorespond',
      'x-autoresponder',
      'x-auto-reply-from',
      'x-mail-autoreply',
      'x-autogenerated',
      'x-auto-response',
      'x-vacation',
      'x-cron-env',
      'x-fc-machinegenerated',
      'x-ebay-mailtracker-autoreply',
    ].some((name) => headerOf(mail, name) !== null)
  ) {
    return 'auto_submitted'
  }
  // Whatever the program calls it: X-Autoreply-From, X-Mail-Auto-Response, X-MDaemon-Autoresponder …
  if (mail.headers.some(({ name, value }) => autoReplyField.test(name) && !/^\s*(no|none|false|0)\s*$/i.test(value)))
    return 'auto_submitted'
  const precedence = (headerOf(mail, 'precedence') ?? headerOf(mail, 'x-precedence') ?? '').toLowerCase().trim()
  if (/^auto[_-]?reply$/.test(precedence)) return 'auto_submitted'
  if (
    /^(yes|true|auto[_-]?repl)/i.test(headerOf(mail, 'x-post-messageclass') ?? '') ||
    /autoreply/i.test(headerOf(mail, 'x-post-messageclass') ?? '')
  )
    return 'auto_submitted'
  if (
    /^rfc3834|auto-?repl|autorespond|vacation/i.test(headerOf(mail, 'delivered-to') ?? '') &&
    /^(autoresponder|autoreply)\b/i.test(headerOf(mail, 'delivered-to') ?? '')
  )
    return 'auto_submitted'
  if (autoReplySubject.test(mail.subject)) return 'auto_reply_subject'
  if (acknowledgementSubject.test(mail.subject)) return 'acknowledgement_subject'
  const suppress = (headerOf(mail, 'x-auto-response-suppress') ?? '').toLowerCase()
  // Exchange puts it on its own automatic mail; with All or AutoReply the sender asks for no acknowledgement.
  if (/\b(all|autoreply|oof)\b/.test(suppress)) return 'responses_suppressed'
  if (/^(bulk|junk|list)$/.test(precedence)) return precedence === 'list' ? 'precedence_list' : 'bulk'
  if (
    headersOf(mail, 'list-id').length ||
    headersOf(mail, 'list-unsubscribe').length ||
    headerOf(mail, 'list-post') !== null ||
    headerOf(mail, 'mailing-list') !== null
  )
    return 'list'
  // Set by programs to recognise what they sent before (procmail, list servers).
  if (
    [
      'x-loop',
      'x-no-loop',
      'x-rt-loop-prevention',
      'x-otrs-loop',
      'x-mailer-loop',
      'x-ms-exchange-inbox-rules-loop',
      // Other desks: two that acknowledge each other's acknowledgements never end.
      'rt-originator',
      'x-zendesk-from-account-id',
      'x-zammad-send-to-agent',
      'x-helpscout-message-id',
      'x-freshdesk-ticket-id',
    ].some((name) => headerOf(mail, name) !== null)
  )
    return 'loop_header'
  if (headerOf(mail, 'feedback-id') !== null || headerOf(mail, 'x-campaign-id') !== null) return 'bulk'
  return null
}

const autoReplyField =
  /^x-(?!auto-response-suppress$)([a-z-]{1,30}-)?auto-?(reply|repl(y|ied)-[a-z-]{1,20}|respond|responder|response|answer)$/

/** Fields that programs put on what they send by themselves; each is found on people's mail as well. */
const asksForNoResponse = (mail: InboundMail): boolean =>
  /\b(all|autoreply|oof)\b/i.test(headerOf(mail, 'x-auto-response-suppress') ?? '') ||
  /^\s*(bulk|junk)\b/i.test(headerOf(mail, 'precedence') ?? headerOf(mail, 'x-precedence') ?? '')

function noReplySender(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf('@'))
  return /^(no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply.*|.*[-_.+]no[-_.]?reply|mailer[-_.]?daemon|postmaster|root|daemon|bounces?([-_.+].*)?|nobody|www-data)$/i.test(
    local,
  )
}

function flaggedAsSpam(mail: InboundMail): boolean {
  if (/^\s*yes\b/i.test(headerOf(mail, 'x-spam-flag') ?? '') || /^\s*yes\b/i.test(headerOf(mail, 'x-spam-status') ?? ''))
    return true
  if (/^\s*(yes|true|spam)\b/i.test(headerOf(mail, 'x-spam') ?? '')) return true
  const scl = Number.parseInt(
    headerOf(mail, 'x-ms-exchange-organization-scl') ??
      headerOf(mail, 'x-forefront-antispam-report')?.match(/\bSCL:(-?\d+)/)?.[1] ??
      '',
    10,
  )
  return scl >= 5
}

/**
 * Whom the desk answers and shows as requester: the Reply-To when one is given and is not the desk itself, else From. (A contact form sends from the
 * site's own address and puts the person into Reply-To.)
 */
export function contactOf(mail: InboundMail, options: { ownAddresses?: readonly string[] } = {}): MailAddress | null {
  const own = options.ownAddresses ?? []
  const wanted = mail.replyTo.find((entry) => entry.address && !own.includes(entry.address.toLowerCase()))
  if (!wanted) return mail.from
  if (wanted.address.toLowerCase() === mail.from?.address.toLowerCase()) return mail.from
  return { address: wanted.address, name: wanted.name || mail.from?.name || '' }
}

const forwardMark =
  /^[ >]*(-{2,}\s*(forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht|message transféré|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|vidarebefordrat meddelande)\s*-{2,}|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message réexpédié :?|inizio messaggio inoltrato:|inicio del mensaje reenviado:)\s*$/imu
const fromLabel = /^[ >*]*(from|von|de|da|van|från|fra|od|lähettäjä|от|发件人|差出人)\s?[*]?\s?[::]\*?\s*(.{3,300})$/imu

/** The author of a mail that was forwarded by hand, as its quoted header names him; null when it is no forward. Shown as an offer, never trusted. */
export function forwardedAuthor(mail: InboundMail): MailAddress | null {
  const text = mail.text.slice(0, 20_000)
  const mark = forwardMark.exec(text)
  const isForward = /^\W{0,2}(fwd?|wg|tr|rv|enc|vs|doorst|i)\s?:/i.test(mail.subject)
  if (!mark && !isForward) return null
  const rest = text.slice(mark ? mark.index + mark[0].length : 0)
  const from = fromLabel.exec(rest.slice(0, 4_000))
  if (!from) return null
  const value = (from[2] ?? '').replace(/\[mailto:([^\]]+)\]/i, '<$1>').replace(/\*/g, '')
  return parseAddressList(value, 1).addresses.find((entry) => entry.address) ?? null
}
