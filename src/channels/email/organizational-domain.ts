import { getDomain } from 'tldts'

const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false } as const

/**
 * The organizational domain of a domain by the Public Suffix List (RFC 7489 section 3.2), private suffixes included, so that two customers
 * of one hosting company are two organizations. Lower case, without a final dot; null for a public suffix itself, an address or nothing.
 */
export function organizationalDomain(domain: string): string | null {
  const plain = plainDomain(domain)
  if (!plain) return null
  return getDomain(plain, options)
}

/** Relaxed alignment (RFC 7489 section 3.1): both names belong to one organization. Names without one align only with themselves. */
export function isAligned(authenticated: string, from: string): boolean {
  const a = plainDomain(authenticated)
  const b = plainDomain(from)
  if (!a || !b) return false
  if (a === b) return true
  const organization = organizationalDomain(a)
  return organization !== null && organization === organizationalDomain(b)
}

const plainDomain = (domain: string): string => domain.trim().toLowerCase().replace(/\.$/, '')
