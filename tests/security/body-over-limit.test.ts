import net from 'node:net'
import { beforeAll, expect, test } from 'vitest'
import { createOsticketKey } from '#access/api-tokens.ts'
import { openCast, tokenFor } from '../world/cast.ts'
import { openTestDesk, type TestDesk } from '../world/http.ts'

let desk: TestDesk
let token: string
let key: string

beforeAll(async () => {
  desk = await openTestDesk()
  token = await tokenFor(desk.ctx, (await openCast(desk.ctx)).agents.sam)
  key = (await createOsticketKey(desk.ctx, { name: 'all' })).key
})

/** Sends what `write` writes until an answer comes; resolves with its status and how many bytes had been written by then. */
function send(
  head: string,
  write: (socket: net.Socket, sent: (bytes: number) => void) => void,
): Promise<{ status: number; sent: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; sent: number }>()
  const { port } = new URL(desk.url)
  let sent = 0
  const socket = net.connect(Number(port), '127.0.0.1', () => {
    socket.write(head)
    write(socket, (bytes) => {
      sent += bytes
    })
  })
  socket.on('data', (data) => {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1]
    if (status) {
      resolve({ status: Number(status), sent })
      socket.destroy()
    }
  })
  socket.on('error', reject)
  socket.on('close', () => resolve({ status: 0, sent }))
  return promise
}

const rest = (more: string) =>
  `POST /api/v1/tickets HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`
const osticket = (format: string, more: string) =>
  `POST /api/tickets.${format} HTTP/1.1\r\nHost: desk\r\nX-API-Key: ${key}\r\n${more}\r\n\r\n`

test('a declared length over the limit is refused before a byte of the body is sent', async () => {
  for (const head of [
    rest('Content-Length: 900000000'),
    osticket('json', 'Content-Length: 900000000'),
    osticket('xml', 'Content-Length: 900000000'),
    osticket('email', 'Content-Length: 900000000'),
  ]) {
    expect(await send(head, () => {})).toEqual({ status: 413, sent: 0 })
  }
})

test('a body of no declared length is cut off when it passes the limit', async () => {
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 0x20), Buffer.from('\r\n')])
  const { status, sent } = await send(rest('Transfer-Encoding: chunked'), (socket, count) => {
    let sent = 0
    const more = (error?: Error | null): void => {
      if (error || socket.destroyed || sent > 60) return
      sent++
      count(chunk.length)
      socket.write(chunk, more)
    }
    more()
  })
  expect(status).toBe(413)
  expect(sent).toBeLessThan(60 * 1_048_576)
})

test('without a token nothing is read at all', async () => {
  const head = 'POST /api/v1/tickets HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nContent-Length: 30000000\r\n\r\n'
  expect(await send(head, () => {})).toEqual({ status: 401, sent: 0 })
  const old = 'POST /api/tickets.json HTTP/1.1\r\nHost: desk\r\nContent-Length: 30000000\r\n\r\n'
  expect(await send(old, () => {})).toEqual({ status: 401, sent: 0 })
})
