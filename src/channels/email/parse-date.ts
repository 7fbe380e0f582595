const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const zones: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  bst: 60,
  jst: 540,
}

/** A Date field (RFC 5322 section 3.3 with the obsolete forms of 4.3), forgiving about order and zone names; null when it is none. */
export function parseDate(value: string): Date | null {
  const source = value
    .slice(0, 200)
    .replace(/\([^()]*\)/g, ' ')
    .trim()
  const match =
    /(?:^|[\s,])(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})(?:[\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?)?\s*(am|pm)?\s*([+-]\s?\d{1,2}:?\d{2}|[A-Za-z]{1,5})?/i.exec(
      source,
    )
  if (match) {
    const month = months.indexOf((match[2] ?? '').toLowerCase())
    if (month >= 0) {
      return build(expandYear(match[3] ?? ''), month, Number(match[1]), match[4], match[5], match[6], match[7], match[8])
    }
  }
  // asctime and its kin: Tue Apr 16 17:39:04 2002.
  const american =
    /([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]{2,5}|[+-]\d{4})?\s+(\d{4})\s*([+-]\d{4})?/.exec(
      source,
    )
  if (american) {
    const month = months.indexOf((american[1] ?? '').toLowerCase())
    if (month >= 0)
      return build(
        Number(american[7]),
        month,
        Number(american[2]),
        american[3],
        american[4],
        american[5],
        undefined,
        american[8] ?? american[6],
      )
  }
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/.test(source)) {
    const iso = new Date(source.replace(' ', 'T').replace(/\s+([+-]\d{2}):?(\d{2})$/, '$1:$2'))
    return Number.isNaN(iso.getTime()) ? null : iso
  }
  const slashed = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*([+-]\d{4})?/.exec(source)
  if (slashed)
    return build(
      Number(slashed[1]),
      Number(slashed[2]) - 1,
      Number(slashed[3]),
      slashed[4],
      slashed[5],
      slashed[6],
      undefined,
      slashed[7],
    )
  return null
}

function expandYear(text: string): number {
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function build(
  year: number,
  month: number,
  day: number,
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
  half: string | undefined,
  zone: string | undefined,
): Date | null {
  let hour = Number(hours ?? 0)
  if (/pm/i.test(half ?? '') && hour < 12) hour += 12
  if (/am/i.test(half ?? '') && hour === 12) hour = 0
  if (day < 1 || day > 31 || hour > 24 || Number(minutes ?? 0) > 59 || year > 9999 || month < 0 || month > 11) return null
  const time = Date.UTC(year, month, day, hour, Number(minutes ?? 0), Number(seconds ?? 0))
  return new Date(time - offsetMinutes(zone) * 60_000)
}

function offsetMinutes(zone: string | undefined): number {
  if (!zone) return 0
  const numeric = /^([+-])\s?(\d{1,2}):?(\d{2})$/.exec(zone)
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
    return numeric[1] === '-' ? -minutes : minutes
  }
  return zones[zone.toLowerCase()] ?? 0
}
