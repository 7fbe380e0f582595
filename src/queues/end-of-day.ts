import { Temporal } from 'temporal-polyfill'

/** The next midnight in a zone: where today ends. */
export function endOfDay(now: Date, timeZone: string): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
  return new Date(today.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds)
}
