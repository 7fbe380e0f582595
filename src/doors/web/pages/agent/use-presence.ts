import { useMemo, useState } from 'react'
import { useLiveMessages } from '../../live/use-live.tsx'
import type { TicketRow, Viewer } from './view.ts'

interface PresenceMessage {
  ticket: number
  viewers: Viewer[]
}

const readPresence = (message: { verb: string; [more: string]: unknown }): PresenceMessage | null =>
  message.verb.startsWith('presence.') && typeof message.ticket === 'number' && Array.isArray(message.viewers)
    ? { ticket: message.ticket, viewers: message.viewers as Viewer[] }
    : null

/** The rows with who looks at them now: as they were loaded, then as the stream says. */
export function usePresenceMarks(rows: TicketRow[]): TicketRow[] {
  const [told, setTold] = useState<ReadonlyMap<number, Viewer[]>>(new Map())
  useLiveMessages((message) => {
    const presence = readPresence(message)
    if (presence) setTold((before) => new Map(before).set(presence.ticket, presence.viewers))
  })
  return useMemo(
    () => (told.size === 0 ? rows : rows.map((row) => (told.has(row.id) ? { ...row, viewers: told.get(row.id)! } : row))),
    [rows, told],
  )
}

/** The same of one open ticket. */
export function useTicketViewers(ticket: number, loaded: Viewer[]): Viewer[] {
  const [told, setTold] = useState<{ ticket: number; viewers: Viewer[] } | null>(null)
  useLiveMessages((message) => {
    const presence = readPresence(message)
    if (presence?.ticket === ticket) setTold(presence)
  })
  return told?.ticket === ticket ? told.viewers : loaded
}
