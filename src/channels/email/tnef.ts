import { decompressRtf } from './compressed-rtf.ts'
import { decodeCharset } from './decode-text.ts'

export type TnefFile = { name: string; contentType: string; contentId: string | null; content: Buffer }

export type Tnef = {
  files: TnefFile[]
  text: string | null
  html: string | null
  /** Outlook's own form of the body, unpacked; for mails that have no other. */
  rtf: Buffer | null
}

const signature = 0x223e9f78
const maxFiles = 200
const maxProps = 2_000
const maxDepth = 3

/** Whether the octets begin like TNEF, whatever the part is called. */
export function isTnef(octets: Buffer): boolean {
  return octets.length > 6 && octets.readUInt32LE(0) === signature
}

/**
 * What Outlook wraps into winmail.dat (MS-OXTNEF): the files and the body. Checksums are not compared: what is broken is left out. Files are slices of
 * `octets`, so nothing grows; time is linear. Never throws.
 */
export function readTnef(octets: Buffer, depth = 0): Tnef {
  const found: Tnef = { files: [], text: null, html: null, rtf: null }
  try {
    readAttributes(octets, found, depth)
  } catch {
    // What was read until the broken place stays.
  }
  return found
}

type File = { name: string; longName: string; type: string; contentId: string | null; content: Buffer | null }

function readAttributes(octets: Buffer, found: Tnef, depth: number): void {
  let codepage = 'windows-1252'
  let file: File | null = null
  const close = (): void => {
    if (file?.content && found.files.length < maxFiles)
      found.files.push({
        name: file.longName || file.name,
        contentType: file.type || 'application/octet-stream',
        contentId: file.contentId,
        content: file.content,
      })
    file = null
  }
  let at = 6
  while (at + 9 <= octets.length) {
    const level = octets[at] as number
    const id = octets.readUInt16LE(at + 1)
    const length = octets.readUInt32LE(at + 5)
    const start = at + 9
    // A file whose end was cut off is kept as far as it goes.
    const data = octets.subarray(start, Math.min(start + length, octets.length))
    at = start + length + 2
    if (level !== 1 && level !== 2) break
    if (id === 0x9007 && data.length >= 4) codepage = charsetOf(data.readUInt32LE(0))
    else if (id === 0x800c) found.text ??= clean(decodeCharset(data, codepage).text)
    else if (id === 0x9003) {
      for (const prop of readProps(data, codepage)) {
        if (prop.id === 0x1000 && prop.text !== null) found.text = clean(prop.text)
        else if (prop.id === 0x1013) found.html = clean(prop.text ?? decodeCharset(prop.value, codepage).text)
        else if (prop.id === 0x1009) found.rtf ??= decompressRtf(prop.value)
      }
    } else if (id === 0x9002) {
      close()
      file = { name: '', longName: '', type: '', contentId: null, content: null }
    } else if (file) {
      const open: File = file
      if (id === 0x8010) open.name = clean(decodeCharset(data, codepage).text)
      else if (id === 0x800f) open.content = data
      else if (id === 0x9005) {
        for (const prop of readProps(data, codepage)) {
          if (prop.id === 0x3707) open.longName = clean(prop.text ?? '')
          else if (prop.id === 0x3704) open.name ||= clean(prop.text ?? '')
          else if (prop.id === 0x370e && /^[\w.+-]+\/[\w.+-]+$/.test(clean(prop.text ?? '')))
            open.type = clean(prop.text ?? '').toLowerCase()
          else if (prop.id === 0x3712) open.contentId = clean(prop.text ?? '').replace(/^<|>$/g, '') || null
          else if (prop.id === 0x3701) {
            // A message in the message is TNEF again, behind the id of its interface.
            const inner = prop.type === 0x000d ? prop.value.subarray(16) : prop.value
            if (isTnef(inner) && depth < maxDepth) {
              const nested = readTnef(inner, depth + 1)
              for (const one of nested.files) if (found.files.length < maxFiles) found.files.push(one)
              if (nested.html !== null || nested.text !== null) {
                open.content = Buffer.from(nested.html ?? nested.text ?? '')
                open.type = nested.html !== null ? 'text/html' : 'text/plain'
                open.longName = `${open.longName || open.name || 'message'}.${nested.html !== null ? 'html' : 'txt'}`
              }
            } else open.content ??= inner
          }
        }
      }
    }
  }
  close()
}

type Prop = { id: number; type: number; value: Buffer; text: string | null }

/** Octets of one value, by the type's number (MS-OXCDATA section 2.11.1); 0 for those that tell their length. */
const sizes = new Map([
  [0x02, 4],
  [0x03, 4],
  [0x04, 4],
  [0x05, 8],
  [0x06, 8],
  [0x07, 8],
  [0x0a, 4],
  [0x0b, 4],
  [0x14, 8],
  [0x40, 8],
  [0x48, 16],
  [0x0d, 0],
  [0x1e, 0],
  [0x1f, 0],
  [0x102, 0],
])

/** MAPI properties laid end to end (MS-OXTNEF section 2.1.3.4). Ends at the first that makes no sense. */
function* readProps(data: Buffer, codepage: string): Generator<Prop> {
  let at = 4
  const count = Math.min(data.readUInt32LE(0), maxProps)
  for (let index = 0; index < count; index++) {
    const type = data.readUInt16LE(at)
    const id = data.readUInt16LE(at + 2)
    at += 4
    if (id >= 0x8000) {
      const named = data.readUInt32LE(at + 16)
      at += 20
      at += named === 0 ? 4 : 4 + padded(data.readUInt32LE(at))
    }
    const size = sizes.get(type & 0xfff)
    if (size === undefined) return
    const several = (type & 0x1000) !== 0
    let values = 1
    if (several || size === 0) {
      values = data.readUInt32LE(at)
      at += 4
    }
    for (let one = 0; one < values && one < maxProps; one++) {
      let length = size
      if (size === 0) {
        length = data.readUInt32LE(at)
        at += 4
      }
      if (at + length > data.length) return
      const value = data.subarray(at, at + length)
      at += padded(length)
      if (one === 0)
        yield {
          id,
          type: type & 0xfff,
          value,
          text:
            (type & 0xfff) === 0x1f
              ? value.subarray(0, value.length & ~1).toString('utf16le')
              : (type & 0xfff) === 0x1e
                ? decodeCharset(value, codepage).text
                : null,
        }
    }
    if (values > maxProps) return
  }
}

const padded = (length: number): number => Math.ceil(length / 4) * 4

const clean = (text: string): string => text.split('\0', 1)[0] ?? ''

function charsetOf(codepage: number): string {
  if (codepage === 65001) return 'utf-8'
  if (codepage === 20127) return 'us-ascii'
  const known: Record<number, string> = {
    932: 'shift_jis',
    936: 'gbk',
    949: 'euc-kr',
    950: 'big5',
    20866: 'koi8-r',
    54936: 'gb18030',
  }
  return known[codepage] ?? (codepage >= 28591 && codepage <= 28605 ? `iso-8859-${codepage - 28590}` : `windows-${codepage}`)
}
