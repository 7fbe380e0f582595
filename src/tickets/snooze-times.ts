import { Temporal } from 'temporal-polyfill'

export type SnoozeKey = 'later-today' | 'tomorrow' | 'monday' | 'next-week' | 'next-month'

const zoned = (at: Date, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
const MORNING = { hour: 9, minute: 0 }

/**
 * What "later" may mean, in the reader's zone: three hours from now on the hour, and mornings at nine. Pure. Times that another
 * choice has already are left out.
 */
export function snoozeChoices(now: Date, zone: string): Array<{ key: SnoozeKey; at: Date }> {
  const here = zoned(now, zone)
  const morning = (date: Temporal.PlainDate): Date =>
    new Date(date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(MORNING) }).epochMilliseconds)
  const today = here.toPlainDate()
  const later = here.add({ hours: 3 }).round({ smallestUnit: 'hour', roundingMode: 'floor' })
  const choices: Array<{ key: SnoozeKey; at: Date }> = []
  if (later.toPlainDate().equals(today)) choices.push({ key: 'later-today', at: new Date(later.epochMilliseconds) })
  choices.push({ key: 'tomorrow', at: morning(today.add({ days: 1 })) })
  choices.push({ key: 'monday', at: morning(today.add({ days: 8 - today.dayOfWeek })) })
  choices.push({ key: 'next-week', at: morning(today.add({ weeks: 1 })) })
  choices.push({ key: 'next-month', at: morning(today.add({ months: 1 })) })
  const seen = new Set<number>()
  return choices.filter(({ at }) => !seen.has(at.getTime()) && seen.add(at.getTime()))
}

/** A local date and time as a field writes it (`2026-11-30T09:00`) in a zone. Null when it is none. */
export function localTime(text: string, zone: string): Date | null {
  try {
    return new Date(Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return null
  }
}
