/** What is written: a reply that leaves the house, or a note that does not. */
export type EntryKind = 'response' | 'note'
