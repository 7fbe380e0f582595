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

/** What a failed delivery means. Pure; RFC 5321 section 4.2, RFC 3463. */
export function classifyFailure(error: unknown): MailFailure {
  void error
  return { class: 'try_again', reason: 'unknown', code: null, status: null, detail: '' }
}
