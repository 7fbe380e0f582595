import ipaddr from 'ipaddr.js'

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Reads TRUSTED_PROXIES: addresses or networks in CIDR notation. */
export function parseNetworks(list: readonly string[]): Network[] {
  return list.map((text) => {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.process(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  })
}

function isTrusted(address: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as ipaddr.IPv4, bits))
}

export interface ForwardedFacts {
  address: string
  host: string
  protocol: 'http' | 'https'
}

/**
 * Who asks, and under which address of ours: forwarded headers count only when the peer is a trusted proxy, and of X-Forwarded-For
 * only the part that trusted proxies wrote, from the right.
 */
export function forwardedFacts(
  peer: string | undefined,
  headers: { get(name: string): string | null },
  networks: readonly Network[],
): ForwardedFacts {
  const direct = peer?.replace(/^::ffff:/, '') ?? ''
  const facts: ForwardedFacts = { address: direct, host: headers.get('host') ?? '', protocol: 'http' }
  if (networks.length === 0 || !isTrusted(direct, networks)) return facts
  const chain = (headers.get('x-forwarded-for') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  for (const address of chain.reverse()) {
    if (!ipaddr.isValid(address)) break
    facts.address = address
    if (!isTrusted(address, networks)) break
  }
  const host = headers.get('x-forwarded-host')?.split(',')[0]?.trim()
  if (host) facts.host = host
  if (headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https') facts.protocol = 'https'
  return facts
}
