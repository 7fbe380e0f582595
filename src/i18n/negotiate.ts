/**
 * The first of `available` that the Accept-Language header wants (RFC 9110, section 12.5.4; lookup by RFC 4647, section 3.4), else the first available.
 */
export function negotiateLocale(header: string | null | undefined, available: readonly string[]): string {
  const fallback = available[0] ?? 'en'
  if (!header) return fallback
  const wanted = header
    .slice(0, 500)
    .split(',')
    .map((part, index) => {
      const [tag = '', ...params] = part.trim().split(';')
      const q = params.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(Boolean)
      return { tag: tag.trim().toLowerCase(), q: q === undefined ? 1 : Number(q), index }
    })
    .filter((one) => one.tag && one.q > 0)
    .sort((a, b) => b.q - a.q || a.index - b.index)
  for (const { tag } of wanted) {
    if (tag === '*') return fallback
    for (let candidate = tag; candidate; candidate = candidate.slice(0, Math.max(0, candidate.lastIndexOf('-')))) {
      const hit = available.find((one) => one.toLowerCase() === candidate)
      if (hit) return hit
    }
  }
  return fallback
}
