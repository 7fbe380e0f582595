import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import ipaddr from 'ipaddr.js'
import { arc } from 'mailauth/lib/arc/index.js'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js'
import { spf } from 'mailauth/lib/spf/index.js'
import type { MailResolver } from '../mail-dns.ts'
import { headersOf, type InboundMail } from './inbound-mail.ts'
import { isAligned } from './organizational-domain.ts'
import { checkOfResults, type OwnCheck, parseAuthenticationResults } from './sender-verdict.ts'

/** More signatures or seals than any honest mail has are not looked at: each costs a question to a name server. */
const MAX_SIGNATURES = 10
const MAX_SEALS = 12
const MIN_KEY_BITS = 1024
const SPF_MS = 8_000
const ALL_MS = 20_000
const PIECE = 64 * 1024
/** Fields that stand once in an honest mail; a second one is how text is slipped past a signature (RFC 6376 section 8.15). */
const ONCE = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'content-type',
  'content-transfer-encoding',
]

export interface SenderFacts {
  /** Who handed the mail to our own listener; null for mail fetched or piped. */
  client: { address: string; helo: string } | null
  /** MAIL FROM; null when unknown. */
  envelopeSender: string | null
  /** Signing domains of forwarders whose ARC seals we believe (RFC 8617). */
  trustedSealers: readonly string[]
}

/**
 * Checks by ourselves who sent a mail: DKIM over the raw octets (RFC 6376), SPF when a client from the open internet handed it to our own
 * listener (RFC 7208), DMARC of both (RFC 7489), and the results that a trusted forwarder sealed (RFC 8617). null when the mail holds nothing that
 * could be checked: then no name server is asked. Never rejects; what a name server does not answer makes the check `incomplete`, never failed.
 */
export async function checkSender(
  raw: Buffer,
  mail: InboundMail,
  facts: SenderFacts,
  resolver: MailResolver,
  now: Date,
): Promise<OwnCheck | null> {
  const signatures = headersOf(mail, 'dkim-signature').length
  const seals = facts.trustedSealers.length > 0 ? headersOf(mail, 'arc-seal').length : 0
  const client = facts.client && isOnTheInternet(facts.client.address) ? facts.client : null
  if ((signatures === 0 && seals === 0 && !client) || signatures > MAX_SIGNATURES || seals > MAX_SEALS) return null
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<OwnCheck>((resolve) => {
      timer = setTimeout(() => resolve({ dkim: [], incomplete: true }), ALL_MS)
    })
    return await Promise.race([check(raw, mail, { ...facts, client }, resolver, now), late])
  } catch {
    // A mail that the checker stumbles over has proven nothing.
    return { dkim: [], incomplete: true }
  } finally {
    clearTimeout(timer)
  }
}

async function check(raw: Buffer, mail: InboundMail, facts: SenderFacts, resolver: MailResolver, now: Date): Promise<OwnCheck> {
  const resolve = resolver as (name: string, type: string) => Promise<never>
  const [dkim, sender] = await Promise.all([
    dkimVerify(Readable.from(pieces(raw)), { resolver: resolve, curTime: now, minBitLength: MIN_KEY_BITS, rejectRsaSha1: true }),
    facts.client
      ? spf({
          resolver: resolve,
          ip: facts.client.address,
          helo: facts.client.helo,
          sender: facts.envelopeSender ?? '',
          mta: 'desk',
          maxElapsedTime: SPF_MS,
        })
      : null,
  ])
  const doubled = ONCE.some((name) => headersOf(mail, name).length > 1)
  const signed = dkim.results
    .filter((one) => one.signingDomain)
    .map((one) => ({
      domain: String(one.signingDomain),
      result: resultOf(one.status, doubled),
    }))
  const own: OwnCheck = {
    dkim: signed,
    spf: sender ? { domain: String(sender.domain || '').toLowerCase(), result: String(sender.status.result) } : null,
    dmarc: null,
    incomplete: signed.some((one) => one.result === 'temperror') || sender?.status.result === 'temperror',
  }
  const from = mail.from?.address ?? ''
  const domain = from.slice(from.lastIndexOf('@') + 1).toLowerCase()
  const passes = signed.some((one) => one.result === 'pass' && isAligned(one.domain, domain))
  // Without the client's address nobody knows whether SPF would have passed: only a pass says something then.
  if (domain && (sender || passes)) {
    const { response } = await evaluateDmarc({
      headerFrom: [from],
      fromFields: dkim.fromFields,
      spfDomains: own.spf?.result === 'pass' ? [own.spf.domain] : [],
      dkimDomains: signed.filter((one) => one.result === 'pass').map((one) => ({ domain: one.domain })),
      resolver: resolve,
    })
    if (response) {
      const result = String(response.status.result)
      if (result === 'temperror') own.incomplete = true
      else if (result !== 'fail' || (sender && !own.incomplete)) own.dmarc = { result, policy: response.policy }
      else if (passes) own.strict = true
    }
  }
  if (dkim.arc && headersOf(mail, 'arc-seal').length > 0 && facts.trustedSealers.length > 0) {
    const sealed = await arc(dkim.arc as Parameters<typeof arc>[0], { resolver: resolve, minBitLength: MIN_KEY_BITS })
    const chain = (dkim.arc.chain || []) as unknown as SealedHop[]
    const signature = sealed.signature || null
    if (sealed.status.result === 'pass' && !signature?.status.underSized)
      own.sealed = trustedResults(chain, facts.trustedSealers, domain)
  }
  return own
}

function resultOf(status: { result: string; comment?: string | false; underSized?: number }, doubled: boolean): string {
  // A signature that leaves the end of the body open (l=) lets anybody add to it.
  if (status.result === 'pass' && (doubled || status.underSized)) return 'policy'
  return status.result === 'neutral' && /body hash/i.test(status.comment || '') ? 'fail' : status.result
}

interface SealedHop {
  i: number
  'arc-seal'?: { parsed?: { d?: { value?: unknown } } }
  'arc-authentication-results'?: { original?: Buffer | string }
}

/**
 * What the first of the trusted forwarders saw, counted from us: every hop after it must be trusted too, since each could have changed what
 * it sealed (RFC 8617 section 5.2 leaves whom to trust to the receiver).
 */
function trustedResults(chain: readonly SealedHop[], trusted: readonly string[], domain: string): OwnCheck | null {
  let first: SealedHop | null = null
  for (const hop of [...chain].sort((a, b) => b.i - a.i)) {
    const sealer = String(hop['arc-seal']?.parsed?.d?.value ?? '').toLowerCase()
    if (!trusted.some((one) => one === sealer || sealer.endsWith(`.${one}`))) break
    first = hop
  }
  const field = first?.['arc-authentication-results']?.original?.toString() ?? ''
  const value = /^[^:]*:\s*i\s*=\s*\d+\s*;([\s\S]*)$/i.exec(field)?.[1]
  const results = value ? parseAuthenticationResults(value.replace(/\r?\n/g, ' ')) : null
  return results ? checkOfResults(results, domain) : null
}

/** SPF judges who came from outside; a relay of our own network is not the sender's. */
function isOnTheInternet(address: string): boolean {
  if (!isIP(address)) return false
  return ipaddr.process(address).range() === 'unicast'
}

/** In pieces, so that a mail of fifty megabytes does not hold the process for the time it takes to hash. */
function* pieces(raw: Buffer): Generator<Buffer> {
  for (let at = 0; at < raw.length; at += PIECE) yield raw.subarray(at, at + PIECE)
}
