import { useEffect, useState } from 'react'
import { useRequest } from './request.tsx'

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "5 minutes ago", "in 2 days"; "now" within the minute. Times in milliseconds. */
export function relativeTime(at: number, now: number, locale: string, style: Intl.RelativeTimeFormatStyle = 'long'): string {
  const seconds = Math.round((at - now) / 1000)
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style })
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return format.format(0, 'second')
}

/** The exact time, with its zone where it matters. */
export function exactTime(at: string | number, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(at))
}

/** The page's own time: that of the server until the browser takes over, then moving by the minute. */
export function useNow(everySeconds = 30): number {
  const { now } = useRequest()
  const [at, setAt] = useState(() => Date.parse(now))
  useEffect(() => {
    setAt(Date.now())
    const timer = setInterval(() => setAt(Date.now()), everySeconds * 1000)
    return () => clearInterval(timer)
  }, [everySeconds])
  return at
}

/** A time as people say it, the exact one on hover and in the element itself. `at` is ISO 8601. */
export function Moment({
  at,
  style = 'long',
  className,
}: {
  at: string
  style?: 'long' | 'short' | 'narrow' | 'exact'
  className?: string
}) {
  const { locale, timeZone } = useRequest()
  const now = useNow()
  const exact = exactTime(at, locale, timeZone)
  return (
    <time dateTime={at} title={exact} className={className} suppressHydrationWarning>
      {style === 'exact' ? exact : relativeTime(Date.parse(at), now, locale, style)}
    </time>
  )
}
