import pg from 'pg'

export interface Listener extends AsyncDisposable {
  /** Resolves once the first connection listens. */
  readonly ready: Promise<void>
}

/**
 * Holds one connection that listens on channels and comes back by itself after the server was away. `onBack` is called after
 * each reconnection: whatever was told meanwhile is lost, so listeners must catch up.
 */
export function listen(
  url: string,
  channels: readonly string[],
  handlers: { onMessage: (channel: string, payload: string) => void; onBack: () => void; onError: (error: Error) => void },
): Listener {
  let closed = false
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let first = true
  const { promise: ready, resolve } = Promise.withResolvers<void>()

  const connect = async (): Promise<void> => {
    if (closed) return
    const next = new pg.Client({ connectionString: url, application_name: 'tessera-listen', keepAlive: true })
    client = next
    const again = (error?: Error): void => {
      if (client !== next) return
      client = null
      if (closed) return
      if (error) handlers.onError(error)
      timer = setTimeout(() => void connect(), 500)
    }
    next.on('error', again)
    next.on('end', () => again())
    next.on('notification', (message) => handlers.onMessage(message.channel, message.payload ?? ''))
    try {
      await next.connect()
      for (const channel of channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
      if (first) {
        first = false
        resolve()
      } else handlers.onBack()
    } catch (error) {
      next.end().catch(() => {})
      again(error as Error)
    }
  }
  void connect()

  return {
    ready,
    async [Symbol.asyncDispose]() {
      closed = true
      if (timer) clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
