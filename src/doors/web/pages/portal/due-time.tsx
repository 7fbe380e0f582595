import { useRequest } from '../../ui/request.tsx'

/**
 * A time in the reader's zone: the one of their profile, else the desk's, which is named. The portal's small script shows a
 * guest the zone of their own browser instead.
 */
export function DueTime({ at, isGuest }: { at: string; isGuest: boolean }) {
  const { locale, timeZone, now } = useRequest()
  const soon = Math.abs(Date.parse(at) - Date.parse(now)) < 6 * 86_400_000
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    ...(soon ? {} : { day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  return (
    <time dateTime={at} data-local={isGuest ? (soon ? 'weekday' : 'date') : undefined} className="font-medium">
      {format.format(new Date(at))}
    </time>
  )
}
