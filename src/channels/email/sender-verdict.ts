import { headerOf, type InboundMail } from './inbound-mail.ts'
import { isAligned } from './organizational-domain.ts'

/** verified: the sender's domain vouches for the From address. internal: it came over an authenticated local way. failed: the domain disowns it. */
export type Verdict = 'verified' | 'internal' | 'not_verified' | 'failed'

export const verdictReasons = [
  'dmarc_pass',
  'dkim_aligned',
  'spf_aligned',
  'arc_trusted',
  'dmarc_fail',
  'dmarc_fail_unenforced',
  'signature_broken',
  'dns_failed',
  'no_results',
  'not_aligned',
  'ambiguous_from',
  'no_from',
  'answers_elsewhere',
  'authenticated_submission',
  'organisation_internal',
] as const

export type VerdictReason = (typeof verdictReasons)[number]

export type SenderVerdict = {
  verdict: Verdict
  /** A key of the catalogue: `mail.verdict.{reason}`. */
  reason: VerdictReason
  /** The domain that was proven, if any. */
  domain: string | null
}

/** What a check found: our own (DKIM over the raw octets, SPF at our own listener, DMARC from both), or one that a trusted server told. Domains in any case. */
export type OwnCheck = {
  dkim: { domain: string; result: string }[]
  spf?: { domain: string; result: string } | null
  dmarc?: { result: string; policy: string } | null
  /** A name server did not answer: what is missing may have been a proof. */
  incomplete?: boolean
  /** The domain wants more than a relaxed alignment (RFC 7489 section 3.1), and what passed has only that. */
  strict?: boolean
  /** What a trusted forwarder found before it changed the mail, by its ARC seal (RFC 8617). */
  sealed?: OwnCheck | null
}

export type VerdictOptions = {
  /** authserv-ids of servers whose Authentication-Results we believe (RFC 8601 section 5), lower-case; none trusted means the field is ignored. */
  trustedAuthservIds: readonly string[]
  ownCheck?: OwnCheck | null
  /** The address an authenticated client or a trusted local program vouched for when it handed the mail over. */
  authenticatedAs?: string | null
  /** The mail comes out of a mailbox whose server alone writes X-MS-Exchange-Organization fields (Microsoft 365): only then is AuthAs believed. */
  trustedInternal?: boolean
  /** Whom the desk will take for the sender (contactOf): what is proven about From says nothing about another address in Reply-To. */
  contact?: { address: string } | null
}

export type AuthenticationResults = {
  authservId: string
  results: { method: string; result: string; properties: Record<string, string> }[]
}

/**
 * Who really sent it. Only the topmost Authentication-Results field counts, and only when a server we trust wrote it: anything below may have come with
 * the mail (RFC 8601 section 7.1). Alignment is relaxed (RFC 7489 section 3.1). Pure.
 */
export function senderVerdict(mail: InboundMail, options: VerdictOptions): SenderVerdict {
  const from = mail.from?.address.toLowerCase() ?? ''
  if (!from) return { verdict: 'not_verified', reason: 'no_from', domain: null }
  if (mail.ambiguousFrom) return { verdict: 'not_verified', reason: 'ambiguous_from', domain: null }
  const domain = domainOf(from)
  const own = options.ownCheck ?? null
  const checks = [own, toldCheck(mail, options.trustedAuthservIds, domain)].filter((check) => check !== null)
  const elsewhere = options.contact && options.contact.address.toLowerCase() !== from
  if (!elsewhere) {
    if (options.authenticatedAs?.toLowerCase() === from)
      return { verdict: 'internal', reason: 'authenticated_submission', domain }
    if (options.trustedInternal && headerOf(mail, 'x-ms-exchange-organization-authas')?.trim().toLowerCase() === 'internal')
      return { verdict: 'internal', reason: 'organisation_internal', domain }
    for (const check of checks) {
      const pass = passOf(check, domain)
      if (pass) return pass
    }
  }
  // A forwarder we trust saw the mail before its own changes broke the proof; what it saw outweighs what is left of it.
  const sealed = own?.sealed ? passOf(own.sealed, domain) : null
  if (sealed && !elsewhere) return { ...sealed, reason: 'arc_trusted' }
  const fails = sealed ? [] : checks.filter((check) => check.dmarc?.result === 'fail')
  if (fails.some((check) => check.dmarc?.policy !== 'none')) return { verdict: 'failed', reason: 'dmarc_fail', domain: null }
  if (elsewhere) return { verdict: 'not_verified', reason: 'answers_elsewhere', domain: null }
  if (fails.length) return { verdict: 'not_verified', reason: 'dmarc_fail_unenforced', domain: null }
  if (own?.incomplete) return { verdict: 'not_verified', reason: 'dns_failed', domain: null }
  if (!checks.length) return { verdict: 'not_verified', reason: 'no_results', domain: null }
  // A broken signature of the sender's own domain, with nothing else that speaks for it. (Forwarders break signatures, so it is a doubt, not a proof.)
  if (checks.some((check) => check.dkim.some((one) => one.result === 'fail' && isAligned(one.domain, domain)))) {
    return { verdict: 'not_verified', reason: 'signature_broken', domain: null }
  }
  return { verdict: 'not_verified', reason: 'not_aligned', domain: null }
}

/** What a server we trust told us; null when none did. */
function toldCheck(mail: InboundMail, trustedAuthservIds: readonly string[], domain: string): OwnCheck | null {
  const topmost = mail.authenticationResults[0]
  const parsed = topmost === undefined ? null : parseAuthenticationResults(topmost)
  return parsed !== null && trustedAuthservIds.includes(parsed.authservId) ? checkOfResults(parsed, domain) : null
}

function passOf(check: OwnCheck, domain: string): SenderVerdict | null {
  if (check.dmarc?.result === 'pass') return { verdict: 'verified', reason: 'dmarc_pass', domain }
  if (check.dmarc?.result === 'fail' || check.strict) return null
  const signed = check.dkim.find((one) => one.result === 'pass' && isAligned(one.domain, domain))
  if (signed) return { verdict: 'verified', reason: 'dkim_aligned', domain: signed.domain.toLowerCase() }
  if (check.spf?.result === 'pass' && isAligned(check.spf.domain, domain))
    return { verdict: 'verified', reason: 'spf_aligned', domain: check.spf.domain.toLowerCase() }
  return null
}

/** The results of one trusted field, as far as they speak of the From domain. */
export function checkOfResults(parsed: AuthenticationResults, fromDomain: string): OwnCheck {
  const spf = parsed.results.find((one) => one.method === 'spf')
  const dmarc = parsed.results.find((one) => one.method === 'dmarc')
  const mailFrom = spf?.properties['smtp.mailfrom'] ?? spf?.properties['smtp.helo'] ?? ''
  const dmarcFrom = dmarc?.properties['header.from']?.toLowerCase()
  return {
    dkim: parsed.results
      .filter((one) => one.method === 'dkim')
      .map((one) => ({ domain: one.properties['header.d'] ?? domainOf(one.properties['header.i'] ?? ''), result: one.result })),
    spf: spf ? { domain: domainOf(mailFrom) || mailFrom, result: spf.result } : null,
    // A result about another From domain says nothing about this one.
    dmarc:
      dmarc && (!dmarcFrom || isAligned(dmarcFrom, fromDomain))
        ? { result: dmarc.result, policy: (dmarc.properties['policy.dmarc'] ?? '').toLowerCase() }
        : null,
  }
}

/** One Authentication-Results value (RFC 8601 section 2.2); null when it is none. Names and results in lower case, comments dropped. */
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  const pieces = splitStatements(withoutComments(value.slice(0, 16_000)))
  const authservId = (pieces[0] ?? '').trim().split(/\s+/)[0]?.replace(/^"|"$/g, '').toLowerCase() ?? ''
  if (!authservId || authservId.includes('=')) return null
  const results: AuthenticationResults['results'] = []
  for (const piece of pieces.slice(1, 60)) {
    const tokens = piece.trim().split(/\s+/)
    const head = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/i.exec(tokens[0] ?? '')
    if (!head) continue
    const properties: Record<string, string> = Object.create(null)
    for (const token of tokens.slice(1)) {
      const equals = token.indexOf('=')
      if (equals > 0) properties[token.slice(0, equals).toLowerCase()] = token.slice(equals + 1).replace(/^"|"$/g, '')
    }
    results.push({ method: (head[1] ?? '').toLowerCase(), result: (head[2] ?? '').toLowerCase(), properties })
  }
  return { authservId, results }
}

/** Comments nest (RFC 5322 section 3.2.2); a parenthesis inside quotes is none. */
function withoutComments(value: string): string {
  let out = ''
  let depth = 0
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string
    if (char === '\\') {
      if (!depth) out += char + (value[at + 1] ?? '')
      at++
    } else if (quoted || (char === '"' && !depth)) {
      if (char === '"') quoted = !quoted
      out += char
    } else if (char === '(') depth++
    else if (char === ')' && depth) depth--
    else if (!depth) out += char
  }
  return out.replace(/\s*=\s*/g, '=')
}

function splitStatements(value: string): string[] {
  const pieces: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '"') quoted = !quoted
    else if (value[at] === ';' && !quoted) {
      pieces.push(value.slice(start, at))
      start = at + 1
    }
  }
  pieces.push(value.slice(start))
  return pieces
}

function domainOf(address: string): string {
  return address
    .slice(address.lastIndexOf('@') + 1)
    .replace(/[<>\s]/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}
