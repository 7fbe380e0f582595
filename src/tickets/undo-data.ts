import { same, type Ticket } from './ticket-store.ts'

/** What an event keeps so that it can be undone: ids and values of no person. */
export type UndoData =
  | {
      kind: 'fields'
      before: Partial<Record<keyof Ticket, unknown>>
      after: Partial<Record<keyof Ticket, unknown>>
      /** People who came onto copy, or went, with it. */
      copies?: { added: number[]; removed: number[] }
    }
  | { kind: 'tags'; added: number[]; removed: number[] }
  | {
      kind: 'merge'
      merges: number[]
      before: Partial<Record<keyof Ticket, unknown>>
      after: Partial<Record<keyof Ticket, unknown>>
    }

/** Follows from every change and says nothing of what was done. */
const NEVER: ReadonlySet<keyof Ticket> = new Set(['updatedAt'])
const TIMES: ReadonlySet<string> = new Set([
  'waitingSince',
  'lastMessageAt',
  'lastResponseAt',
  'firstResponseAt',
  'dueAt',
  'resolvedAt',
  'closedAt',
  'reopenedAt',
  'snoozedUntil',
  'placedAt',
])

/** The fields in which two states of a ticket differ, as JSON keeps them. */
export function differenceOf(
  before: Ticket,
  after: Ticket,
): { before: Partial<Record<keyof Ticket, unknown>>; after: Partial<Record<keyof Ticket, unknown>> } {
  const was: Partial<Record<keyof Ticket, unknown>> = {}
  const is: Partial<Record<keyof Ticket, unknown>> = {}
  for (const field of Object.keys(before) as (keyof Ticket)[]) {
    if (NEVER.has(field) || same(before[field], after[field])) continue
    was[field] = kept(before[field])
    is[field] = kept(after[field])
  }
  return { before: was, after: is }
}

export const undoFields = (before: Ticket, after: Ticket): UndoData => ({ kind: 'fields', ...differenceOf(before, after) })

const kept = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value)
const read = (field: string, value: unknown): unknown => (TIMES.has(field) && typeof value === 'string' ? new Date(value) : value)

/**
 * The ticket with those fields as they were. Null when one of them is no longer what the act made of it, as something newer changed
 * it; `lenient` leaves those as they are instead.
 */
export function putBack(
  ticket: Ticket,
  change: { before: Partial<Record<keyof Ticket, unknown>>; after: Partial<Record<keyof Ticket, unknown>> },
  lenient = false,
): Ticket | null {
  const back: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(change.after)) {
    if (!same(ticket[field as keyof Ticket], read(field, value))) {
      if (lenient) continue
      return null
    }
    back[field] = read(field, change.before[field as keyof Ticket])
  }
  return { ...ticket, ...back }
}
