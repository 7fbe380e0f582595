// biome-ignore-all lint/suspicious/noControlCharactersInRegex: mail is cleaned of control characters here
import { charsetName, dosCodepages } from './charset-names.ts'

/** Octets → text: charsets, transfer encodings and encoded words. Everything here is total: bad input gives what can be read. */

// Decoders are costly to make and carry nothing from one text to the next.
const decoders = new Map<string, TextDecoder | null>()

function decoderFor(label: string): TextDecoder | null {
  let decoder = decoders.get(label)
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(label)
    } catch {
      decoder = null
    }
    if (decoders.size < 200) decoders.set(label, decoder)
  }
  return decoder
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Whether every octet is below 128. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] as number) > 127) return false
  return true
}

/** `known` is false when the charset is none that we can read, and the text is a guess. */
export function decodeCharset(bytes: Uint8Array, charset: string | null | undefined): { text: string; known: boolean } {
  const label = charsetName(charset ?? '')
  if (label === 'utf-8' || label === 'utf8') return { text: guessText(bytes, true), known: true }
  if (label === '' || label === 'us-ascii' || label === 'unknown-8bit' || label === 'x-unknown') {
    return { text: guessText(bytes), known: true }
  }
  if (label === 'utf-7' || label === 'unicode-1-1-utf-7' || label === 'x-unicode-1-1-utf-7') {
    return { text: decodeUtf7(Buffer.from(bytes).toString('latin1')), known: true }
  }
  const upper = dosCodepages[label]
  if (upper !== undefined && !isUtf8(bytes)) return { text: fromDos(bytes, upper), known: true }
  if (label === 'hz-gb-2312' || label === 'hz') return { text: decodeShifted(bytes, 'hz'), known: true }
  if (label === 'iso-2022-kr' || label === 'csiso2022kr') return { text: decodeShifted(bytes, 'kr'), known: true }
  const decoder = decoderFor(label)
  if (!decoder) return { text: guessText(bytes), known: false }
  const text = decoder.decode(bytes)
  // A charset that does not fit, on octets that are valid UTF-8: the program wrote UTF-8 and forgot to say so.
  if (text.includes('\ufffd')) {
    try {
      return { text: strictUtf8.decode(bytes), known: true }
    } catch {}
  }
  return { text, known: true }
}

/** UTF-8 when it is valid UTF-8; with replacement characters when it is mostly that, or was declared and is in part; else windows-1252. */
export function guessText(bytes: Uint8Array, declared = false): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    const text = decoderFor('utf-8')?.decode(bytes) ?? ''
    let broken = 0
    let good = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0xfffd) broken++
      else if (code > 127) good++
    }
    return good > broken || (declared && good > 0) ? text : (decoderFor('windows-1252')?.decode(bytes) ?? text)
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

function fromDos(bytes: Uint8Array, upper: string): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (char) => upper[char.charCodeAt(0) - 128] ?? char)
}

/** Seven-bit Chinese (RFC 1843, `~{ … ~}`) and Korean (RFC 1557, SO … SI): between the marks stand the eight-bit octets without their high bit. */
function decodeShifted(bytes: Uint8Array, kind: 'hz' | 'kr'): string {
  const out = Buffer.allocUnsafeSlow(bytes.length)
  let length = 0
  let shifted = false
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number
    const next = bytes[at + 1]
    if (kind === 'hz' && code === 126) {
      at++
      if (next === 123) shifted = true
      else if (next === 125) shifted = false
      else if (next === 126) out[length++] = 126
      else if (next !== 10) at--
      continue
    }
    if (kind === 'kr' && code === 14) shifted = true
    else if (kind === 'kr' && code === 15) shifted = false
    else if (kind === 'kr' && code === 27 && next === 36) at += 3
    else {
      // No shift goes over the end of a line.
      if (code === 10) shifted = false
      out[length++] = shifted && code > 32 ? code | 128 : code
    }
  }
  return decoderFor(kind === 'hz' ? 'gbk' : 'euc-kr')?.decode(out.subarray(0, length)) ?? ''
}

/** RFC 2152. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, encoded: string) => {
    if (encoded === '') return '+'
    const bytes = Buffer.from(encoded, 'base64')
    let out = ''
    for (let at = 0; at + 1 < bytes.length; at += 2)
      out += String.fromCharCode(((bytes[at] as number) << 8) | (bytes[at + 1] as number))
    return out
  })
}

/** RFC 2045 section 6.7, also `_` for a space in encoded words. An escape that is none stays as it is. */
export function decodeQuotedPrintable(bytes: Uint8Array, inWord = false): Buffer {
  const out = Buffer.allocUnsafeSlow(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number
    if (code === 61 /* = */) {
      const high = hexValue(bytes[at + 1])
      const low = hexValue(bytes[at + 2])
      if (high >= 0 && low >= 0) {
        out[length++] = (high << 4) | low
        at += 2
        continue
      }
      // Soft line break, with white space that a server added behind it.
      let end = at + 1
      while (end < bytes.length && (bytes[end] === 32 || bytes[end] === 9)) end++
      if (end >= bytes.length && !inWord) break
      if (bytes[end] === 13 && bytes[end + 1] === 10) {
        at = end + 1
        continue
      }
      if (bytes[end] === 10) {
        at = end
        continue
      }
      out[length++] = code
    } else if (inWord && code === 95 /* _ */) out[length++] = 32
    else out[length++] = code
  }
  return out.subarray(0, length)
}

function hexValue(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 70) return code - 55
  if (code >= 97 && code <= 102) return code - 87
  return -1
}

/** RFC 2045 section 6.8; characters outside the alphabet are ignored, padding inside starts a new run. `clean` is false when there were such. */
export function decodeBase64(bytes: Uint8Array): { content: Buffer; clean: boolean } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const clean = /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)
  if (clean) return { content: Buffer.from(text, 'base64'), clean }
  const runs = text
    .replace(/[^A-Za-z0-9+/=]+/g, '')
    .split(/=+/)
    .filter((run) => run !== '')
  return {
    content:
      runs.length === 1 ? Buffer.from(runs[0] ?? '', 'base64') : Buffer.concat(runs.map((run) => Buffer.from(run, 'base64'))),
    clean,
  }
}

/** The lines between `begin` and `end` of uuencode; null when there is no begin line. */
export function decodeUuencode(text: string): { name: string; content: Buffer } | null {
  const begin = /^begin [0-7]{3,4} ([^\r\n]{1,300})\r?\n/m.exec(text)
  if (!begin) return null
  const chunks: Buffer[] = []
  for (const line of text.slice(begin.index + begin[0].length).split(/\r?\n/)) {
    if (line === 'end' || line === '`') break
    const length = (line.charCodeAt(0) - 32) & 63
    if (!line || length === 0) continue
    const chunk = Buffer.alloc(Math.ceil(length / 3) * 3)
    for (let at = 1, to = 0; to < length; at += 4, to += 3) {
      const [a, b, c, d] = [0, 1, 2, 3].map((step) => (at + step < line.length ? (line.charCodeAt(at + step) - 32) & 63 : 0)) as [
        number,
        number,
        number,
        number,
      ]
      chunk[to] = (a << 2) | (b >> 4)
      chunk[to + 1] = ((b << 4) & 255) | (c >> 2)
      chunk[to + 2] = ((c << 6) & 255) | d
    }
    chunks.push(chunk.subarray(0, length))
  }
  return { name: (begin[1] ?? '').trim(), content: Buffer.concat(chunks) }
}

type EncodedWord = { start: number; end: number; charset: string; base64: boolean; text: string }

const wordHead = /=\?([^?\s]{1,60})\?([BbQq])\?/y

/** The encoded words of a value, found by hand: a pattern for all of it would look back over the whole value for each beginning. */
function encodedWords(value: string): EncodedWord[] {
  const words: EncodedWord[] = []
  let end = -1
  for (let at = value.indexOf('=?'); at >= 0; at = value.indexOf('=?', at)) {
    wordHead.lastIndex = at
    const head = wordHead.exec(value)
    if (!head) {
      at += 2
      continue
    }
    const textStart = at + head[0].length
    if (end < textStart) end = value.indexOf('?=', textStart)
    if (end < 0) break
    // Longer than any program writes: the closing mark belongs to another word.
    if (end - textStart > 4_000) {
      at += 2
      continue
    }
    words.push({
      start: at,
      end: end + 2,
      charset: (head[1] ?? '').toLowerCase().replace(/\*.*$/, ''),
      base64: /b/i.test(head[2] ?? ''),
      text: value.slice(textStart, end),
    })
    at = end + 2
  }
  return words
}

/**
 * RFC 2047, RFC 2231 section 5. White space between two encoded words goes; neighbours of one charset are joined before decoding, for a
 * character may be split between them.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value
  const out: string[] = []
  let at = 0
  let charset = ''
  let bytes: Buffer[] = []
  const close = (): void => {
    if (bytes.length) out.push(decodeCharset(Buffer.concat(bytes), charset).text)
    bytes = []
  }
  for (const word of encodedWords(value)) {
    const between = value.slice(at, word.start)
    at = word.end
    if (!bytes.length || /\S/.test(between)) {
      close()
      out.push(between)
    }
    // Charsets with shift states start anew in each word.
    if (word.charset !== charset || charset.startsWith('iso-2022')) close()
    charset = word.charset
    const encoded = Buffer.from(word.text, /[^\x00-\xff]/.test(word.text) ? 'utf8' : 'latin1')
    bytes.push(word.base64 ? decodeBase64(encoded).content : decodeQuotedPrintable(encoded, true))
  }
  close()
  out.push(value.slice(at))
  return out.join('')
}

/** One line without control characters and without the bidi controls that reorder what stands around them (CVE-2021-42574). */
export function oneLine(text: string, maxChars: number): string {
  const flat = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  return cutChars(flat, maxChars)
}

/** At most `max` UTF-16 units, never half a surrogate pair. */
export function cutChars(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max)
}
