/** Usual times for what shall leave later, as wall-clock times (`2026-11-30T09:00`) of a zone. Pure. */
export function laterChoices(
  now: number,
  timeZone: string,
): { key: 'hour' | 'tomorrow' | 'monday'; at: string; earliest: string }[] {
  const here = wallTime(now, timeZone)
  const earliest = wallTime(now + 3 * 60_000, timeZone).slice(0, 16)
  const day = (ahead: number): string => {
    const date = new Date(`${here.slice(0, 10)}T12:00:00Z`)
    date.setUTCDate(date.getUTCDate() + ahead)
    return date.toISOString().slice(0, 10)
  }
  const weekday = new Date(`${here.slice(0, 10)}T12:00:00Z`).getUTCDay()
  const untilMonday = (8 - weekday) % 7 || 7
  return [
    { key: 'hour', at: wallTime(now + 3_600_000, timeZone).slice(0, 16), earliest },
    { key: 'tomorrow', at: `${day(1)}T09:00`, earliest },
    { key: 'monday', at: `${day(untilMonday)}T09:00`, earliest },
  ]
}

/** `2026-11-30T09:00:00` in the zone. */
function wallTime(at: number, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone }).format(at).replace(' ', 'T')
}
