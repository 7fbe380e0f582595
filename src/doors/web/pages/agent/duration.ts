import { numberFormat } from '../../ui/formats.ts'

const parts: [Intl.NumberFormatOptions['unit'], number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** A length of time as people say it, in its largest unit: "2 h", "3 days"; a minute at least. Seconds. */
export function sayDuration(seconds: number, locale: string): string {
  const length = Math.abs(seconds)
  for (const [unit, size] of parts) {
    if (length >= size || unit === 'minute') {
      return numberFormat(locale, {
        style: 'unit',
        unit: unit ?? 'minute',
        unitDisplay: unit === 'day' ? 'long' : 'short',
      }).format(Math.max(1, Math.floor(length / size)))
    }
  }
  return ''
}

/** Bytes as people say them. */
export function saySize(bytes: number, locale: string): string {
  const [unit, size] =
    bytes >= 1_000_000
      ? (['megabyte', 1_000_000] as const)
      : bytes >= 1_000
        ? (['kilobyte', 1_000] as const)
        : (['byte', 1] as const)
  return numberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: size === 1_000_000 ? 1 : 0,
  }).format(bytes / size)
}
