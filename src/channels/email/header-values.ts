// biome-ignore-all lint/suspicious/noControlCharactersInRegex: mail is cleaned of control characters here

import { decodeCharset, decodeWords, guessText, isAscii } from './decode-text.ts'

/** The values of header fields: text, Message-IDs, parameters. */

/** Raw 8-bit header octets as text: UTF-8 (RFC 6532), else the charset the mail declares, else windows-1252. */
export function unicode(raw: string, charset?: string): string {
  const value = raw.trim()
  if (/^[\x00-\x7f]*$/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  if (isAscii(bytes)) return value
  const guess = guessText(bytes)
  if (charset && !/^(us-ascii|utf-?8)$/i.test(charset) && Buffer.from(guess, 'utf8').compare(bytes) !== 0)
    return decodeCharset(bytes, charset).text
  return guess
}

/** A field's value with its encoded words decoded (RFC 2047). */
export function headerText(raw: string, charset?: string): string {
  return decodeWords(unicode(raw, charset))
}

/** Message-IDs of a field, without angle brackets; also from programs that forget them. */
export function idsOf(value: string, max: number): string[] {
  const flat = value.replace(/[\u0000-\u0020\u007f]+/g, ' ').trim()
  const ids: string[] = []
  for (const match of flat.matchAll(/<\s?([^<>]{1,998})>/g)) {
    if (ids.length >= max) return ids
    const id = (match[1] ?? '').replace(/\s+/g, '')
    if (id) ids.push(id)
  }
  if (ids.length === 0 && flat) {
    for (const word of flat.replace(/[<>]/g, ' ').split(/[\s,]+/)) {
      if (ids.length >= max) break
      if (/^[^\s"()]+@[^\s"()]+$/.test(word) || (flat.indexOf(' ') < 0 && max === 1)) ids.push(word.slice(0, 998))
    }
  }
  return ids
}

export type Typed = { type: string; params: Record<string, string> }

/** `value; name=value` with RFC 2231 continuations and charsets, quoted or not, and encoded words where programs put them against the rule. */
export function parseParameters(raw: string): Typed {
  const source = raw.slice(0, 16_000)
  const semicolon = source.indexOf(';')
  const type = (semicolon < 0 ? source : source.slice(0, semicolon))
    .replace(/\([^()]*\)/g, '')
    .replace(/^[\s"']+|[\s"']+$/g, '')
    .toLowerCase()
  const params: Record<string, string> = Object.create(null)
  if (semicolon < 0) return { type, params }
  const pieces = new Map<string, { index: number; encoded: boolean; value: string }[]>()
  const pattern = /[;\s]\s*([A-Za-z0-9_.-]+)(?:\*(\d{1,3}))?(\*)?[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs
  pattern.lastIndex = semicolon
  for (const match of source.matchAll(pattern)) {
    const name = (match[1] ?? '').toLowerCase()
    const value = match[4] !== undefined ? match[4].replace(/\\(["\\])/g, '$1') : (match[5] ?? '').trim()
    if (match[2] === undefined && !match[3]) {
      if (!(name in params))
        params[name] =
          name === 'boundary' || name === 'charset'
            ? value.replace(/[\r\n]/g, '')
            : decodeWords(unicode(value.replace(/[\r\n]+/g, '')))
      continue
    }
    const list = pieces.get(name) ?? []
    if (list.length < 200)
      list.push({ index: Number(match[2] ?? 0), encoded: match[3] === '*', value: value.replace(/[\r\n]+/g, '') })
    pieces.set(name, list)
  }
  for (const [name, list] of pieces) {
    list.sort((a, b) => a.index - b.index)
    let charset = ''
    const bytes: Buffer[] = []
    for (const [position, piece] of list.entries()) {
      let value = piece.value
      if (position === 0 && piece.encoded) {
        const head = /^([^']*)'([^']*)'/.exec(value)
        if (head) {
          charset = head[1] ?? ''
          value = value.slice(head[0].length)
        }
      }
      bytes.push(piece.encoded ? percentDecode(value) : Buffer.from(value, 'latin1'))
    }
    const joined = Buffer.concat(bytes)
    params[name] = charset ? decodeCharset(joined, charset).text : decodeWords(guessText(joined))
  }
  return { type, params }
}

function percentDecode(value: string): Buffer {
  return Buffer.from(
    value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
