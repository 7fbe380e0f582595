import { oneLine } from './decode-text.ts'

/** try_again: wait and repeat. final: this recipient will not get it. ask_administrator: nothing goes out until a person changes a setting. */
export type FailureClass = 'try_again' | 'final' | 'ask_administrator'

export type FailureReason =
  | 'mailbox_full'
  | 'unknown_address'
  | 'unknown_domain'
  | 'rejected_as_spam'
  | 'rejected_by_policy'
  | 'message_too_large'
  | 'greylisted'
  | 'rate_limited'
  | 'sign_in_failed'
  | 'sender_refused'
  | 'relay_refused'
  | 'certificate'
  | 'cannot_connect'
  | 'server_trouble'
  | 'bad_message'
  | 'unknown'

export type MailFailure = {
  class: FailureClass
  /** A key of the catalogue: `mail.failure.{reason}`. */
  reason: FailureReason
  /** SMTP reply code, when the server gave one. */
  code: number | null
  /** Enhanced status x.y.z (RFC 3463). */
  status: string | null
  /** The server's own words, one line, at most 500 characters. */
  detail: string
}

/** An error of nodemailer or of a socket, or what a server answered. */
export type SmtpError = {
  code?: string | undefined
  responseCode?: number | undefined
  response?: string | undefined
  command?: string | undefined
  message?: string | undefined
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'EAI_AGAIN',
  'ECONNECTION',
  'ESOCKET',
  'EDNS',
  'ETIME',
  'ECONNABORTED',
])
const certificateCodes = /^(CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT|ETLS$)/

/** What a failed delivery means. Pure; RFC 5321 section 4.2.1, RFC 3463, RFC 4954 section 6. */
export function classifyFailure(error: unknown): MailFailure {
  const given: SmtpError = typeof error === 'object' && error !== null ? (error as SmtpError) : { message: String(error) }
  const words = oneLine(given.response || given.message || '', 500)
  const code = given.responseCode ?? (Number(/^\s*([245]\d\d)[ -]/.exec(given.response ?? '')?.[1] ?? 0) || null)
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(given.response ?? '')?.[1] ?? null
  const made = (failureClass: FailureClass, reason: FailureReason): MailFailure => ({
    class: failureClass,
    reason,
    code,
    status,
    detail: words,
  })
  const command = (given.command ?? '').toUpperCase()
  const errno = given.code ?? ''

  if (certificateCodes.test(errno) || /\b(certificate|self[- ]signed|altnames|wrong version number)\b/i.test(words))
    return made('ask_administrator', 'certificate')
  if (errno === 'ENOTFOUND') return made('ask_administrator', 'cannot_connect')
  if (
    errno === 'EAUTH' ||
    /^AUTH/.test(command) ||
    code === 535 ||
    code === 534 ||
    code === 530 ||
    code === 538 ||
    code === 454
  ) {
    // 454: the server cannot check the password just now.
    return code === 454 || (code !== null && code < 500)
      ? made('try_again', 'sign_in_failed')
      : made('ask_administrator', 'sign_in_failed')
  }
  if (code === null) {
    if (networkCodes.has(errno)) return made('try_again', 'cannot_connect')
    if (errno === 'EMESSAGE' || errno === 'EENVELOPE') return made('final', 'bad_message')
    return made('try_again', 'unknown')
  }
  if (code < 400) return made('try_again', 'unknown')
  const [, subject = '', detail = ''] = (status ?? '').split('.')
  const about = `${subject}.${detail}`
  const full =
    about === '2.2' ||
    code === 552 ||
    /\b(mailbox (is )?full|over ?quota|quota exceeded|insufficient (system )?storage|out of storage)\b/i.test(words)

  if (code < 500) {
    if (full) return made('try_again', 'mailbox_full')
    if (code === 450 && /gr[ae]y|try (again|later)/i.test(words)) return made('try_again', 'greylisted')
    if (/gr[ae]ylist/i.test(words)) return made('try_again', 'greylisted')
    if (/\b(rate|too many|limit|throttl)/i.test(words)) return made('try_again', 'rate_limited')
    return made('try_again', 'server_trouble')
  }
  if (about === '3.4' || /\b(too (large|big)|size limit|exceeds? .{0,30}size|message size)\b/i.test(words))
    return made('final', 'message_too_large')
  // Worth another try for a while: people empty mailboxes.
  if (full) return made('try_again', 'mailbox_full')
  if (/\b(relay(ing)?)\b/i.test(words)) return made('ask_administrator', 'relay_refused')
  if (
    /^MAIL/.test(command) ||
    about === '1.7' ||
    about === '1.8' ||
    /\b(sender (address )?(rejected|refused|denied|not allowed)|send ?as ?denied|not permitted to send)/i.test(words)
  )
    return made('ask_administrator', 'sender_refused')
  if (about === '1.2' || /\b(host|domain)\b.{0,30}\b(not found|unknown|does not exist)/i.test(words))
    return made('final', 'unknown_domain')
  if (
    /^(1\.[136]|1\.10|2\.1)$/.test(about) ||
    /\b(user unknown|unknown user|no such (user|recipient|mailbox)|mailbox (unavailable|not found)|does not exist|invalid (recipient|mailbox)|recipient (address )?rejected|not exist)\b/i.test(
      words,
    )
  ) {
    return made('final', 'unknown_address')
  }
  if (/\b(spam|junk|blacklist|blocklist|black ?listed|rbl|dnsbl|reputation|spamhaus)\b/i.test(words))
    return made('final', 'rejected_as_spam')
  if (subject === '7' || /\b(policy|dmarc|spf|dkim|denied|refused|blocked|prohibited)\b/i.test(words))
    return made('final', 'rejected_by_policy')
  if (code === 550 || code === 551 || code === 553) return made('final', 'unknown_address')
  if (subject === '6' || code === 555 || code === 501) return made('final', 'bad_message')
  return made('final', 'unknown')
}
