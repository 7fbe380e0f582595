import type { MailKind } from '#channels/email/screen-mail.ts'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import type { MatchKind } from './match-thread.ts'

/**
 * append: an entry of the thread. append_flagged: the same, shown as from somebody who may not be who they say.
 * new: a new ticket. new_linked: a new ticket that names the old one. note_failure: only marks a delivery on the thread as failed.
 * quarantine: parked for a person to decide. skip: kept, no entry.
 */
export type Landing = 'append' | 'append_flagged' | 'new' | 'new_linked' | 'note_failure' | 'quarantine' | 'skip'

export type LandingFacts = {
  match: MatchKind
  isParty: boolean
  verdict: Verdict
  kind: MailKind
  spamFlagged: boolean
  senderBanned: boolean
  /** Message-ID, From and body of a mail of the last 30 days: kept and shown, not posted. */
  duplicate: boolean
  hasSender: boolean
  /** Whether the matched thread still takes messages. closed_for_good: past its time to reopen. */
  thread: 'open' | 'reopenable' | 'closed_for_good' | 'deleted' | null
}

/** `reason` is a key of the catalogue: `mail.landing.{reason}`. */
export type LandingDecision = { landing: Landing; reason: string }

/** The one table: what becomes of a message. Stated for people in docs/mail.md. Pure. */
export function decideLanding(facts: LandingFacts): LandingDecision {
  void facts
  return { landing: 'new', reason: 'no_thread' }
}
