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
  | 'own_address'
  | 'spam'
  | 'failed_check'
  | 'auto_reply_unknown'
  | 'known_party'
  | 'unverified_party'
  | 'unverified_number'
  | 'through_outsider'
  | 'unproven_reopen'
  | 'party_failed_check'
  | 'stranger'
  | 'automatic_on_thread'
  | 'thread_closed'
  | 'thread_deleted'
  | 'no_thread'
  | 'remembered_spam'
  | 'claims_agent'
  | 'loop_stopped'
  | 'failed_check_taken'
  /** A person took it out of suspension. */
  | 'taken_by_person'

/** What an administrator decided about doubtful mail (settings `mail.on…`). */
export type LandingPolicy = {
  banned: 'suspend' | 'skip'
  failed: 'suspend' | 'take'
  spam: 'suspend' | 'take'
  agentClaim: 'suspend' | 'take'
}

/** What a new desk does. */
export const shippedPolicy: LandingPolicy = { banned: 'suspend', failed: 'suspend', spam: 'suspend', agentClaim: 'take' }

export type LandingFacts = {
  match: MatchKind
  isParty: boolean
  verdict: Verdict
  kind: MailKind
  spamFlagged: boolean
  senderBanned: boolean
  /** What people said of earlier mail of this sender. */
  standing: 'trusted' | 'spam' | null
  /** It says it is from an agent, and nothing proves that. */
  claimsAgent: boolean
  /** It came to an address that was made for somebody the ticket was forwarded to, and to none made for its sender. */
  throughOutsider: boolean
  /** So much came from this sender in so short a time that a loop is likely. */
  loopStopped: boolean
  policy: LandingPolicy
  /** Message-ID, From and body of a mail of the last 30 days: kept and shown, not posted. */
  duplicate: boolean
  hasSender: boolean
  /** Whether the matched thread still takes messages. closed_for_good: past its time to reopen. null without a match. */
  thread: 'open' | 'reopenable' | 'closed_for_good' | 'deleted' | null
}

export type LandingDecision = { landing: Landing; reason: LandingReason }

/** A row applies when every fact it names holds. `mail` and `and` say the same for people: they are the table in docs/mail.md. */
type Row = { mail: string; and: string; when: (facts: LandingFacts) => boolean; landing: Landing; reason: LandingReason }

const matched = (facts: LandingFacts): boolean => facts.match !== 'none' && facts.thread !== null
const alive = (facts: LandingFacts): boolean => matched(facts) && (facts.thread === 'open' || facts.thread === 'reopenable')
const spam = (facts: LandingFacts): boolean =>
  facts.spamFlagged && facts.standing !== 'trusted' && facts.policy.spam === 'suspend'

/** Read from the top; the first row that applies decides. The last one always does. */
export const landingTable: readonly Row[] = [
  { mail: 'seen before', and: '', when: (f) => f.duplicate, landing: 'skip', reason: 'duplicate' },
  { mail: 'our own', and: '', when: (f) => f.kind === 'loop', landing: 'skip', reason: 'own_mail' },
  {
    mail: 'from a banned sender',
    and: 'bans drop (`mail.onBanned`)',
    when: (f) => f.senderBanned && f.policy.banned === 'skip',
    landing: 'skip',
    reason: 'banned',
  },
  { mail: 'from a banned sender', and: '', when: (f) => f.senderBanned, landing: 'quarantine', reason: 'banned' },
  {
    mail: 'a bounce',
    and: 'of a mail of a known thread',
    when: (f) => f.kind === 'bounce' && matched(f),
    landing: 'note_failure',
    reason: 'delivery_failed',
  },
  {
    mail: 'a bounce',
    and: 'of nothing we know',
    when: (f) => f.kind === 'bounce',
    landing: 'quarantine',
    reason: 'delivery_failed_unknown',
  },
  { mail: 'a report', and: '', when: (f) => f.kind === 'report', landing: 'skip', reason: 'machine_report' },
  { mail: 'from nobody', and: '', when: (f) => !f.hasSender, landing: 'quarantine', reason: 'no_sender' },
  {
    mail: 'one of too many in a short time',
    and: '',
    when: (f) => f.loopStopped,
    landing: 'quarantine',
    reason: 'loop_stopped',
  },
  {
    mail: 'an automatic answer',
    and: 'of a party, not failed, thread open or reopenable',
    when: (f) => f.kind === 'auto_reply' && alive(f) && f.isParty && f.verdict !== 'failed',
    landing: 'append',
    reason: 'automatic_on_thread',
  },
  {
    mail: 'an automatic answer',
    and: 'otherwise on a known thread',
    when: (f) => f.kind === 'auto_reply' && matched(f),
    landing: 'skip',
    reason: 'auto_reply_unknown',
  },
  {
    mail: 'in an agent’s name, unproven',
    and: 'such mail is suspended (`mail.onAgentClaim`)',
    when: (f) => f.claimsAgent && f.policy.agentClaim === 'suspend',
    landing: 'quarantine',
    reason: 'claims_agent',
  },
  {
    mail: 'on a deleted thread',
    and: 'not spam, not failed, its sender not remembered for spam',
    when: (f) => matched(f) && f.thread === 'deleted' && !spam(f) && f.standing !== 'spam' && f.verdict !== 'failed',
    landing: 'new',
    reason: 'thread_deleted',
  },
  // What is not proven may add text to a living conversation; it reopens none.
  {
    mail: 'on a thread that is done (reopenable)',
    and: 'verdict failed',
    when: (f) => alive(f) && f.thread === 'reopenable' && f.verdict === 'failed',
    landing: 'quarantine',
    reason: 'failed_check',
  },
  {
    mail: 'on a thread that is done (reopenable)',
    and: 'not from a party, or by number and not verified',
    when: (f) =>
      alive(f) &&
      f.thread === 'reopenable' &&
      !spam(f) &&
      f.standing !== 'spam' &&
      (!f.isParty || (f.verdict === 'not_verified' && f.match === 'number')),
    landing: 'new_linked',
    reason: 'unproven_reopen',
  },
  {
    mail: 'from a party, thread open or reopenable',
    and: 'verdict failed',
    when: (f) => alive(f) && f.isParty && f.verdict === 'failed',
    landing: 'append_flagged',
    reason: 'party_failed_check',
  },
  // A number can be guessed and a From written by anybody: without proof it adds text, but does not pass as that person.
  {
    mail: '',
    and: 'not verified, and only the number matches',
    when: (f) => alive(f) && f.isParty && f.verdict === 'not_verified' && f.match === 'number',
    landing: 'append_flagged',
    reason: 'unverified_number',
  },
  // That address was told to the outsider: whoever uses it in a party's name may be them.
  {
    mail: '',
    and: 'not verified, and to an address made for somebody outside',
    when: (f) => alive(f) && f.isParty && f.verdict === 'not_verified' && f.throughOutsider,
    landing: 'append_flagged',
    reason: 'through_outsider',
  },
  // A party whose domain publishes nothing is still who holds the signed address or the ids; only a failed check raises doubt.
  {
    mail: '',
    and: 'not verified',
    when: (f) => alive(f) && f.isParty && f.verdict === 'not_verified',
    landing: 'append',
    reason: 'unverified_party',
  },
  { mail: '', and: 'verified or internal', when: (f) => alive(f) && f.isParty, landing: 'append', reason: 'known_party' },
  {
    mail: 'from a sender remembered for spam',
    and: '',
    when: (f) => f.standing === 'spam',
    landing: 'quarantine',
    reason: 'remembered_spam',
  },
  {
    mail: 'marked as spam by the provider',
    and: 'its sender not trusted, and such mail is suspended (`mail.onSpam`)',
    when: spam,
    landing: 'quarantine',
    reason: 'spam',
  },
  {
    mail: 'failed its check',
    and: 'such mail is suspended (`mail.onFailed`)',
    when: (f) => f.verdict === 'failed' && f.policy.failed === 'suspend',
    landing: 'quarantine',
    reason: 'failed_check',
  },
  {
    mail: 'failed its check',
    and: 'such mail is taken, thread not open or reopenable',
    when: (f) => f.verdict === 'failed' && !alive(f),
    landing: 'new',
    reason: 'failed_check_taken',
  },
  { mail: 'from a stranger on a living thread', and: '', when: (f) => alive(f), landing: 'append_flagged', reason: 'stranger' },
  {
    mail: 'from a party, thread closed too long ago',
    and: '',
    when: (f) => matched(f) && f.thread === 'closed_for_good' && f.isParty,
    landing: 'new_linked',
    reason: 'thread_closed',
  },
  { mail: 'anything else', and: '', when: () => true, landing: 'new', reason: 'no_thread' },
]

/** The one table: what becomes of a message. Stated for people in docs/mail.md, which a test holds equal to it. Pure. */
export function decideLanding(facts: LandingFacts): LandingDecision {
  const row = landingTable.find((candidate) => candidate.when(facts))
  return row ? { landing: row.landing, reason: row.reason } : { landing: 'new', reason: 'no_thread' }
}

const landingWords: Readonly<Record<Landing, string>> = {
  append: 'entry',
  append_flagged: 'entry, flagged',
  new: 'new ticket',
  new_linked: 'new ticket, linked',
  note_failure: 'mark on that delivery',
  quarantine: 'quarantine',
  skip: 'skip',
}

/** The table as docs/mail.md shows it. */
export const landingTableInWords = (): string =>
  [
    '| the mail is | and | lands as | reason |',
    '|---|---|---|---|',
    ...landingTable.map((row) => `|${cell(row.mail)}|${cell(row.and)}| ${landingWords[row.landing]} | \`${row.reason}\` |`),
  ].join('\n')

const cell = (text: string): string => (text ? ` ${text} ` : ' ')

const plainFacts: LandingFacts = {
  match: 'none',
  isParty: false,
  verdict: 'not_verified',
  kind: 'message',
  spamFlagged: false,
  senderBanned: false,
  standing: null,
  claimsAgent: false,
  throughOutsider: false,
  loopStopped: false,
  policy: shippedPolicy,
  duplicate: false,
  hasSender: true,
  thread: null,
}

/** Match × party × verdict for a person's mail on a new desk, on an open thread and on one that is done: drawn from the table, for docs/mail.md. */
export function landingMatrix(): string {
  const verdicts: Verdict[] = ['verified', 'internal', 'not_verified', 'failed']
  const lines = [
    `| match | sender | thread | ${verdicts.map((one) => one.replace('_', ' ')).join(' | ')} |`,
    '|---|---|---|---|---|---|---|',
  ]
  const draw = (match: MatchKind, isParty: boolean, thread: LandingFacts['thread']): string =>
    verdicts.map((verdict) => landingWords[decideLanding({ ...plainFacts, match, isParty, thread, verdict }).landing]).join(' | ')
  for (const match of ['signed_address', 'signed_id', 'body_marker', 'imported_id', 'known_id', 'number'] as const) {
    for (const isParty of [true, false]) {
      for (const thread of ['open', 'reopenable'] as const)
        lines.push(
          `| ${match.replace('_', ' ')} | ${isParty ? 'party' : 'stranger'} | ${thread === 'open' ? 'open' : 'done'} | ${draw(match, isParty, thread)} |`,
        )
    }
  }
  lines.push(`| none | anybody | none | ${draw('none', false, null)} |`)
  return lines.join('\n')
}
