/**
 * A due time as a person says it, in a zone that is named when the reader may live in another: "Tue 10:40 (CET)", with the date
 * when it is more than six days away. Pure.
 */
export function formatDue(due: Date, now: Date, timeZone: string, locale: string): string {
  const far = due.getTime() - now.getTime() > 6 * 86_400_000
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    ...(far ? { day: 'numeric', month: 'short' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(due)
}
