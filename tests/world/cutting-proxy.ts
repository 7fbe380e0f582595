import net from 'node:net'

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  /** Breaks the connection when the client sends what matches, or as soon as it connects; this often. */
  cutAt(what: RegExp | 'connect', times: number): void
  /** Connections broken so far. */
  readonly cuts: number
}

/** Stands before a server and breaks connections on demand: what was sent before the cut has arrived, the answer is lost. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  let cut: { what: RegExp | 'connect'; times: number } | null = null
  let cuts = 0
  const open = new Set<net.Socket>()
  const isCut = (text: string | null): boolean => {
    if (!cut || cut.times === 0) return false
    if (cut.what === 'connect' ? text !== null : text === null || !cut.what.test(text)) return false
    cut.times -= 1
    cuts += 1
    return true
  }
  const server = net.createServer((client) => {
    client.on('error', () => {})
    if (isCut(null)) {
      client.destroy()
      return
    }
    const behind = net.connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    behind.on('data', (part) => client.write(part))
    client.on('data', (part) => {
      if (!isCut(part.toString('latin1'))) {
        behind.write(part)
        return
      }
      client.destroy()
      // The command still arrives at the server, as when only the way back is lost.
      behind.end(part)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    cutAt(what, times) {
      cut = { what, times }
    },
    get cuts() {
      return cuts
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
