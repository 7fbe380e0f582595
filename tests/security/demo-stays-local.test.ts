import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { isLocal } from '../../src/doors/cli/stay-local.ts'

const server = createServer((socket) => {
  // The other side hangs up without a word.
  socket.on('error', () => {})
  socket.end('here')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** What becomes of each way out, in a process of its own that has sworn to stay. */
async function ways(port: number): Promise<Record<string, string>> {
  const program = `
    import { stayLocal } from './src/doors/cli/stay-local.ts'
    import dns from 'node:dns'
    import { Resolver, resolve4, lookup } from 'node:dns/promises'
    import net from 'node:net'
    import tls from 'node:tls'
    import http from 'node:http'
    stayLocal()
    const socket = (open) => new Promise((done) => {
      const one = open()
      one.once('error', (error) => done(error.code))
      one.once('connect', () => { one.destroy(); done('connected') })
    })
    const asked = (work) => Promise.resolve().then(work).then(() => 'answered', (error) => error.code)
    const found = {
      address: await socket(() => net.connect(25, '198.51.100.7')),
      options: await socket(() => net.connect({ port: 25, host: '198.51.100.7' })),
      name: await socket(() => net.connect(25, 'mail.example.org')),
      six: await socket(() => net.connect({ port: 25, host: '2001:db8::7' })),
      socket: await socket(() => new net.Socket().connect(25, '198.51.100.7')),
      tls: await socket(() => tls.connect({ port: 465, host: '198.51.100.7' })),
      http: await asked(() => new Promise((done, fail) => http.get('http://198.51.100.7/', done).on('error', fail))),
      fetch: await fetch('http://198.51.100.7/').then(() => 'answered', (error) => error.cause?.code),
      lookup: await asked(() => lookup('mail.example.org')),
      lookupBack: await asked(() => new Promise((done, fail) => dns.lookup('mail.example.org', (error) => error ? fail(error) : done()))),
      servers: dns.getServers().join(),
      resolver: await asked(() => { const one = new Resolver({ timeout: 200, tries: 1 }); return one.resolve4('mail.example.org') }),
      loopback: await socket(() => net.connect(${port}, '127.0.0.1')),
      localhost: await socket(() => net.connect({ port: ${port}, host: 'localhost' })),
    }
    console.log(JSON.stringify(found))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 })
  return JSON.parse(stdout)
}

test('a demonstration opens no connection to anywhere else, and asks for no name', async () => {
  const { port } = server.address() as { port: number }
  const { resolver, ...found } = await ways(port)
  expect(found).toEqual({
    address: 'EACCES',
    options: 'EACCES',
    name: 'EACCES',
    six: 'EACCES',
    socket: 'EACCES',
    tls: 'EACCES',
    http: 'EACCES',
    fetch: 'EACCES',
    lookup: 'EACCES',
    lookupBack: 'EACCES',
    servers: '127.0.0.1:9',
    loopback: 'connected',
    localhost: 'connected',
  })
  // Nobody listens where it asks: refused at once, or silence.
  expect(['ECONNREFUSED', 'ETIMEOUT']).toContain(resolver)
})

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['127.0.0.1.example.org', false],
  ['localhost.example.org', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['169.254.169.254', false],
  ['2130706433', false],
])('%s is on this machine: %s', (host, expected) => expect(isLocal(host)).toBe(expected))
