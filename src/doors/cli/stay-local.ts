import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/** Of this machine alone: loopback (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3) and `localhost` (RFC 6761 section 6.3). */
export const isLocal = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i.test(host.replace(/^\[|\]$/g, ''))

/** Nobody listens there: what asks for a name by itself hears nothing. */
const NO_NAME_SERVER = '127.0.0.1:9'

const refusal = (host: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`This process stays on its machine: ${host} is not called`), { code: 'EACCES' })

/**
 * From here on this process opens connections to its own machine only, and looks no name up: whatever a visitor types into a
 * demonstration (a mail server, an address), nothing leaves. For good; there is no way back.
 */
export function stayLocal(): void {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const host = hostOf(args)
    if (host !== null && !isLocal(host)) {
      process.nextTick(() => this.destroy(refusal(host)))
      return this
    }
    return Reflect.apply(connect, this, args)
  } as typeof connect

  const lookup = dns.lookup
  const guarded = (...args: unknown[]): void => {
    const host = String(args[0] ?? '')
    const done = args.at(-1) as (error: Error) => void
    if (host === '' || net.isIP(host) || isLocal(host)) Reflect.apply(lookup, dns, args)
    else process.nextTick(done, refusal(host))
  }
  dns.lookup = Object.assign(guarded, lookup) as typeof dns.lookup
  const lookupPromise = dns.promises.lookup
  dns.promises.lookup = (async (host: string, ...rest: unknown[]) => {
    if (!net.isIP(host) && !isLocal(host)) throw refusal(host)
    return Reflect.apply(lookupPromise, dns.promises, [host, ...rest])
  }) as typeof dns.promises.lookup
  for (const { prototype } of [dns.Resolver, dns.promises.Resolver]) {
    const asks = prototype as unknown as Record<string, (...args: unknown[]) => unknown>
    for (const name of Object.getOwnPropertyNames(dns.Resolver.prototype).filter((one) => /^(resolve|reverse)/.test(one))) {
      const ask = asks[name]
      if (typeof ask !== 'function') continue
      asks[name] = function (this: dns.Resolver, ...args: unknown[]) {
        this.setServers([NO_NAME_SERVER])
        return Reflect.apply(ask, this, args)
      }
    }
  }
  dns.setServers([NO_NAME_SERVER])
  dns.promises.setServers([NO_NAME_SERVER])
  syncBuiltinESMExports()
}

/** The host that `connect` was asked for, in any of its forms; null for a socket of this file system. */
function hostOf(args: unknown[]): string | null {
  // Node itself passes its own normalised list on: [[options, callback]].
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: string | null; host?: string }
    return path ? null : (host ?? 'localhost')
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return null
  return typeof second === 'string' ? second : 'localhost'
}
