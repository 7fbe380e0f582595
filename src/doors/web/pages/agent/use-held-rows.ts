import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ListView, TicketRow } from './view.ts'

interface HeldRows {
  rows: TicketRow[]
  /** How many wait behind the pill. */
  fresh: number
  showFresh(): void
  /** Spread on the element that holds the rows. */
  holder: {
    onPointerEnter(): void
    onPointerLeave(): void
    onFocus(): void
    onBlur(): void
    onScroll(event: { currentTarget: { scrollTop: number } }): void
  }
}

/**
 * Keeps the rows where they are while somebody points at them, is among them with the keyboard or has scrolled: what changed is
 * redrawn in its place, what is new waits behind a pill, what left stays until the hand is gone. The open ticket's row stays
 * in any case, so that "next" has a place to go from. Another queue is another instance (give the component a key).
 */
export function useHeldRows(view: ListView, openNumber: string | null): HeldRows {
  const [order, setOrder] = useState<number[]>(() => view.rows.map((row) => row.id))
  const known = useRef(new Map<number, TicketRow>())
  const pointed = useRef(false)
  const focused = useRef(false)
  const scrolled = useRef(false)

  const incoming = useMemo(() => new Map(view.rows.map((row) => [row.id, row])), [view.rows])
  for (const row of view.rows) known.current.set(row.id, row)

  const settle = useCallback(() => {
    setOrder((before) => {
      const next = view.rows.map((row) => row.id)
      const open = before.find((id) => !incoming.has(id) && known.current.get(id)?.number === openNumber)
      if (open !== undefined) next.splice(Math.min(before.indexOf(open), next.length), 0, open)
      return next.length === before.length && next.every((id, at) => id === before[at]) ? before : next
    })
  }, [view.rows, incoming, openNumber])

  const lastPage = useRef(view.rows.length)
  useEffect(() => {
    const held = pointed.current || focused.current || scrolled.current
    const grew = view.rows.length > lastPage.current + 20
    lastPage.current = view.rows.length
    if (!held || grew || order.length === 0) settle()
  }, [view.rows, settle, order.length])

  const fresh = view.rows.filter((row) => !order.includes(row.id)).length
  const rows = useMemo(() => order.flatMap((id) => incoming.get(id) ?? known.current.get(id) ?? []), [order, incoming])
  return {
    rows,
    fresh,
    showFresh: settle,
    holder: {
      onPointerEnter: () => {
        pointed.current = true
      },
      onPointerLeave: () => {
        pointed.current = false
        // The pill does not vanish from under the hand that goes to press it.
        if (fresh === 0 && !focused.current && !scrolled.current) settle()
      },
      onFocus: () => {
        focused.current = true
      },
      onBlur: () => {
        focused.current = false
      },
      onScroll: (event) => {
        scrolled.current = event.currentTarget.scrollTop > 60
      },
    },
  }
}
