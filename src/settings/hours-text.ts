import { type Weekday, type WeeklyHours, weekdays } from './settings.ts'

type Spans = WeeklyHours[Weekday]

const minutes = (time: string): number => {
  const [hour = '0', minute = '0'] = time.split(':')
  return Number(hour) * 60 + Number(minute)
}

const clock = (hour: string, minute: string | undefined): string | null => {
  const [h, m] = [Number(hour), Number(minute ?? 0)]
  if (h > 24 || m > 59 || (h === 24 && m > 0)) return null
  return `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`
}

/**
 * Reads one day's hours as people write them: "9-17", "09:00–12:30, 13:30–17:00"; empty is a day off. Spans are sorted and may not
 * overlap. null when it cannot be read.
 */
export function readSpans(text: string): Spans | null {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean)
  const spans: Spans = []
  for (const part of parts) {
    const match = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.h](\d{2}))?$/i.exec(part)
    if (!match) return null
    const from = clock(match[1]!, match[2])
    const to = clock(match[3]!, match[4])
    if (!from || !to || minutes(from) >= minutes(to)) return null
    spans.push([from, to])
  }
  spans.sort((a, b) => minutes(a[0]) - minutes(b[0]))
  return spans.some((span, at) => at > 0 && minutes(spans[at - 1]![1]) > minutes(span[0])) ? null : spans
}

/** The other way: "09:00–12:30, 13:30–17:00". */
export const writeSpans = (spans: Spans): string => spans.map(([from, to]) => `${from}–${to}`).join(', ')

/** All days from fields named by weekday; the first day that cannot be read is named. */
export function readWeek(fields: Record<Weekday, string>): { hours: WeeklyHours } | { wrong: Weekday[] } {
  const read = weekdays.map((day) => [day, readSpans(fields[day])] as const)
  const wrong = read.filter(([, spans]) => spans === null).map(([day]) => day)
  return wrong.length > 0 ? { wrong } : { hours: Object.fromEntries(read) as WeeklyHours }
}

/** "Mon–Fri 09:00–17:00", neighbours with the same hours together, days off left out. Pure; weekdays in the reader's language. */
export function hoursInWords(hours: WeeklyHours, locale: string): string[] {
  // 5 January 1970 was a Monday.
  const name = (index: number): string =>
    new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(1970, 0, 5 + index)))
  const lines: string[] = []
  for (let from = 0; from < weekdays.length; ) {
    const spans = writeSpans(hours[weekdays[from]!])
    let to = from
    while (to + 1 < weekdays.length && writeSpans(hours[weekdays[to + 1]!]) === spans) to++
    if (spans) lines.push(`${from === to ? name(from) : `${name(from)}–${name(to)}`} ${spans}`)
    from = to + 1
  }
  return lines
}
