import type { InboundMail } from '#channels/email/inbound-mail.ts'
import type { SigningKey } from '#channels/email/signed-address.ts'

/** What a mail says about the conversation it belongs to, strongest first. Ids without angle brackets. */
export type ThreadCandidates = {
  signedAddress: { ticket: number; madeForSender: boolean } | null
  signedIds: { id: string; ticket: number; entry: number }[]
  /** Message-IDs to look up among those we know, nearest first. */
  knownIds: string[]
  /** Ticket numbers the subject names as [#number]. */
  numbers: string[]
}

/** A conversation the store knows. `parties` are the lower-case addresses of requester, collaborators and agents. */
export type FoundThread = { ticket: number; thread: number; number: string; parties: readonly string[] }

export type FoundThreads = {
  byTicket: ReadonlyMap<number, FoundThread>
  byMessageId: ReadonlyMap<string, FoundThread>
  byNumber: ReadonlyMap<string, FoundThread>
}

export type MatchKind = 'signed_address' | 'signed_id' | 'known_id' | 'number' | 'none'

export type ThreadMatch = { kind: MatchKind; thread: FoundThread | null; isParty: boolean }

/** Pure planner: what to look up. Bounded by the mail's own limits. */
export function threadCandidates(mail: InboundMail, options: { signingKey: SigningKey }): ThreadCandidates {
  void mail
  void options
  return { signedAddress: null, signedIds: [], knownIds: [], numbers: [] }
}

/** First hit wins; the subject alone never matches, and a number only for a party. `sender` is the lower-case From address. */
export function chooseMatch(candidates: ThreadCandidates, found: FoundThreads, sender: string): ThreadMatch {
  void candidates
  void found
  void sender
  return { kind: 'none', thread: null, isParty: false }
}
