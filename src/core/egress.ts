import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { defineService } from './slots.ts'

/**
 * Why nothing, or not all of it, came back. `refused_host`: an address that this desk does not talk to, because it lies inside
 * its own network and no administrator allowed it (EGRESS_ALLOW).
 */
export type EgressFailure =
  | 'bad_address'
  | 'refused_host'
  | 'unknown_host'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  | 'too_large'

export class EgressError extends Error {
  readonly code: EgressFailure
  readonly host: string
  constructor(code: EgressFailure, host: string, detail: string, cause?: unknown) {
    super(detail, { cause })
    this.name = 'EgressError'
    this.code = code
    this.host = host
  }
}

export interface EgressRequest {
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** Octets of the answer's body; 1 MiB unless told. */
  maxBytes?: number
  /** What becomes of a longer answer: an error, or its beginning with `isCut`. */
  beyond?: 'fail' | 'cut'
  /** For the whole exchange, name look-up to last octet; 20 s unless told. */
  timeoutMs?: number
  /** How many redirects to follow, GET and HEAD only; none unless told, and the redirect itself is the answer. */
  redirects?: number
  /**
   * `public` unless told. `own_network` also lets through loopback and private addresses, for the desk's own address; never those
   * of link-local services such as a cloud's metadata.
   */
  reach?: 'public' | 'own_network'
  signal?: AbortSignal
}

export interface EgressAnswer {
  status: number
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>
  body: Buffer
  isCut: boolean
}

/** The one way HTTP requests leave the desk. */
export interface Egress {
  /** Rejects with EgressError, or the signal's reason. */
  send(address: string | URL, request?: EgressRequest): Promise<EgressAnswer>
}

export const egress = defineService<Egress>('egress')

/** For a desk that talks to nobody: every request is refused before a name is looked up. */
export const noEgress: Egress = {
  async send(address) {
    const host = URL.canParse(String(address)) ? new URL(String(address)).host : ''
    throw new EgressError('refused_host', host, 'This desk sends nothing out of its machine')
  },
}

export interface EgressOptions {
  /** Hosts, addresses and networks (CIDR) that are let through although they lie inside: an intranet's own sign-in server, say. */
  allow: readonly string[]
  /** The system's resolver unless told. */
  resolve?: (host: string) => Promise<string[]>
}

const DEFAULT_BYTES = 1024 * 1024
const DEFAULT_MS = 20_000

/**
 * A client that looks at the address it really connects to: names are resolved once, each answer is judged, and the connection goes
 * to a judged address, so that a name which changes its answer between two look-ups (DNS rebinding) leads nowhere new.
 */
export function openEgress(options: EgressOptions): Egress {
  const allowed = readAllowed(options.allow)
  const resolve = options.resolve ?? systemResolve

  const judged = async (url: URL, reach: 'public' | 'own_network'): Promise<LookupAddress[]> => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const byName = allowed.names.has(host.toLowerCase())
    let addresses: string[]
    try {
      addresses = isIP(host) ? [host] : await resolve(host)
    } catch (error) {
      throw new EgressError('unknown_host', host, `The name ${host} is not known`, error)
    }
    const fit = addresses.filter((one) => byName || mayReach(one, reach, allowed.networks))
    if (addresses.length === 0) throw new EgressError('unknown_host', host, `The name ${host} is not known`)
    // One that leads inside is enough to refuse: which of several is taken must not be chance.
    if (fit.length < addresses.length) throw new EgressError('refused_host', host, `${host} lies inside this network`)
    return fit.map((address) => ({ address, family: isIP(address) }))
  }

  const once = async (url: URL, request: EgressRequest, signal: AbortSignal): Promise<EgressAnswer> => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new EgressError('bad_address', url.host, 'Not an http or https address')
    const addresses = await judged(url, request.reach ?? 'public')
    signal.throwIfAborted()
    return exchange(url, request, addresses, signal)
  }

  return {
    async send(address, request = {}) {
      if (!URL.canParse(String(address))) throw new EgressError('bad_address', '', 'Not an address')
      let url = new URL(address)
      let current = request
      const end = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_MS)
      const signal = request.signal ? AbortSignal.any([end, request.signal]) : end
      try {
        for (let left = request.redirects ?? 0; ; left--) {
          const answer = await once(url, current, signal)
          const location = answer.headers.get('location')
          const follows = [301, 302, 303, 307, 308].includes(answer.status) && location && URL.canParse(location, url)
          if (!follows || left <= 0 || !/^(GET|HEAD)$/.test(current.method ?? 'GET')) return answer
          const next = new URL(location, url)
          if (next.origin !== url.origin) current = { ...current, headers: withoutCredentials(current.headers) }
          url = next
        }
      } catch (error) {
        if (request.signal?.aborted) throw request.signal.reason
        if (end.aborted) throw new EgressError('timeout', url.hostname, `${url.hostname} did not answer in time`, error)
        throw error
      }
    },
  }
}

function exchange(
  url: URL,
  request: EgressRequest,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<EgressAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<EgressAnswer>()
  const max = request.maxBytes ?? DEFAULT_BYTES
  const body = request.body === undefined ? null : Buffer.from(request.body as Uint8Array)
  const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
    method: request.method ?? 'GET',
    headers: {
      'user-agent': 'Tessera',
      'accept-encoding': 'identity',
      ...request.headers,
      ...(body ? { 'content-length': String(body.byteLength) } : {}),
    },
    lookup: pinned(addresses),
    // A connection of its own: a shared one could have been opened under another judgement.
    agent: false,
    signal,
  })
  outgoing.once('error', (error) => reject(signal.aborted ? error : failureOf(error, url.hostname)))
  outgoing.once('response', (incoming) => {
    const parts: Buffer[] = []
    let size = 0
    const answer = (isCut: boolean): EgressAnswer => ({
      status: incoming.statusCode ?? 0,
      headers: new Map(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(parts),
      isCut,
    })
    incoming.on('data', (part: Buffer) => {
      if (size + part.length <= max) {
        size += part.length
        parts.push(part)
        return
      }
      parts.push(part.subarray(0, max - size))
      size = max
      if (request.beyond === 'cut') resolve(answer(true))
      else reject(new EgressError('too_large', url.hostname, `${url.hostname} answered with more than ${max} octets`))
      incoming.destroy()
    })
    incoming.once('end', () => {
      if (incoming.complete) resolve(answer(false))
    })
    incoming.once('error', (error) => reject(signal.aborted ? error : failureOf(error, url.hostname)))
    incoming.once('close', () => {
      if (!incoming.complete) reject(new EgressError('unreachable', url.hostname, `${url.hostname} broke off its answer`))
    })
  })
  outgoing.end(body ?? undefined)
  return promise
}

/** A look-up that knows the judged addresses only. */
const pinned = (addresses: readonly LookupAddress[]): LookupFunction =>
  ((_host: string, options: LookupOptions, done: (...args: unknown[]) => void) => {
    if (options.all) done(null, addresses)
    else done(null, addresses[0]!.address, addresses[0]!.family)
  }) as LookupFunction

function systemResolve(host: string): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>()
  dnsLookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found.map((one) => one.address))))
  return promise
}

function failureOf(error: Error, host: string): EgressError {
  if (error instanceof EgressError) return error
  const code = String((error as { code?: unknown }).code ?? '')
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)/.test(code))
    return new EgressError('certificate', host, error.message, error)
  return new EgressError('unreachable', host, error.message || code || 'no answer', error)
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization'])

const withoutCredentials = (headers: EgressRequest['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())))

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

function readAllowed(entries: readonly string[]): { names: Set<string>; networks: Network[] } {
  const names = new Set<string>()
  const networks: Network[] = []
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) networks.push(ipaddr.parseCIDR(entry))
    else if (ipaddr.isValid(entry)) {
      const address = ipaddr.process(entry)
      networks.push([address, address.kind() === 'ipv4' ? 32 : 128])
    } else names.add(entry.toLowerCase())
  }
  return { names, networks }
}

/** Anything but ordinary public unicast is inside; addresses that carry an IPv4 address (RFC 4291, 6052, 3056, 4380) are judged by it. */
function mayReach(text: string, reach: 'public' | 'own_network', networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = carried(ipaddr.process(text.replace(/%.*$/, '')))
  if (networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))) return true
  const range = address.range()
  if (range === 'unicast') return true
  if (reach === 'own_network')
    return ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat'].includes(range) && !isMetadata(address)
  return false
}

function carried(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === 'ipv4') return address
  const bytes = address.toByteArray()
  if (address.range() === 'rfc6052') return new ipaddr.IPv4(bytes.slice(12))
  // IPv4-compatible, obsolete: `::127.0.0.1`.
  if (address.range() === 'unicast' && bytes.slice(0, 12).every((byte) => byte === 0)) return new ipaddr.IPv4(bytes.slice(12))
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  return address
}

/** Metadata services that live at addresses which are otherwise private (AWS by IPv6, Alibaba). */
const isMetadata = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  ['fd00:ec2::254', '100.100.100.200'].some((one) => ipaddr.parse(one).toNormalizedString() === address.toNormalizedString())
