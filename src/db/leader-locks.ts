import pg from 'pg'

export interface LeaderLock {
  /** Aborts when the lock is lost (the connection broke): whoever holds it stops at once. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface LeaderLocks extends AsyncDisposable {
  /** The lock of that name, or null while another node (or another holder of this one) has it. Rejects when the database cannot be reached. */
  tryTake(name: string): Promise<LeaderLock | null>
}

/**
 * Names of which only one node at a time may hold each: session advisory locks on one connection of their own. They end with
 * the process, whatever way it ends.
 */
export function openLeaderLocks(url: string, onError: (error: Error) => void): LeaderLocks {
  let closed = false
  let connecting: Promise<pg.Client> | null = null
  const held = new Map<string, AbortController>()
  let asking: Promise<unknown> = Promise.resolve()

  /** One question after the other: a connection answers no two at a time. */
  const ask = <T>(question: () => Promise<T>): Promise<T> => {
    const asked = asking.then(question, question)
    asking = asked.catch(() => {})
    return asked
  }

  const dropAll = (client: Promise<pg.Client>): void => {
    if (connecting !== client) return
    connecting = null
    for (const controller of held.values()) controller.abort()
    held.clear()
  }

  const connect = (): Promise<pg.Client> => {
    if (closed) return Promise.reject(new Error('leader locks are closed'))
    if (connecting) return connecting
    const client = new pg.Client({
      connectionString: url,
      application_name: 'tessera-locks',
      keepAlive: true,
      connectionTimeoutMillis: 15_000,
    })
    const opening: Promise<pg.Client> = (async () => {
      client.on('error', (error) => {
        if (!closed) onError(error)
        dropAll(opening)
      })
      client.on('end', () => dropAll(opening))
      await client.connect()
      return client
    })()
    connecting = opening
    opening.catch(() => dropAll(opening))
    return opening
  }

  return {
    async tryTake(name) {
      const client = await connect()
      // Session locks stack within one session, so what this process holds already is refused here.
      if (held.has(name)) return null
      const controller = new AbortController()
      held.set(name, controller)
      try {
        const { rows } = await ask(() =>
          client.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 1)) as taken', [name]),
        )
        if (!rows[0]?.taken || controller.signal.aborted) {
          if (held.get(name) === controller) held.delete(name)
          return null
        }
      } catch (error) {
        if (held.get(name) === controller) held.delete(name)
        throw error
      }
      return {
        lost: controller.signal,
        async release() {
          if (held.get(name) !== controller) return
          held.delete(name)
          await ask(() => client.query('select pg_advisory_unlock(hashtextextended($1, 1))', [name])).catch(() => {})
        },
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      const client = connecting
      connecting = null
      for (const controller of held.values()) controller.abort()
      held.clear()
      await client?.then((c) => c.end()).catch(() => {})
    },
  }
}
