/** What the dictionary holds before the first octet (MS-OXRTFCP section 2.1.2.1). */
const preset =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'
const maxOctets = 4_000_000

/** Outlook's compressed RTF (MS-OXRTFCP) → RTF; null when it is none. At most 4 MB. */
export function decompressRtf(packed: Buffer): Buffer | null {
  if (packed.length < 16) return null
  // Two octets of a reference give at most seventeen.
  const rawSize = Math.min(packed.readUInt32LE(4), maxOctets, packed.length * 9)
  const kind = packed.readUInt32LE(8)
  if (kind === 0x414c454d) return packed.subarray(16, 16 + rawSize)
  if (kind !== 0x75465a4c) return null
  const out = Buffer.alloc(rawSize)
  const dictionary = Buffer.alloc(4096)
  dictionary.write(preset, 'latin1')
  let to = preset.length
  let length = 0
  const put = (code: number): void => {
    if (length < rawSize) out[length++] = code
    dictionary[to] = code
    to = (to + 1) & 4095
  }
  let at = 16
  while (at < packed.length && length < rawSize) {
    const flags = packed[at++] as number
    for (let bit = 0; bit < 8 && at < packed.length; bit++) {
      if ((flags & (1 << bit)) === 0) {
        put(packed[at++] as number)
        continue
      }
      if (at + 1 >= packed.length) return out.subarray(0, length)
      const pair = packed.readUInt16BE(at)
      at += 2
      const from = pair >> 4
      // A reference to the place of writing ends the stream.
      if (from === to) return out.subarray(0, length)
      for (let step = 0; step < (pair & 15) + 2; step++) put(dictionary[(from + step) & 4095] as number)
    }
  }
  return out.subarray(0, length)
}

/** RTF → its words, for a body that has no other form; HTML that Outlook hid in it (MS-OXRTFEX) gives its words as well. Linear time. */
export function rtfToText(rtf: Buffer): string {
  const source = rtf.toString('latin1')
  const out: string[] = []
  // Groups that are no text: fonts, colours, styles, pictures, and HTML tags in \*\htmltag.
  const stack: boolean[] = []
  let hidden = false
  const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi
  let skip = 0
  for (const match of source.matchAll(token)) {
    const [, word, number, hex, symbol, brace, text] = match
    if (brace === '{') stack.push(hidden)
    else if (brace === '}') hidden = stack.pop() ?? false
    else if (symbol === '*') hidden = true
    else if (word) {
      if (/^(fonttbl|colortbl|stylesheet|info|pict|header|footer|generator)$/.test(word)) hidden = true
      else if (word === 'htmlrtf') hidden = number !== '0'
      else if (hidden) continue
      else if (word === 'par' || word === 'line') out.push('\n')
      else if (word === 'tab') out.push('\t')
      else if (word === 'u' && number) {
        out.push(String.fromCharCode(Number(number) & 0xffff))
        skip = 1
      }
    } else if (hidden) continue
    else if (hex) {
      if (skip) skip--
      else out.push(windows1252.decode(Uint8Array.of(Number.parseInt(hex, 16))))
    } else if (symbol) out.push(/[\\{}]/.test(symbol) ? symbol : symbol === '~' ? ' ' : '')
    else if (text) {
      out.push(skip ? text.slice(1) : text)
      skip = 0
    }
  }
  return out
    .join('')
    .replace(/\0/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const windows1252 = new TextDecoder('windows-1252')
