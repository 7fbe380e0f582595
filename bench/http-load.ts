import net from 'node:net'

export interface Load {
  url: string
  connections: number
  total: number
  /** The whole request, head and body, of the nth call. */
  request: (index: number) => Buffer
}

export interface Loaded {
  seconds: number
  /** Calls by status. */
  statuses: Map<number, number>
  /** Milliseconds of the slowest of each hundred sorted calls: [50] and [95]. */
  p50: number
  p95: number
}

/** Sends calls over kept-alive connections, one at a time on each, with as little work of its own as can be. */
export async function loadHttp({ url, connections, total, request }: Load): Promise<Loaded> {
  const { hostname, port } = new URL(url)
  const statuses = new Map<number, number>()
  const times: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = net.connect(Number(port), hostname)
      socket.setNoDelay(true)
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      const reader = responses(socket)
      while (next < total) {
        const index = next++
        const sent = performance.now()
        socket.write(request(index))
        const status = await reader()
        times.push(performance.now() - sent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
      socket.destroy()
    }),
  )
  const seconds = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { seconds, statuses, p50: at(0.5), p95: at(0.95) }
}

/** Reads one response after the other: its status, once all of its body is there. */
function responses(socket: net.Socket): () => Promise<number> {
  let held = Buffer.alloc(0)
  let wanted: ((status: number) => void) | null = null
  let failed: ((error: Error) => void) | null = null
  const look = (): void => {
    if (!wanted) return
    const end = held.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = held.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    let stop: number
    if (length !== undefined) stop = end + 4 + Number(length)
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      const last = held.indexOf('\r\n0\r\n\r\n', end)
      if (last === -1) return
      stop = last + 7
    } else stop = end + 4
    if (held.length < stop) return
    const status = Number(head.slice(9, 12))
    held = held.subarray(stop)
    const tell = wanted
    wanted = null
    tell(status)
  }
  socket.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    look()
  })
  socket.on('error', (error) => failed?.(error))
  socket.on('close', () => failed?.(new Error('the connection was closed')))
  return () =>
    new Promise((resolve, reject) => {
      wanted = resolve
      failed = reject
      look()
    })
}

/** A request as bytes. */
export function httpRequest(method: string, path: string, headers: Record<string, string>, body = ''): Buffer {
  const all: Record<string, string> = {
    Host: 'desk',
    ...headers,
    ...(body ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}
