/**
 * A telephone number as it is kept and looked for: its digits, with a leading + when it is international (00 reads as +, E.123).
 * Null for what is no number: fewer than 3 or more than 15 digits (E.164, section 6), or letters. Pure.
 */
export function normalPhone(typed: string): string | null {
  const trimmed = typed.trim()
  if (!/^\+?[\d\s()./-]+$/.test(trimmed)) return null
  const digits = trimmed.replace(/\(0\)/, '').replace(/\D/g, '')
  const number = trimmed.startsWith('+') ? `+${digits}` : digits.startsWith('00') ? `+${digits.slice(2)}` : digits
  const count = number.replace('+', '').length
  return count >= 3 && count <= 15 ? number : null
}
