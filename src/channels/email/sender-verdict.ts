import type { InboundMail } from './inbound-mail.ts'

/** verified: the sender's domain vouches for the From address. internal: it came over an authenticated local way. failed: the domain disowns it. */
export type Verdict = 'verified' | 'internal' | 'not_verified' | 'failed'

export type SenderVerdict = {
  verdict: Verdict
  /** Key of the reason: dmarc_pass, dkim_aligned, spf_aligned, dmarc_fail, dmarc_reject, no_results, not_aligned, ambiguous_from, no_from, authenticated_submission. */
  reason: string
  /** The domain that was proven, if any. */
  domain: string | null
}

/** A check made by ourselves (DKIM over the raw bytes, SPF at our own listener). */
export type OwnCheck = {
  dkim: { domain: string; result: 'pass' | 'fail' | 'none' | 'temperror' }[]
  spf?: { domain: string; result: string } | null
  dmarc?: { result: string; policy: string } | null
}

export type VerdictOptions = {
  /** authserv-ids of servers whose Authentication-Results we believe (RFC 8601 section 5), lower-case; only the topmost field counts. */
  trustedAuthservIds: readonly string[]
  ownCheck?: OwnCheck | null
  /** The message was handed over by an authenticated client or a trusted local pipe that vouches for From. */
  authenticatedAs?: string | null
}

/** Who really sent it. Pure. */
export function senderVerdict(mail: InboundMail, options: VerdictOptions): SenderVerdict {
  void mail
  void options
  return { verdict: 'not_verified', reason: 'no_results', domain: null }
}
