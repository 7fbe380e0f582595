import net from 'node:net'

/** A port that was free a moment ago, for servers that cannot be asked which one they took. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves once something accepts connections there; rejects after `ms`. */
export async function untilOpen(port: number, ms = 15_000): Promise<void> {
  const end = Date.now() + ms
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    if (Date.now() > end) throw new Error(`nothing listens on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Looks until `look` gives something; rejects with `what` after `ms`. */
export async function until<T>(
  look: () => Promise<T | null | undefined | false>,
  what: string | (() => string | Promise<string>),
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`never happened: ${typeof what === 'string' ? what : await what()}`)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
}
