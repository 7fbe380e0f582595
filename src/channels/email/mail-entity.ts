import { parseParameters } from './header-values.ts'
import type { MailDefectCode, MailLimits } from './inbound-mail.ts'

/** The frame of a mail: header blocks and delimiter lines, by their octets. */

/** Where from, within which limits, and whom to tell of what was broken. */
export type Source = { raw: Buffer; limits: MailLimits; defect(code: MailDefectCode, detail: string): void }

export type Entity = {
  headers: { name: string; raw: string }[]
  type: string
  params: Record<string, string>
  /** Whether a Content-Type was there and could be read. */
  typed: boolean
  disposition: string
  dispositionParams: Record<string, string>
  encoding: string
  bodyStart: number
  end: number
}

const newline = 10

/** The header of the entity at `start`, and where its body lies. */
export function readEntity(source: Source, start: number, end: number, defaultType: string, outermost: boolean): Entity {
  const { headers, bodyStart } = readHeaders(source, start, end)
  const find = (name: string): string => headers.find((header) => header.name === name)?.raw ?? ''
  const contentType = parseParameters(find('content-type'))
  const typed = /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+$/.test(contentType.type)
  const disposition = parseParameters(find('content-disposition'))
  if (outermost) noteDuplicates(source, headers)
  return {
    headers,
    type: typed
      ? contentType.type
      : /^(multipart|text)\/?$/.test(contentType.type) && contentType.params.boundary
        ? 'multipart/mixed'
        : defaultType,
    params: contentType.params,
    typed,
    disposition: disposition.type,
    dispositionParams: disposition.params,
    encoding: find('content-transfer-encoding')
      .replace(/\([^)]*\)/g, '')
      .trim()
      .replace(/[;\s].*$/s, '')
      .toLowerCase(),
    bodyStart,
    end,
  }
}

/** The fields of the header block at `start` (RFC 5322 section 2.2), and where the body begins. */
export function readHeaders(
  source: Source,
  start: number,
  end: number,
): { headers: { name: string; raw: string }[]; bodyStart: number } {
  const raw = source.raw
  const limits = source.limits
  const headers: { name: string; raw: string }[] = []
  let name = ''
  let pieces: string[] = []
  let size = 0
  let strange = 0
  const close = (): void => {
    if (!name) return
    if (headers.length < limits.headerFields)
      headers.push({ name, raw: pieces.length === 1 ? (pieces[0] as string) : pieces.join('') })
    else source.defect('too_many_headers', `more than ${limits.headerFields} fields`)
    name = ''
    pieces = []
  }
  let at = start
  while (at < end) {
    let lineEnd = raw.indexOf(newline, at)
    if (lineEnd < 0 || lineEnd > end) lineEnd = end
    let contentEnd = lineEnd
    while (contentEnd > at && raw[contentEnd - 1] === 13) contentEnd--
    const next = Math.min(lineEnd + 1, end)
    if (contentEnd === at) {
      close()
      return { headers, bodyStart: next }
    }
    const first = raw[at] as number
    const kept = Math.min(contentEnd, at + limits.headerValueChars)
    if (kept < contentEnd) source.defect('header_too_large', `a line of ${contentEnd - at} octets`)
    if (first === 32 || first === 9) {
      if (name && size < limits.headerBlockBytes) pieces.push(raw.toString('latin1', at, kept))
    } else {
      const colon = at + raw.subarray(at, Math.min(contentEnd, at + 200)).indexOf(58)
      const field = colon > at ? raw.toString('latin1', at, colon) : ''
      if (/^[!-9;-~]+[ \t]*$/.test(field)) {
        close()
        if (size < limits.headerBlockBytes) {
          name = field.trimEnd().toLowerCase()
          pieces = [raw.toString('latin1', colon + 1, kept)]
        } else source.defect('header_too_large', `more than ${limits.headerBlockBytes} octets of header`)
      } else if (headers.length === 0 && !name && strange++ > 3) {
        // No header at all: what is here is text.
        return { headers, bodyStart: start }
      } else if (
        raw.toString('latin1', at, at + 2) === '--' &&
        name &&
        /^--[^\s].{3,}$/.test(raw.toString('latin1', at, Math.min(contentEnd, at + 80)))
      ) {
        // The blank line is missing: a boundary already begins the body.
        close()
        return { headers, bodyStart: at }
      }
    }
    size += Math.min(next - at, limits.headerValueChars)
    at = next
  }
  close()
  return headers.length ? { headers, bodyStart: end } : { headers, bodyStart: start }
}

function noteDuplicates(source: Source, headers: { name: string }[]): void {
  const once = new Set(['from', 'subject', 'date', 'to', 'cc', 'message-id', 'content-type', 'reply-to', 'sender'])
  const seen = new Set<string>()
  for (const { name } of headers) {
    if (!once.has(name)) continue
    if (seen.has(name)) source.defect('duplicate_header', `${name} stands twice`)
    seen.add(name)
  }
}

/** The ranges between the delimiter lines (RFC 2046 section 5.1.1), or null when the boundary is not there. */
export function splitParts(source: Source, entity: Entity): { start: number; end: number }[] | null {
  const declared = entity.params.boundary ?? ''
  return (declared && splitAt(source, entity, declared)) || splitAt(source, entity, guessBoundary(source, entity)) || null
}

function splitAt(source: Source, entity: Entity, boundary: string): { start: number; end: number }[] | null {
  if (!boundary) return null
  const raw = source.raw
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const ranges: { start: number; end: number }[] = []
  let open = -1
  let at = entity.bodyStart
  let found = false
  while (at < entity.end) {
    const hit = raw.indexOf(delimiter, at)
    if (hit < 0 || hit >= entity.end) break
    const after = hit + delimiter.length
    at = after
    if (hit > entity.bodyStart && raw[hit - 1] !== newline && raw[hit - 1] !== 13) continue
    const closing = raw[after] === 45 && raw[after + 1] === 45
    let tail = closing ? after + 2 : after
    while (tail < entity.end && (raw[tail] === 32 || raw[tail] === 9)) tail++
    // A longer boundary that begins like this one is another one.
    if (tail < entity.end && raw[tail] !== 13 && raw[tail] !== newline) continue
    if (raw[tail] === 13) tail++
    if (raw[tail] === newline) tail++
    found = true
    if (open >= 0) {
      let end = hit
      if (end > open && raw[end - 1] === newline) end--
      if (end > open && raw[end - 1] === 13) end--
      ranges.push({ start: open, end })
      if (ranges.length > source.limits.parts) {
        source.defect('too_many_parts', `more than ${source.limits.parts}`)
        return ranges
      }
    }
    open = closing ? -1 : Math.min(tail, entity.end)
    at = Math.max(at, tail)
  }
  if (!found) return null
  if (open >= 0 && open < entity.end) ranges.push({ start: open, end: entity.end })
  return ranges
}

/** A multipart that forgot its boundary parameter, or names a wrong one, shows it in the first line that begins with two hyphens and is followed by a Content field. */
function guessBoundary(source: Source, entity: Entity): string {
  const head = source.raw.toString('latin1', entity.bodyStart, Math.min(entity.end, entity.bodyStart + 20_000))
  const match = /^--(-*[^\s-][^\r\n]{0,120}?)[ \t]*\r?\n(?:content-[a-z-]+[ \t]*:)/im.exec(head)
  return match?.[1]?.trimEnd() ?? ''
}
