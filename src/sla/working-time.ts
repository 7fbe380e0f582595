import { Temporal } from 'temporal-polyfill'
import type { WeeklyHours } from '#settings/settings.ts'

/** When a desk works: spans a weekday in its zone, and days off. */
export interface WorkingCalendar {
  timeZone: string
  hours: WeeklyHours
  /** ISO dates. */
  holidays: readonly string[]
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** A calendar without a single working hour in this many days has none at all. */
const HORIZON_DAYS = 400

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** Epoch milliseconds of the day's spans, in order. Wall-clock times keep their meaning across a DST change (Temporal, "compatible"). */
function spansOf(date: Temporal.PlainDate, calendar: WorkingCalendar): Array<[number, number]> {
  if (calendar.holidays.includes(date.toString())) return []
  return [...calendar.hours[DAYS[date.dayOfWeek - 1]!]]
    .sort((a, b) => minutesOf(a[0]) - minutesOf(b[0]))
    .map(([from, to]) => [at(date, from, calendar.timeZone), at(date, to, calendar.timeZone)] as [number, number])
    .filter(([from, to]) => to > from)
}

function at(date: Temporal.PlainDate, time: string, timeZone: string): number {
  if (time === '24:00') return date.add({ days: 1 }).toZonedDateTime({ timeZone, plainTime: '00:00' }).epochMilliseconds
  return date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds
}

/**
 * The instant at which `seconds` of working time have passed since `start`; null when the calendar never works.
 * A clock that starts outside working hours starts with the next span.
 */
export function addWorkingTime(start: Date, seconds: number, calendar: WorkingCalendar): Date | null {
  let date = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(calendar.timeZone).toPlainDate()
  let left = seconds * 1000
  for (let day = 0; day < HORIZON_DAYS; day++) {
    for (const [from, to] of spansOf(date, calendar)) {
      const begin = Math.max(from, start.getTime())
      if (begin >= to) continue
      if (begin + left <= to) return new Date(begin + left)
      left -= to - begin
      day = 0
    }
    date = date.add({ days: 1 })
  }
  return null
}

/** Working seconds between two instants; 0 when `to` is not after `from`. */
export function workingSecondsBetween(from: Date, to: Date, calendar: WorkingCalendar): number {
  if (to <= from) return 0
  let date = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(calendar.timeZone).toPlainDate()
  let sum = 0
  for (;;) {
    const midnight = date.toZonedDateTime({ timeZone: calendar.timeZone }).epochMilliseconds
    if (midnight > to.getTime()) return Math.floor(sum / 1000)
    for (const [begin, end] of spansOf(date, calendar)) {
      sum += Math.max(0, Math.min(end, to.getTime()) - Math.max(begin, from.getTime()))
    }
    date = date.add({ days: 1 })
  }
}

/**
 * The instant from which `days` working days have passed at `now`: the same time of day, so many days with working hours earlier; today
 * counts when it is one. null when the calendar never works.
 */
export function workingDaysBefore(now: Date, days: number, calendar: WorkingCalendar): Date | null {
  const at = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(calendar.timeZone)
  let date = at.toPlainDate()
  let left = days
  for (let day = 0; day < HORIZON_DAYS; day++) {
    if (left === 0) {
      const then = date.toZonedDateTime({ timeZone: calendar.timeZone, plainTime: at.toPlainTime() })
      return new Date(then.epochMilliseconds)
    }
    if (spansOf(date, calendar).length > 0) left--
    date = date.subtract({ days: 1 })
  }
  return null
}
