import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { useRevalidator } from 'react-router'
import { type LiveMessage, type LiveState, openLive } from './live-client.ts'

interface Live {
  state: LiveState
  onMessage(listener: (message: LiveMessage) => void): () => void
}

const LiveContext = createContext<Live>({ state: 'connecting', onMessage: () => () => {} })

/** Opens the stream for everything below and fetches what is shown again when something changed, at most once a second. */
export function LiveProvider({ url, children }: { url: string; children: ReactNode }) {
  const [state, setState] = useState<LiveState>('connecting')
  const listeners = useRef(new Set<(message: LiveMessage) => void>())
  const [live] = useState(() => ({
    onMessage(listener: (message: LiveMessage) => void) {
      listeners.current.add(listener)
      return () => {
        listeners.current.delete(listener)
      }
    },
  }))
  const { revalidate } = useRevalidator()
  const revalidateNow = useRef(revalidate)
  revalidateNow.current = revalidate

  useEffect(() => {
    const stream = openLive(url)
    let last = 0
    let planned: ReturnType<typeof setTimeout> | undefined
    let wasOff = false
    const refresh = () => {
      if (planned !== undefined) return
      planned = setTimeout(
        () => {
          planned = undefined
          last = Date.now()
          if (document.visibilityState === 'visible') void revalidateNow.current()
          else missed = true
        },
        Math.max(60, last + 1_000 - Date.now()),
      )
    }
    let missed = false
    const onVisible = () => {
      if (document.visibilityState === 'visible' && missed) {
        missed = false
        refresh()
      }
    }
    document.addEventListener('visibilitychange', onVisible)
    const stopMessages = stream.onMessage((message) => {
      for (const listener of listeners.current) listener(message)
      // Who looks at what is drawn from the message itself; nothing needs to be fetched for it.
      const counts = message.subject.kind === 'ticket' || message.verb === 'inbox.changed'
      if (counts && !message.verb.startsWith('presence.')) refresh()
    })
    const stopState = stream.onState((next) => {
      setState(next)
      if (next === 'on' && wasOff) refresh()
      wasOff = next === 'off'
    })
    return () => {
      clearTimeout(planned)
      document.removeEventListener('visibilitychange', onVisible)
      stopMessages()
      stopState()
      stream.close()
    }
  }, [url])

  return <LiveContext value={{ state, onMessage: live.onMessage }}>{children}</LiveContext>
}

export const useLiveState = (): LiveState => useContext(LiveContext).state

/** Calls `listener` for every live message while the component is on the screen. */
export function useLiveMessages(listener: (message: LiveMessage) => void): void {
  const { onMessage } = useContext(LiveContext)
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => onMessage((message) => latest.current(message)), [onMessage])
}
