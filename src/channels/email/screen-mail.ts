import type { InboundMail, MailAddress } from './inbound-mail.ts'

export type MailKind = 'message' | 'bounce' | 'auto_reply' | 'report' | 'loop'

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

export type Screening = {
  kind: MailKind
  /** May the desk acknowledge this mail by itself (RFC 3834 section 2)? Kind `message` only, and not for bulk, lists or no-reply senders. */
  mayAutoRespond: boolean
  /** Why not: a key such as `auto_submitted`, `bulk`, `list`, `no_reply_sender`, `null_sender`, `own_mail`, `bounce`, `report`; null when it may. */
  reason: string | null
  bounce: Bounce | null
  /** Kind report: what it reports. */
  report: 'dmarc' | 'tls' | 'feedback' | 'read_receipt' | 'other' | null
  /** The provider's filter marked it as spam. */
  spamFlagged: boolean
}

/** `ownAddresses` are the desk's mailboxes in lower case, `ownMessageId` tells our own Message-IDs: both stop loops. */
export type ScreenOptions = {
  ownAddresses?: readonly string[]
  envelopeSender?: string | null
  isOwnMessageId?: (id: string) => boolean
}

/** Tells people's mail from machines' mail. Pure; RFC 3834, 3464, 3462, 5965, 7489, 8460. */
export function screenMail(mail: InboundMail, options: ScreenOptions = {}): Screening {
  void mail
  void options
  return { kind: 'message', mayAutoRespond: true, reason: null, bounce: null, report: null, spamFlagged: false }
}

/** Whom the desk should answer and show as requester: the Reply-To of a form or list that sends for somebody, else From. */
export function contactOf(mail: InboundMail): MailAddress | null {
  return mail.from
}

/** The author of a mail that an agent or a rule forwarded, as its quoted header names him; null when it is no forward. */
export function forwardedAuthor(mail: InboundMail): MailAddress | null {
  void mail
  return null
}
