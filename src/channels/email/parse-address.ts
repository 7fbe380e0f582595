// biome-ignore-all lint/suspicious/noControlCharactersInRegex: mail is cleaned of control characters here
import { domainToASCII } from 'node:url'
import { decodeWords, oneLine } from './decode-text.ts'
import type { MailAddress } from './inbound-mail.ts'

/**
 * A list of addresses as RFC 5322 section 3.4 has it, and as people's programs write it: groups are flattened, semicolons separate, routes are
 * dropped, a comma inside an unquoted name does not split it. Encoded words are decoded only after the structure is known, so that a decoded
 * comma or angle bracket cannot invent an address. Reads at most `max` addresses.
 */
export function parseAddressList(value: string, max: number): { addresses: MailAddress[]; cut: boolean } {
  const addresses: MailAddress[] = []
  let words: string[] = []
  let comments: string[] = []
  let angle: string | null = null
  let at = 0
  let cut = false

  const finish = (): void => {
    const entry = entryOf(words, comments, angle)
    if (entry) {
      if (addresses.length < max) addresses.push(entry)
      else cut = true
    }
    words = []
    comments = []
    angle = null
  }

  while (at < value.length && !cut) {
    const char = value[at] as string
    if (char === '"') {
      const { text, end } = quoted(value, at)
      // A quoted local part belongs to the address that follows it.
      const glued = value[end] === '@' || (words.length > 0 && value[at - 1] === '.')
      if (glued) words.push(`"${text}"`)
      else words.push(text)
      if (glued && words.length) {
        const rest = /^[^\s,;<>()"]*/.exec(value.slice(end, end + 400))?.[0] ?? ''
        words[words.length - 1] += rest
        at = end + rest.length
      } else at = end
    } else if (char === '(') {
      const { text, end } = comment(value, at)
      if (text) comments.push(text)
      at = end
    } else if (char === '<') {
      let end = value.indexOf('>', at)
      if (end < 0) end = value.length
      const inside = value.slice(at + 1, end)
      // `<` again before `>`: the first was part of a name.
      const nested = inside.lastIndexOf('<')
      if (nested >= 0) {
        words.push(inside.slice(0, nested))
        angle = inside.slice(nested + 1)
      } else if (angle === null || !angle.includes('@')) angle = inside
      at = end + 1
    } else if (char === ',' || char === ';') {
      // `Doe, Jane <jane@…>` without quotes: the comma is part of the name when no address came before it.
      if (
        angle === null &&
        words.length &&
        !words.some((word) => word.includes('@')) &&
        char === ',' &&
        angleComesFirst(value, at + 1)
      )
        words.push(',')
      else finish()
      at++
    } else if (char === ':' && angle === null && !words.some((word) => word.includes('@'))) {
      words = []
      comments = []
      at++
    } else if (/\s/.test(char)) at++
    else {
      const word = /^[^\s,;<>()":]+/.exec(value.slice(at, at + 2_000))?.[0] ?? char
      words.push(word)
      at += word.length
    }
  }
  finish()
  return { addresses, cut }
}

function angleComesFirst(value: string, from: number): boolean {
  const next = /[<,;@]/.exec(value.slice(from, from + 300))
  return next?.[0] === '<'
}

function quoted(value: string, start: number): { text: string; end: number } {
  let text = ''
  let at = start + 1
  while (at < value.length && value[at] !== '"') {
    if (value[at] === '\\' && at + 1 < value.length) at++
    text += value[at]
    at++
  }
  return { text, end: at + 1 }
}

function comment(value: string, start: number): { text: string; end: number } {
  let depth = 0
  let text = ''
  let at = start
  for (; at < value.length; at++) {
    const char = value[at]
    if (char === '\\' && at + 1 < value.length) {
      at++
      text += value[at]
    } else if (char === '(') {
      if (depth++) text += char
    } else if (char === ')') {
      if (--depth === 0) break
      text += char
    } else text += char
  }
  return { text: text.trim(), end: at + 1 }
}

function entryOf(words: string[], comments: string[], angle: string | null): MailAddress | null {
  let address = angle
  let nameWords = words
  if (address === null) {
    const index = words.findIndex((word) => word.includes('@'))
    if (index >= 0) {
      // Obsolete white space around "@" and ".": `jane . doe @ example.net`.
      let start = index
      let end = index
      if ((words[index] ?? '').startsWith('@')) start = Math.max(0, index - 1)
      while (start > 0 && (/^\./.test(words[start] ?? '') || /\.$/.test(words[start - 1] ?? ''))) start--
      if ((words[index] ?? '').endsWith('@') && words[index + 1]) end = index + 1
      while (words[end + 1] && (/\.$/.test(words[end] ?? '') || /^\./.test(words[end + 1] ?? ''))) end++
      address = words.slice(start, end + 1).join('')
      nameWords = [...words.slice(0, start), ...words.slice(end + 1)]
    }
  }
  const name = nameWords.join(' ').replace(/ ,/g, ',')
  const shown = cleanName(name || comments.join(' '))
  const cleaned = cleanAddress(address ?? '')
  if (cleaned) return { address: cleaned, name: shown === cleaned ? '' : shown }
  // The whole of it in one encoded word, address included.
  if (name.length < 1_000 && name.includes('=?')) {
    const decoded = decodeWords(name).slice(0, 400).trim()
    const found = /<?([^\s<>"(),;:@]{1,64}@[^\s<>"(),;:@]{1,255})>?$/.exec(decoded)
    if (found) return { address: cleanAddress(found[1] ?? ''), name: cleanName(decoded.slice(0, found.index)) }
  }
  return shown ? { address: '', name: shown } : null
}

function cleanName(raw: string): string {
  return oneLine(decodeWords(raw), 200)
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim()
}

/** Without route, spaces and control characters; the domain lower-case in A-label form (RFC 5891). '' when there is no address in it. */
export function cleanAddress(raw: string): string {
  let address = raw
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/\([^()]{0,200}\)/g, '')
    .trim()
    .replace(/^mailto:/i, '')
  // An encoded word before the @ is the local part itself, as some servers write what they cannot.
  if (address.includes('=?') && !/\?=@/.test(address)) address = decodeWords(address)
  if (address.startsWith('@') && address.includes(':'))
    address = address.slice(address.lastIndexOf(':', address.lastIndexOf('@')) + 1)
  const at = address.lastIndexOf('@')
  if (at <= 0 || at === address.length - 1 || address.length > 400) return ''
  let local = address.slice(0, at).trim()
  if (!/^".*"$/.test(local)) local = local.replace(/\s+/g, '').replace(/^["']+|["']+$/g, '')
  const domain = address
    .slice(at + 1)
    .replace(/[\s>"']+/g, '')
    .replace(/\.$/, '')
  if (!local || !domain) return ''
  return `${local}@${domainInAscii(domain)}`
}

function domainInAscii(domain: string): string {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain
  if (domain.startsWith('[')) return domain
  return domainToASCII(domain) || domain.toLowerCase()
}
