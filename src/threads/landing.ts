import type { MailKind } from '#channels/email/screen-mail.ts'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import type { MatchKind } from './match-thread.ts'

/**
 * append: an entry of the thread. append_flagged: the same, shown as from somebody who may not be who they say.
 * new: a new ticket. new_linked: a new ticket that names the old one. note_failure: only marks a delivery on the thread as failed.
 * quarantine: parked for a person to decide. skip: kept, no entry.
 */
export type Landing = 'append' | 'append_flagged' | 'new' | 'new_linked' | 'note_failure' | 'quarantine' | 'skip'

/** Keys of the catalogue: `mail.landing.{reason}`. */
export type LandingReason =
  | 'duplicate'
  | 'own_mail'
  | 'machine_report'
  | 'delivery_failed'
  | 'delivery_failed_unknown'
  | 'banned'
  | 'no_sender'
  | 'spam'
  | 'failed_check'
  | 'auto_reply_unknown'
  | 'known_party'
  | 'unverified_party'
  | 'unverified_number'
  | 'unproven_reopen'
  | 'party_failed_check'
  | 'stranger'
  | 'automatic_on_thread'
  | 'thread_closed'
  | 'thread_deleted'
  | 'no_thread'

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
  /** Whether the matched thread still takes messages. closed_for_good: past its time to reopen. null without a match. */
  thread: 'open' | 'reopenable' | 'closed_for_good' | 'deleted' | null
}

export type LandingDecision = { landing: Landing; reason: LandingReason }

/** A row applies when every fact it names holds. */
type Row = { when: (facts: LandingFacts) => boolean; landing: Landing; reason: LandingReason }

const matched = (facts: LandingFacts): boolean => facts.match !== 'none' && facts.thread !== null
const alive = (facts: LandingFacts): boolean => matched(facts) && (facts.thread === 'open' || facts.thread === 'reopenable')

/** Read from the top; the first row that applies decides. The last one always does. */
export const landingTable: readonly Row[] = [
  { when: (f) => f.duplicate, landing: 'skip', reason: 'duplicate' },
  { when: (f) => f.kind === 'loop', landing: 'skip', reason: 'own_mail' },
  { when: (f) => f.senderBanned, landing: 'quarantine', reason: 'banned' },
  { when: (f) => f.kind === 'bounce' && matched(f), landing: 'note_failure', reason: 'delivery_failed' },
  { when: (f) => f.kind === 'bounce', landing: 'quarantine', reason: 'delivery_failed_unknown' },
  { when: (f) => f.kind === 'report', landing: 'skip', reason: 'machine_report' },
  { when: (f) => !f.hasSender, landing: 'quarantine', reason: 'no_sender' },
  {
    when: (f) => f.kind === 'auto_reply' && alive(f) && f.isParty && f.verdict !== 'failed',
    landing: 'append',
    reason: 'automatic_on_thread',
  },
  { when: (f) => f.kind === 'auto_reply' && matched(f), landing: 'skip', reason: 'auto_reply_unknown' },
  {
    when: (f) => matched(f) && f.thread === 'deleted' && !f.spamFlagged && f.verdict !== 'failed',
    landing: 'new',
    reason: 'thread_deleted',
  },
  // What is not proven may add text to a living conversation; it reopens none.
  { when: (f) => alive(f) && f.thread === 'reopenable' && f.verdict === 'failed', landing: 'quarantine', reason: 'failed_check' },
  {
    when: (f) =>
      alive(f) &&
      f.thread === 'reopenable' &&
      !f.spamFlagged &&
      (!f.isParty || (f.verdict === 'not_verified' && f.match === 'number')),
    landing: 'new_linked',
    reason: 'unproven_reopen',
  },
  { when: (f) => alive(f) && f.isParty && f.verdict === 'failed', landing: 'append_flagged', reason: 'party_failed_check' },
  // A number can be guessed and a From written by anybody: without proof it adds text, but does not pass as that person.
  {
    when: (f) => alive(f) && f.isParty && f.verdict === 'not_verified' && f.match === 'number',
    landing: 'append_flagged',
    reason: 'unverified_number',
  },
  // A party whose domain publishes nothing is still who holds the signed address or the ids; only a failed check raises doubt.
  { when: (f) => alive(f) && f.isParty && f.verdict === 'not_verified', landing: 'append', reason: 'unverified_party' },
  { when: (f) => alive(f) && f.isParty, landing: 'append', reason: 'known_party' },
  { when: (f) => f.spamFlagged, landing: 'quarantine', reason: 'spam' },
  { when: (f) => f.verdict === 'failed', landing: 'quarantine', reason: 'failed_check' },
  { when: (f) => alive(f), landing: 'append_flagged', reason: 'stranger' },
  { when: (f) => matched(f) && f.thread === 'closed_for_good' && f.isParty, landing: 'new_linked', reason: 'thread_closed' },
  { when: () => true, landing: 'new', reason: 'no_thread' },
]

/** The one table: what becomes of a message. Stated for people in docs/mail.md. Pure. */
export function decideLanding(facts: LandingFacts): LandingDecision {
  const row = landingTable.find((candidate) => candidate.when(facts))
  return row ? { landing: row.landing, reason: row.reason } : { landing: 'new', reason: 'no_thread' }
}
