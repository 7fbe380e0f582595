import { defineEvent } from '#core/events.ts'
import type { OutboundKind } from './outbound-message.ts'

/** Subject: the ticket, or `message` when it is about none. */
export interface MessageFate {
  message: number
  entry: number | null
  kind: OutboundKind
}

/** A reply was taken by the mail server. */
export const messageSent = defineEvent<MessageFate>('message.sent')
/** A message will not arrive: refused for good, given up after days, or bounced. */
export const messageFailed = defineEvent<MessageFate & { reason: string }>('message.failed')
/** A message waits for an administrator. */
export const messageHeld = defineEvent<MessageFate & { reason: string }>('message.held')

export const mailboxChanged = defineEvent<{ changes: string[] }>('mailbox.changed')
/** A mailbox could not be read for some minutes. */
export const mailboxFailing = defineEvent<{ key: string }>('mailbox.failing')
/** The client secret that a mailbox signs in with ends: so many days before, 0 when it has. */
export const secretExpiring = defineEvent<{ days: number; expiresOn: string }>('mailbox.secret_expiring')
/** No mail has come for longer than the mailbox's usual. */
export const mailboxSilent = defineEvent<{ hours: number }>('mailbox.silent')
export const mailboxRecovered = defineEvent<Record<string, never>>('mailbox.recovered')

/** So much came from one sender in so short a time that a loop is likely: it is stopped. */
export const loopStopped = defineEvent<{ kind: 'subject' | 'sender' | 'domain'; count: number }>('mail.loop_stopped')
/** A person lets mail of a stopped sender in again. */
export const loopStoppedReset = defineEvent<Record<string, never>>('mail.loop_reset')

export const signingKeyMade = defineEvent<{ domain: string; selector: string }>('signing_key.made')
export const signingKeyChecked = defineEvent<{ result: string }>('signing_key.checked')
export const signingKeyRemoved = defineEvent<{ domain: string }>('signing_key.removed')

/** A person took a suspended message out of the way. */
export const inboundDropped = defineEvent<Record<string, never>>('inbound_message.deleted')
/** A person had a message sent once more, as a new one. */
export const outboundResent = defineEvent<{ as: number }>('message.resent')
/** A person asked for another try of a message that did not leave. */
export const outboundRetried = defineEvent<Record<string, never>>('message.retried')
