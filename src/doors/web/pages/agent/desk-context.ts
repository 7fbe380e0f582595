import { createContext, useContext } from 'react'
import type { TicketRow } from './view.ts'

/** What an open ticket may know of the list it was opened from. */
export interface DeskHeld {
  /** The queue's key, or null for a ticket opened by its address alone. */
  queue: string | null
  /** Rows in the order shown. */
  rows: TicketRow[]
  listShown: boolean
}

export const DeskContext = createContext<DeskHeld>({ queue: null, rows: [], listShown: false })
export const useDesk = (): DeskHeld => useContext(DeskContext)
