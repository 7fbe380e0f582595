/**
 * A forgiving HTML scanner for reading mail, not for trusting it: it finds tags and text in one pass and never backtracks, so that
 * hostile markup costs time in proportion to its length. What is shown to people goes through sanitizeHtml, which has its own parser.
 */

export type HtmlHandler = {
  text(start: number, end: number): void
  /** `start` and `end` are the offsets of the tag itself; `attributes` reads them on demand. */
  open(name: string, start: number, end: number, attributes: () => Record<string, string>): void
  close(name: string, start: number, end: number): void
}

const rawText = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'noscript', 'template'])

export function scanHtml(html: string, handler: HtmlHandler): void {
  const length = html.length
  // Behind it stands no tag any more, whatever it looks like.
  const lastEnd = html.lastIndexOf('>')
  const unclosed = { double: false, single: false }
  let at = 0
  while (at < length) {
    const open = html.indexOf('<', at)
    if (open < 0) {
      handler.text(at, length)
      return
    }
    if (open > lastEnd) {
      handler.text(at, length)
      return
    }
    if (open > at) handler.text(at, open)
    const next = html.charCodeAt(open + 1)
    if (next === 33 /* ! */) {
      at = skipDeclaration(html, open)
      continue
    }
    if (next === 63 /* ? */) {
      const end = html.indexOf('>', open)
      at = end < 0 ? length : end + 1
      continue
    }
    const closing = next === 47
    const nameStart = closing ? open + 2 : open + 1
    let nameEnd = nameStart
    while (nameEnd < length && nameEnd - nameStart < 40 && isNameChar(html.charCodeAt(nameEnd))) nameEnd++
    if (nameEnd === nameStart || !isLetter(html.charCodeAt(nameStart))) {
      handler.text(open, open + 1)
      at = open + 1
      continue
    }
    const name = html.slice(nameStart, nameEnd).toLowerCase()
    const end = tagEnd(html, nameEnd, unclosed)
    at = end
    if (closing) {
      handler.close(name, open, end)
      continue
    }
    handler.open(name, open, end, () => readAttributes(html, nameEnd, end))
    if (rawText.has(name) && html.charCodeAt(end - 2) !== 47) {
      const close = findClose(html, name, end)
      handler.close(name, close.start, close.end)
      at = close.end
    }
  }
}

function skipDeclaration(html: string, open: number): number {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 4)
    return end < 0 ? html.length : end + 3
  }
  const end = html.indexOf('>', open)
  return end < 0 ? html.length : end + 1
}

function findClose(html: string, name: string, from: number): { start: number; end: number } {
  const pattern = new RegExp(`</${name}[^>]{0,100}>?`, 'gi')
  pattern.lastIndex = from
  const match = pattern.exec(html)
  return match ? { start: match.index, end: match.index + match[0].length } : { start: html.length, end: html.length }
}

/** Offset after the tag's '>', looking past quoted attribute values; a quote that never closes does not swallow the mail. */
function tagEnd(html: string, from: number, unclosed: { double: boolean; single: boolean }): number {
  const length = html.length
  let at = from
  while (at < length) {
    const code = html.charCodeAt(at)
    if (code === 62) return at + 1
    if (code === 34 || code === 39) {
      // A quote opens a value only after '='.
      let before = at - 1
      while (before > from && before > at - 20 && html.charCodeAt(before) <= 32) before--
      const key = code === 34 ? 'double' : 'single'
      if (html.charCodeAt(before) === 61 && !unclosed[key]) {
        const close = html.indexOf(code === 34 ? '"' : "'", at + 1)
        if (close >= 0) at = close
        else unclosed[key] = true
      }
    }
    at++
  }
  return length
}

const attributePattern = /([^\s=/>"']+)(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/g

function readAttributes(html: string, from: number, end: number): Record<string, string> {
  const source = html.slice(from, Math.min(end - 1, from + 8_000))
  const found: Record<string, string> = Object.create(null)
  for (const match of source.matchAll(attributePattern)) {
    const name = (match[1] ?? '').toLowerCase()
    if (!(name in found)) found[name] = decodeEntities(match[2] ?? match[3] ?? match[4] ?? '')
  }
  return found
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}

function isNameChar(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57) || code === 58 || code === 45 || code === 95
}

const namedEntities = new Map<string, string>(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
    copy: '©',
    reg: '®',
    trade: '™',
    hellip: '…',
    mdash: '—',
    ndash: '–',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    sbquo: '‚',
    bdquo: '„',
    laquo: '«',
    raquo: '»',
    lsaquo: '‹',
    rsaquo: '›',
    bull: '•',
    middot: '·',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    sect: '§',
    para: '¶',
    deg: '°',
    plusmn: '±',
    times: '×',
    divide: '÷',
    frac12: '½',
    frac14: '¼',
    frac34: '¾',
    sup2: '²',
    sup3: '³',
    micro: 'µ',
    iexcl: '¡',
    iquest: '¿',
    agrave: 'à',
    aacute: 'á',
    acirc: 'â',
    atilde: 'ã',
    auml: 'ä',
    aring: 'å',
    aelig: 'æ',
    ccedil: 'ç',
    egrave: 'è',
    eacute: 'é',
    ecirc: 'ê',
    euml: 'ë',
    igrave: 'ì',
    iacute: 'í',
    icirc: 'î',
    iuml: 'ï',
    ntilde: 'ñ',
    ograve: 'ò',
    oacute: 'ó',
    ocirc: 'ô',
    otilde: 'õ',
    ouml: 'ö',
    oslash: 'ø',
    ugrave: 'ù',
    uacute: 'ú',
    ucirc: 'û',
    uuml: 'ü',
    yacute: 'ý',
    yuml: 'ÿ',
    szlig: 'ß',
    Agrave: 'À',
    Aacute: 'Á',
    Acirc: 'Â',
    Atilde: 'Ã',
    Auml: 'Ä',
    Aring: 'Å',
    AElig: 'Æ',
    Ccedil: 'Ç',
    Egrave: 'È',
    Eacute: 'É',
    Ecirc: 'Ê',
    Euml: 'Ë',
    Iacute: 'Í',
    Icirc: 'Î',
    Iuml: 'Ï',
    Ntilde: 'Ñ',
    Oacute: 'Ó',
    Ocirc: 'Ô',
    Otilde: 'Õ',
    Ouml: 'Ö',
    Oslash: 'Ø',
    Uacute: 'Ú',
    Ucirc: 'Û',
    Uuml: 'Ü',
    oelig: 'œ',
    OElig: 'Œ',
    scaron: 'š',
    Scaron: 'Š',
    zwnj: '\u200c',
    zwj: '\u200d',
    shy: '\u00ad',
    ensp: '\u2002',
    emsp: '\u2003',
    thinsp: '\u2009',
    larr: '←',
    rarr: '→',
    uarr: '↑',
    darr: '↓',
    check: '✓',
    tab: '\t',
    Tab: '\t',
    NewLine: '\n',
    colon: ':',
    lpar: '(',
    rpar: ')',
    num: '#',
    dollar: '$',
    percnt: '%',
    commat: '@',
    ordm: 'º',
    ordf: 'ª',
    not: '¬',
    curren: '¤',
    brvbar: '¦',
    uml: '¨',
    macr: '¯',
    acute: '´',
    cedil: '¸',
    infin: '∞',
    ne: '≠',
    le: '≤',
    ge: '≥',
    dagger: '†',
    permil: '‰',
    prime: '′',
    hearts: '♥',
    zwsp: '\u200b',
    lrm: '',
    rlm: '',
  }),
)

/** Character references of HTML: numeric ones, and the named ones that mail uses. Unknown names stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#[xX]([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{1,10}));?/g, (whole, hex, decimal, name) => {
    if (name) return namedEntities.get(name) ?? namedEntities.get(name.toLowerCase()) ?? whole
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
    // HTML reads 128–159 as windows-1252.
    if (code >= 128 && code < 160) return windows1252.decode(Uint8Array.of(code))
    return String.fromCodePoint(code)
  })
}

const windows1252 = new TextDecoder('windows-1252')
