/** What is read of a length field, and how deep an octet string may be cut in pieces. */
const LENGTH_OCTETS = 4
const DEPTH = 8
/** Pieces of one octet string; programs cut at a kilobyte or more. */
const PIECES = 200_000

const OID_SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex')

interface Element {
  tag: number
  start: number
  /** Where the contents end; null when only a mark does (X.690 section 8.1.3.6). */
  end: number | null
}

function elementAt(octets: Buffer, at: number): Element | null {
  const [tag, first] = [octets[at], octets[at + 1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null
  if (first === 0x80) return (tag & 0x20) === 0 ? null : { tag, start: at + 2, end: null }
  const more = first < 0x80 ? 0 : first & 0x7f
  if (more > LENGTH_OCTETS || at + 2 + more > octets.length) return null
  const length = more === 0 ? first : octets.readUIntBE(at + 2, more)
  const start = at + 2 + more
  return start + length > octets.length ? null : { tag, start, end: start + length }
}

/**
 * The mail inside a CMS SignedData (RFC 5652 section 5.1, RFC 8551 section 3.5.2), of DER or BER; null when it is none, or its
 * signature is apart from it. The signature is not looked at. Pure.
 */
export function signedContent(octets: Buffer): Buffer | null {
  let at = 0
  /** Steps into an element, or past it. */
  const enter = (tag: number): Element | null => {
    const element = elementAt(octets, at)
    if (element?.tag !== tag) return null
    at = element.start
    return element
  }
  const pass = (tag: number): Element | null => {
    const element = enter(tag)
    if (element?.end == null) return null
    at = element.end
    return element
  }
  if (!enter(0x30)) return null
  const kind = pass(0x06)
  if (!kind || !octets.subarray(kind.start, kind.end!).equals(OID_SIGNED_DATA)) return null
  const isThere = enter(0xa0) && enter(0x30) && pass(0x02) && pass(0x31) && enter(0x30) && pass(0x06) && enter(0xa0)
  if (!isThere) return null
  const pieces: Buffer[] = []
  return piecesAt(octets, at, pieces, 0) === null ? null : Buffer.concat(pieces)
}

/** The pieces of an octet string, whole or cut (X.690 section 8.7); returns where it ends. */
function piecesAt(octets: Buffer, at: number, pieces: Buffer[], depth: number): number | null {
  const element = elementAt(octets, at)
  if (!element || depth > DEPTH || pieces.length > PIECES) return null
  if (element.tag === 0x04) {
    pieces.push(octets.subarray(element.start, element.end!))
    return element.end
  }
  if (element.tag !== 0x24) return null
  let next = element.start
  while (element.end === null ? octets[next] !== 0 : next < element.end) {
    const after = piecesAt(octets, next, pieces, depth + 1)
    if (after === null) return null
    next = after
  }
  return element.end ?? next + 2
}
