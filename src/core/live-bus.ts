import { sql } from 'kysely'
import type { Db } from '#db/connection.ts'
import { listen } from '#db/listen.ts'
import { type LiveBus, type LiveEvent, LOST } from './live.ts'
import type { Logger } from './log.ts'

const CHANNEL = 'tessera'
/** NOTIFY takes 8,000 bytes at most. */
const PAYLOAD_BYTES = 7_500
/** Commits of this many milliseconds share one NOTIFY. */
const GATHER_MS = 15

type Told = { e: LiveEvent } | { c: string }

/**
 * Told after commit, gathered, and carried to every node by NOTIFY outside the transaction (inside it, NOTIFY would make commits
 * wait for each other). A process that dies in between loses the telling, never the event: screens catch up by event id.
 */
export function openLiveBus(
  db: Db,
  url: string,
  log: Logger,
  onCacheDrop: (name: string | null) => void,
): LiveBus & AsyncDisposable & { readonly ready: Promise<void> } {
  const listeners = new Set<(event: LiveEvent) => void>()
  let gathered: Told[] = []
  let timer: NodeJS.Timeout | null = null
  let sending = Promise.resolve()

  const send = (): void => {
    timer = null
    const batch = gathered
    gathered = []
    const payloads: string[] = []
    let current: string[] = []
    let size = 2
    for (const told of batch) {
      const text = JSON.stringify(told)
      if (size + text.length + 1 > PAYLOAD_BYTES && current.length > 0) {
        payloads.push(`[${current.join(',')}]`)
        current = []
        size = 2
      }
      current.push(text)
      size += Buffer.byteLength(text) + 1
    }
    if (current.length > 0) payloads.push(`[${current.join(',')}]`)
    sending = sending.then(async () => {
      try {
        await sql`select pg_notify(${CHANNEL}, payload) from unnest(${payloads}::text[]) as payload`.execute(db)
      } catch (error) {
        log.warn({ err: error }, 'open screens were not told of a change')
      }
    })
  }

  const push = (told: Told): void => {
    gathered.push(told)
    timer ??= setTimeout(send, GATHER_MS)
  }

  const listener = listen(url, [CHANNEL], {
    onMessage: (_channel, payload) => {
      for (const told of JSON.parse(payload) as Told[]) {
        if ('c' in told) onCacheDrop(told.c)
        else for (const hear of listeners) hear(told.e)
      }
    },
    onBack: () => {
      onCacheDrop(null)
      for (const hear of listeners) hear({ id: 0, verb: LOST, subject: { kind: 'live', id: 0 }, facts: {} })
    },
    onError: (error) => log.warn({ err: error }, 'lost the connection that hears of changes, trying again'),
  })

  return {
    ready: listener.ready,
    tell: (event) => push({ e: event }),
    dropCache: (name) => push({ c: name }),
    subscribe: (hear) => {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    async [Symbol.asyncDispose]() {
      if (timer) {
        clearTimeout(timer)
        send()
      }
      await sending
      await listener[Symbol.asyncDispose]()
    },
  }
}
