/** What is written: a reply to the customer, a note for colleagues, or a forward to somebody outside. */
export type EntryKind = 'response' | 'note' | 'forward'
