export interface DataUri {
  type: string
  /** Charset of a text, as it was given; null when it was not. */
  charset: string | null
  /** null when it says base64 and is none. */
  bytes: Buffer | null
}

/** A `data:` URI (RFC 2397), lenient about what is not percent-encoded; null for any other text. */
export function readDataUri(text: string): DataUri | null {
  if (!/^data:/i.test(text)) return null
  const comma = text.indexOf(',')
  if (comma === -1) return null
  const [type = '', ...parameters] = text.slice(5, comma).split(';')
  const content = text.slice(comma + 1)
  const charset = parameters.map((part) => /^\s*charset=(.+)$/i.exec(part)?.[1]?.trim()).find(Boolean) ?? null
  const isBase64 = parameters.some((part) => part.trim().toLowerCase() === 'base64')
  return {
    type: type.trim().toLowerCase() || 'text/plain',
    charset,
    bytes: isBase64 ? readBase64(content) : percentDecode(content),
  }
}

/** Strict about the alphabet, lenient about white space and missing padding; null when it is no base64 (RFC 4648). */
export function readBase64(text: string): Buffer | null {
  const clean = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(clean)) return null
  return Buffer.from(clean, 'base64')
}

/** Bytes of a text in which `%41` stands for `A`; a lone percent sign stands for itself. */
function percentDecode(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  let last = 0
  for (const match of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) {
    parts.push(Buffer.from(text.slice(last, match.index), 'utf8'), Buffer.from(match[0].replaceAll('%', ''), 'hex'))
    last = match.index + match[0].length
  }
  parts.push(Buffer.from(text.slice(last), 'utf8'))
  return Buffer.concat(parts)
}

/** Text of bytes in a charset that somebody named; UTF-8 when it is unknown. */
export function decodeText(bytes: Uint8Array, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
