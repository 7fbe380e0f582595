import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLiveMessages } from '../../live/use-live.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { useFrame } from './frame-context.tsx'
import type { TicketRow, TicketView, Viewer } from './view.ts'

interface PresenceMessage {
  ticket: number
  viewers: Viewer[]
}

/** Who is where comes with the message itself (see presence/presence.ts); nothing is fetched for it. */
function readPresence(message: { verb: string; [more: string]: unknown }): PresenceMessage | null {
  if (!message.verb.startsWith('presence.')) return null
  const { ticket, viewers } = (message.more ?? message) as { ticket?: unknown; viewers?: unknown }
  return typeof ticket === 'number' && Array.isArray(viewers) ? { ticket, viewers: viewers as Viewer[] } : null
}

/** The rows with who looks at them now: as they were loaded, then as the stream says. */
export function usePresenceMarks(rows: TicketRow[]): TicketRow[] {
  const { view } = useFrame()
  const [told, setTold] = useState<ReadonlyMap<number, Viewer[]>>(new Map())
  useLiveMessages((message) => {
    const presence = readPresence(message)
    if (presence) {
      const others = presence.viewers.filter((viewer) => viewer.id !== view.me.id)
      setTold((before) => new Map(before).set(presence.ticket, others))
    }
  })
  return useMemo(
    () => (told.size === 0 ? rows : rows.map((row) => (told.has(row.id) ? { ...row, viewers: told.get(row.id)! } : row))),
    [rows, told],
  )
}

/** The same of one open ticket. */
export function useTicketViewers(ticket: number, loaded: Viewer[]): Viewer[] {
  const { view } = useFrame()
  const [told, setTold] = useState<PresenceMessage | null>(null)
  useLiveMessages((message) => {
    const presence = readPresence(message)
    if (presence?.ticket === ticket) setTold(presence)
  })
  return told?.ticket === ticket ? told.viewers.filter((viewer) => viewer.id !== view.me.id) : loaded
}

const EVERY_MS = 20_000

/**
 * Tells the others that one looks at this ticket, or writes on it, while the page is in sight; and that one has read up to its
 * newest entry. Returns the function that says which of the two it is now.
 */
export function useSayPresence(ticket: TicketView): (doing: 'viewing' | 'replying') => void {
  const { csrf } = useRequest()
  const doing = useRef<'viewing' | 'replying'>('viewing')
  const number = ticket.number
  const seen = useRef(ticket.lastEntryId)
  seen.current = ticket.lastEntryId

  const send = useCallback(
    (what: 'viewing' | 'replying' | 'left') => {
      const body = new URLSearchParams({ csrf, submission: newSubmission(), doing: what, seen: String(seen.current ?? '') })
      void fetch(`/agent/tickets/${number}/presence`, { method: 'POST', body, keepalive: true }).catch(() => {
        // Offline: the mark goes out by itself.
      })
    },
    [csrf, number],
  )

  useEffect(() => {
    const say = () => {
      if (document.visibilityState === 'visible') send(doing.current)
    }
    say()
    const timer = setInterval(say, EVERY_MS)
    const onVisibility = () => send(document.visibilityState === 'visible' ? doing.current : 'left')
    const onLeave = () => send('left')
    document.addEventListener('visibilitychange', onVisibility)
    addEventListener('pagehide', onLeave)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      removeEventListener('pagehide', onLeave)
      send('left')
    }
  }, [send])

  // Something new on a page that is in sight has been read.
  const told = useRef(ticket.lastEntryId)
  useEffect(() => {
    if (told.current === ticket.lastEntryId || document.visibilityState !== 'visible') return
    told.current = ticket.lastEntryId
    send(doing.current)
  }, [ticket.lastEntryId, send])

  return useCallback(
    (next) => {
      if (next === doing.current) return
      doing.current = next
      send(next)
    },
    [send],
  )
}
