/** What the server tells a screen (see core/live.ts): what changed, never its content. */
export interface LiveMessage {
  id: number
  verb: string
  subject: { kind: string; id: number }
  [more: string]: unknown
}

export type LiveState = 'connecting' | 'on' | 'off'

type Listener = (message: LiveMessage) => void
type StateListener = (state: LiveState) => void

interface Shared {
  type: 'message' | 'state' | 'ask'
  message?: LiveMessage
  state?: LiveState
}

/**
 * One stream for all tabs of a browser (over HTTP/1.1 it opens six connections to a host at most): the tab that holds the lock
 * listens to the server and repeats what it hears to the others; when it closes, the next one takes over and catches up by
 * the last id. Without locks or channels every tab has its own stream.
 */
export function openLive(url: string): {
  onMessage(listener: Listener): () => void
  onState(listener: StateListener): () => void
  close(): void
} {
  const listeners = new Set<Listener>()
  const stateListeners = new Set<StateListener>()
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tessera-live') : null
  const ended = new AbortController()
  let state: LiveState = 'connecting'
  let lastId = 0
  let source: EventSource | null = null
  let release: (() => void) | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let wait = 1_000

  const setState = (next: LiveState) => {
    if (next === state) return
    state = next
    for (const listener of stateListeners) listener(next)
  }
  const hear = (message: LiveMessage) => {
    // Ids are given before commits, so a lower one may come later: nothing is left out for its id.
    lastId = Math.max(lastId, message.id)
    for (const listener of listeners) listener(message)
  }
  const share = (shared: Shared) => channel?.postMessage(shared)

  const connect = () => {
    if (ended.signal.aborted) return
    source = new EventSource(lastId > 0 ? `${url}?after=${lastId}` : url)
    source.onopen = () => {
      wait = 1_000
      setState('on')
      share({ type: 'state', state: 'on' })
    }
    source.onmessage = (event: MessageEvent<string>) => {
      const message = readMessage(event)
      if (!message) return
      hear(message)
      share({ type: 'message', message })
    }
    source.onerror = () => {
      setState('off')
      share({ type: 'state', state: 'off' })
      // The browser reconnects by itself unless the server refused; then we ask again, more and more slowly.
      if (source?.readyState === EventSource.CLOSED) {
        source.close()
        retry = setTimeout(connect, wait)
        wait = Math.min(wait * 2, 30_000)
      }
    }
  }

  if (channel) {
    channel.onmessage = (event: MessageEvent<Shared>) => {
      const { type, message, state: told } = event.data
      if (type === 'message' && message) hear(message)
      else if (type === 'state' && told && !source) setState(told)
      else if (type === 'ask' && source) share({ type: 'state', state })
    }
  }
  if (channel && 'locks' in navigator) {
    share({ type: 'ask' })
    navigator.locks
      .request('tessera-live', { signal: ended.signal }, () => {
        connect()
        return new Promise<void>((resolve) => {
          release = resolve
        })
      })
      .catch(() => {
        // The page went away while it waited for its turn.
      })
  } else connect()

  const onOnline = () => {
    if (source?.readyState === EventSource.CLOSED) {
      clearTimeout(retry)
      connect()
    }
  }
  const onOffline = () => setState('off')
  addEventListener('online', onOnline)
  addEventListener('offline', onOffline)

  return {
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onState(listener) {
      stateListeners.add(listener)
      listener(state)
      return () => stateListeners.delete(listener)
    },
    close() {
      ended.abort()
      clearTimeout(retry)
      source?.close()
      release?.()
      channel?.close()
      removeEventListener('online', onOnline)
      removeEventListener('offline', onOffline)
    },
  }
}

function readMessage(event: MessageEvent<string>): LiveMessage | null {
  try {
    const message = JSON.parse(event.data) as LiveMessage
    return typeof message === 'object' && message !== null && typeof message.verb === 'string' ? message : null
  } catch {
    return null
  }
}
