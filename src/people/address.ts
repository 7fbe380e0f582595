/** A mail address as people are known by: trimmed and lower-case. Local parts are case-sensitive on paper (RFC 5321 2.3.11), in practice nowhere. */
export const normalAddress = (address: string): string => address.trim().toLowerCase()

/** Enough to refuse what no server takes; whether the mailbox exists only a delivery tells. At most 254 octets (RFC 5321 4.5.3.1). */
export function isAddress(address: string): boolean {
  if (address.length > 254 || /[\s<>(),;:"\\[\]]/.test(address)) return false
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (at < 1 || local.length > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..') || local.includes('@'))
    return false
  return /^[^\s.]+(\.[^\s.]+)*$/u.test(domain) && domain.length > 0
}

/** A name to greet when none was given: the local part, readable. */
export function nameFromAddress(address: string): string {
  const local = address.split('@')[0] ?? address
  const words = local
    .replace(/\+.*$/, '')
    .split(/[._-]+/)
    .filter(Boolean)
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ') || address
}

/** One line, no control or direction-changing character, at most 120 characters. */
export function cleanName(name: string): string {
  return (
    name
      .normalize('NFC')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 120)
  )
}
