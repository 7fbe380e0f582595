import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EgressError, type EgressOptions, type EgressRequest, openEgress } from '#core/egress.ts'

/** A server inside: whatever reaches it was not stopped. */
let inside: http.Server
let port: number
const seen: { url: string; authorization: string | null }[] = []

beforeAll(async () => {
  inside = http.createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization ?? null })
    const url = new URL(request.url ?? '/', 'http://inside')
    if (url.pathname === '/elsewhere') {
      response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end()
    } else if (url.pathname === '/long') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end('x'.repeat(5000))
    } else if (url.pathname === '/silent') {
      // Never answers.
    } else if (url.pathname === '/broken') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      response.socket?.destroy()
    } else response.end('inside')
  })
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening))
  port = (inside.address() as AddressInfo).port
})
afterAll(() => {
  inside.closeAllConnections()
  inside.close()
})

const codeOf = async (options: Partial<EgressOptions>, address: string, request: EgressRequest = {}): Promise<string> => {
  try {
    const answer = await openEgress({ allow: [], ...options }).send(address, request)
    return `${answer.status} ${answer.body.toString()}`
  } catch (error) {
    if (error instanceof EgressError) return error.code
    throw error
  }
}
const resolvesTo = (...addresses: string[]) => ({ resolve: async () => addresses })

describe('a request that the desk makes for somebody', () => {
  const INSIDE = [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '10.0.0.5',
    '172.20.1.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    'fc00::7',
    '0.0.0.0',
    '::',
    '255.255.255.255',
    '224.0.0.1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '192.0.2.5',
    '240.0.0.1',
  ]

  test('leads to no address inside, however it is written', async () => {
    const before = seen.length
    for (const address of INSIDE) {
      const host = address.includes(':') ? `[${address}]` : address
      expect([address, await codeOf({}, `http://${host}:${port}/`)]).toEqual([address, 'refused_host'])
    }
    // Other spellings of 127.0.0.1, which URL parsers read as numbers.
    for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1'])
      expect([host, await codeOf({}, `http://${host}:${port}/`)]).toEqual([host, 'refused_host'])
    expect(seen).toHaveLength(before)
  })

  test('leads to no name that stands for an address inside, not even for one of several', async () => {
    for (const address of INSIDE)
      expect([address, await codeOf(resolvesTo(address), `http://evil.example:${port}/`)]).toEqual([address, 'refused_host'])
    expect(await codeOf(resolvesTo('93.184.216.34', '127.0.0.1'), `http://evil.example:${port}/`)).toBe('refused_host')
    expect(await codeOf(resolvesTo(), `http://evil.example:${port}/`)).toBe('unknown_host')
  })

  test('connects to the address that was judged, whatever the name says a moment later', async () => {
    let looks = 0
    const rebinding = { resolve: async () => (looks++ === 0 ? ['127.0.0.1'] : ['169.254.169.254']), allow: ['127.0.0.1'] }
    expect(await codeOf(rebinding, `http://evil.example:${port}/`)).toBe('200 inside')
    expect(looks).toBe(1)
  })

  test('is let through to what an administrator allowed: by name, address or network', async () => {
    for (const allow of ['127.0.0.1', '127.0.0.0/8'])
      expect(await codeOf({ allow: [allow] }, `http://127.0.0.1:${port}/`)).toBe('200 inside')
    const named = { ...resolvesTo('127.0.0.1'), allow: ['Login.Intranet.example'] }
    expect(await codeOf(named, `http://login.intranet.example:${port}/`)).toBe('200 inside')
    expect(await codeOf(named, `http://other.intranet.example:${port}/`)).toBe('refused_host')
    expect(await codeOf({ allow: ['10.0.0.0/8'] }, `http://127.0.0.1:${port}/`)).toBe('refused_host')
  })

  test('reaches the own network where the desk asks for itself, but no metadata service', async () => {
    expect(await codeOf({}, `http://127.0.0.1:${port}/`, { reach: 'own_network' })).toBe('200 inside')
    for (const host of ['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', '100.100.100.200', '0.0.0.0'])
      expect(await codeOf({}, `http://${host}:${port}/`, { reach: 'own_network' })).toBe('refused_host')
  })

  test('speaks HTTP only', async () => {
    for (const address of ['file:///etc/passwd', 'ftp://93.184.216.34/', 'gopher://93.184.216.34/', 'nonsense'])
      expect([address, await codeOf({}, address)]).toEqual([address, 'bad_address'])
  })

  test('follows no redirect unless told, judges each hop, and takes its credentials nowhere else', async () => {
    const allow = ['127.0.0.1']
    const to = (target: string): string => `http://127.0.0.1:${port}/elsewhere?to=${encodeURIComponent(target)}`
    expect(await codeOf({ allow }, to('/x'))).toBe('302 ')
    expect(await codeOf({ allow }, to('http://10.0.0.1/'), { redirects: 2 })).toBe('refused_host')
    expect(await codeOf({ allow }, to('/x'), { redirects: 2, method: 'POST' })).toBe('302 ')
    expect(await codeOf({ allow }, to('file:///etc/passwd'), { redirects: 2 })).toBe('bad_address')

    const secret = { redirects: 2, headers: { Authorization: 'Bearer secret' } }
    await codeOf({ allow }, to('/same-host'), secret)
    expect(seen.at(-1)).toEqual({ url: '/same-host', authorization: 'Bearer secret' })
    // Another host, as far as anybody can tell.
    await codeOf({ ...resolvesTo('127.0.0.1'), allow }, to(`http://elsewhere.example:${port}/other-host`), secret)
    expect(seen.at(-1)).toEqual({ url: '/other-host', authorization: null })
  })

  test('takes no more than it asked for, and waits no longer', async () => {
    const allow = ['127.0.0.1']
    expect(await codeOf({ allow }, `http://127.0.0.1:${port}/long`, { maxBytes: 1000 })).toBe('too_large')
    expect(await codeOf({ allow }, `http://127.0.0.1:${port}/long`, { maxBytes: 10, beyond: 'cut' })).toBe('200 xxxxxxxxxx')
    expect(await codeOf({ allow }, `http://127.0.0.1:${port}/silent`, { timeoutMs: 100 })).toBe('timeout')
    expect(await codeOf({ allow }, `http://127.0.0.1:${port}/broken`)).toBe('unreachable')
  })
})
