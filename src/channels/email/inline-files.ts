import { decodeUuencode } from './decode-text.ts'

type InlineFile = { name: string; content: Buffer }

const maxFiles = 20

/** Files that old programs wrote into the text (uuencode): taken out of it, whole ones only. */
export function takeUuencoded(text: string): { text: string; files: InlineFile[] } {
  const files: InlineFile[] = []
  let rest = text
  for (let round = 0; round < maxFiles && /^begin [0-7]{3,4} \S/m.test(rest); round++) {
    const match = /^begin [0-7]{3,4} [^\n]+\n(?:[!-`][^\n]*\n){0,200000}?(?:`?\n)?end[ \t]*(?:\n|$)/m.exec(rest)
    const file = match && decodeUuencode(match[0])
    if (!match || !file) break
    files.push(file)
    rest = rest.slice(0, match.index) + rest.slice(match.index + match[0].length)
  }
  return { text: rest, files }
}

/** The same for yEnc (yenc.org, draft 1.3), which is 8-bit and so is read before any charset. */
export function takeYenc(octets: Buffer): { octets: Buffer; files: InlineFile[] } {
  const files: InlineFile[] = []
  const kept: Buffer[] = []
  let from = 0
  while (files.length < maxFiles) {
    const begin = lineStarting(octets, '=ybegin ', from)
    const end = begin < 0 ? -1 : lineStarting(octets, '=yend ', begin)
    if (end < 0) break
    const head = octets.toString('latin1', begin, Math.min(end, begin + 600)).split('\n', 1)[0] ?? ''
    let data = lineEnd(octets, begin)
    if (octets.toString('latin1', data, data + 7) === '=ypart ') data = lineEnd(octets, data)
    files.push({ name: /\bname=(.*?)\r?$/.exec(head)?.[1]?.trim() ?? '', content: unyenc(octets.subarray(data, end)) })
    kept.push(octets.subarray(from, begin))
    from = lineEnd(octets, end)
  }
  return files.length ? { octets: Buffer.concat([...kept, octets.subarray(from)]), files } : { octets, files }
}

function lineStarting(octets: Buffer, mark: string, from: number): number {
  for (let at = octets.indexOf(mark, from, 'latin1'); at >= 0; at = octets.indexOf(mark, at + 1, 'latin1'))
    if (at === 0 || octets[at - 1] === 10) return at
  return -1
}

function lineEnd(octets: Buffer, from: number): number {
  const end = octets.indexOf(10, from)
  return end < 0 ? octets.length : end + 1
}

function unyenc(data: Buffer): Buffer {
  const out = Buffer.allocUnsafeSlow(data.length)
  let length = 0
  for (let at = 0; at < data.length; at++) {
    let code = data[at] as number
    if (code === 10 || code === 13) continue
    if (code === 61) code = ((data[++at] ?? 0) - 64) & 255
    out[length++] = (code - 42) & 255
  }
  return out.subarray(0, length)
}
