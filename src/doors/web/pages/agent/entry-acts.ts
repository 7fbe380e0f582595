import { createContext } from 'react'

/** What can be done with one message of the open ticket beside reading it. */
export interface EntryActs {
  /** The pinned note. */
  pinned: number | null
  mayPin: boolean
  maySplit: boolean
  pin(entry: number | null): void
  split(entry: number): void
}

export const EntryActsContext = createContext<EntryActs | null>(null)
