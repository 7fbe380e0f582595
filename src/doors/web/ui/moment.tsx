import { useSyncExternalStore } from 'react'
import { dateFormat, relativeFormat } from './formats.ts'
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
  const format = relativeFormat(locale, style)
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return format.format(0, 'second')
}

const exact = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

/** The exact time, with its zone where it matters. */
export function exactTime(at: string | number, locale: string, timeZone: string): string {
  return dateFormat(locale, exact, timeZone).format(new Date(at))
}

const EVERY_MS = 30_000
const watchers = new Set<() => void>()
let ticked = 0
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all the times of a page, however many there are. */
function watchTime(watcher: () => void): () => void {
  if (watchers.size === 0) {
    ticked = Date.now()
    timer = setInterval(() => {
      ticked = Date.now()
      for (const one of watchers) one()
    }, EVERY_MS)
  }
  watchers.add(watcher)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) clearInterval(timer)
  }
}

function readTime(): number {
  if (ticked === 0) ticked = Date.now()
  return ticked
}

/** The page's own time: that of the server until the browser takes over, then moving by the half minute. Milliseconds. */
export function useNow(): number {
  const { now } = useRequest()
  return useSyncExternalStore(watchTime, readTime, () => Date.parse(now))
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
  const whole = exactTime(at, locale, timeZone)
  return (
    <time dateTime={at} title={whole} className={className} suppressHydrationWarning>
      {style === 'exact' ? whole : relativeTime(Date.parse(at), now, locale, style)}
    </time>
  )
}
