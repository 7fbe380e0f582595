import { Temporal } from 'temporal-polyfill'

/**
 * The instant of a wall-clock time (`2026-11-30T09:00`, as a `datetime-local` field gives it) in a zone; a time that a change of the
 * clocks leaves out or repeats is taken as Temporal's "compatible" does. null when it is no such time.
 */
export function instantOfWallTime(text: string, timeZone: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null
  try {
    return new Date(Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds)
  } catch {
    return null
  }
}
