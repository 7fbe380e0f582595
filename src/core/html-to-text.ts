import { decodeEntities, scanHtml } from './scan-html.ts'

const blocks = new Set([
  'address',
  'article',
  'aside',
  'body',
  'center',
  'dd',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figure',
  'footer',
  'form',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'html',
  'li',
  'main',
  'nav',
  'ol',
  'option',
  'p',
  'blockquote',
  'pre',
  'section',
  'table',
  'tbody',
  'tfoot',
  'thead',
  'tr',
  'ul',
])
const spaced = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'blockquote', 'pre'])
// Not head: a mail that forgets to close it would lose its text.
const hidden = new Set(['script', 'style', 'title', 'template', 'noscript'])
const marked = new Set(['div', 'blockquote', 'hr', 'span', 'p', 'section', 'table', 'td', 'a'])
const voids = new Set(['br', 'img', 'hr', 'col', 'wbr', 'input', 'meta', 'link', 'base', 'area', 'source', 'embed', 'param'])
const maxQuoteDepth = 20

/** Why a mail program's own mark-up says that a line is not new. */
export type HtmlMark = 'quote' | 'to_end' | 'signature' | null

/** A line of text and where in the HTML it came from; `mark` is what the mail program said about it. */
export type HtmlLine = { text: string; start: number; end: number; mark: HtmlMark; quoteDepth: number }

/**
 * HTML → plain text: paragraphs and lists become lines, block quotes get "> ", links keep their text. For search, previews, quote cutting and mails
 * without a plain part. Linear time; never throws.
 */
export function htmlToText(html: string): string {
  return htmlLines(html)
    .map((line) => (line.quoteDepth ? `${'>'.repeat(line.quoteDepth)} ${line.text}`.trimEnd() : line.text))
    .join('\n')
}

type Open = { name: string; mark: HtmlMark; gmail: boolean; sawQuote: boolean }

/** The lines of htmlToText with their places in the source. Never two blank lines in a row. */
export function htmlLines(html: string): HtmlLine[] {
  const lines: HtmlLine[] = []
  const stack: Open[] = []
  const gmails: Open[] = []
  const counters: number[] = []
  let line = ''
  let lineStart = 0
  let lineMark: HtmlMark = null
  let hasContent = false
  let quote = 0
  let pre = 0
  let skip = 0
  let blankWanted = false
  let pendingSpace = false
  let toEnd = false
  let marks = { quote: 0, signature: 0 }
  let prefix = ''
  let tight = false

  const currentMark = (): HtmlMark => {
    if (toEnd) return 'to_end'
    if (marks.quote) return 'quote'
    const gmail = gmails.at(-1)
    if (gmail && (!gmail.sawQuote || quote)) return 'quote'
    return marks.signature ? 'signature' : null
  }
  const push = (text: string, start: number, end: number, mark: HtmlMark): void => {
    const blank = text.trim() === ''
    if (blank && (!lines.length || lines.at(-1)?.text === '')) return
    // A blank line between two depths belongs to the outer one.
    const quoteDepth = blank ? Math.min(quote, lines.at(-1)?.quoteDepth ?? 0) : quote
    lines.push({ text: blank ? '' : text, start, end, mark, quoteDepth })
  }
  const flush = (force: boolean, at: number): void => {
    const text = prefix + (pre ? line.trimEnd() : line.trim())
    if (line.trim() || force) {
      if (blankWanted) push('', lineStart, lineStart, lineMark ?? currentMark())
      blankWanted = false
      push(line.trim() ? text : '', hasContent ? lineStart : at, at, hasContent ? lineMark : currentMark())
      prefix = ''
    }
    if (hasContent && !line.trim()) blankWanted = true
    line = ''
    hasContent = false
    pendingSpace = false
    lineStart = at
  }
  const begin = (start: number): void => {
    if (hasContent) return
    hasContent = true
    lineStart = start
    lineMark = currentMark()
  }
  const write = (text: string, start: number, end: number): void => {
    if (pre) {
      for (const [index, piece] of text.replace(/\r\n?/g, '\n').split('\n').entries()) {
        if (index) flush(true, end)
        if (piece) {
          begin(start)
          line += piece
        }
      }
      return
    }
    const flat = text.replace(/[ \t\r\n\f]+/g, ' ')
    if (flat === ' ' || flat === '') {
      if (line) pendingSpace = true
      return
    }
    begin(start)
    // Asking the line itself how it ends would copy it each time.
    if ((pendingSpace || flat.startsWith(' ')) && line) line += ' '
    pendingSpace = flat.endsWith(' ')
    line += flat.replace(/^ | $/g, '').replace(/\u00a0/g, ' ')
  }

  scanHtml(html, {
    text(start, end) {
      if (!skip) write(decodeEntities(html.slice(start, end)), start, end)
    },
    open(name, start, end, attributes) {
      if (hidden.has(name)) {
        if (html.charCodeAt(end - 2) !== 47) skip++
        return
      }
      if (skip) return
      const given = marked.has(name) && end - start > name.length + 2 ? attributes() : null
      const isBlock = blocks.has(name)
      if (isBlock) {
        flush(false, start)
        if (name === 'p') tight = /^(x_)?mso/i.test(given?.class ?? '')
        if (spaced.has(name) && !(name === 'p' && tight)) blankWanted = true
      }
      if (name === 'br') {
        flush(true, end)
        return
      }
      if (name === 'hr') {
        flush(false, start)
        if (given && /^(stopspelling|zwchr|x_stopspelling)$/i.test(given.id ?? '')) toEnd = true
        return
      }
      if (name === 'img') {
        const alt = attributes().alt?.trim()
        if (alt && alt.length < 200) write(` ${alt} `, start, end)
        return
      }
      if (name === 'td' || name === 'th') pendingSpace = line !== ''
      if (name === 'li') {
        const counter = counters.at(-1) ?? 0
        prefix = `${'  '.repeat(Math.max(0, Math.min(counters.length, 10) - 1))}${counter ? `${counter}. ` : '- '}`
        if (counter) counters[counters.length - 1] = counter + 1
      }
      if (name === 'ul' || name === 'ol') {
        counters.push(name === 'ol' ? 1 : 0)
        if (counters.length > 1) blankWanted = false
      }
      if (name === 'blockquote') {
        quote = Math.min(quote + 1, maxQuoteDepth)
        for (let at = gmails.length - 1; at >= 0 && !gmails[at]?.sawQuote; at--) (gmails[at] as Open).sawQuote = true
      }
      if (name === 'pre') pre++
      if (voids.has(name) || !(isBlock || marked.has(name))) return
      if (stack.length < 5_000) {
        const mark = given ? markOf(name, given) : null
        if (mark === 'to_end') {
          flush(false, start)
          toEnd = true
        }
        const open: Open = { name, mark: mark === 'gmail' ? null : mark, gmail: mark === 'gmail', sawQuote: false }
        if (open.mark === 'quote') marks = { ...marks, quote: marks.quote + 1 }
        if (open.mark === 'signature') marks = { ...marks, signature: marks.signature + 1 }
        stack.push(open)
        if (open.gmail) gmails.push(open)
      }
    },
    close(name, start) {
      if (hidden.has(name)) {
        if (skip) skip--
        return
      }
      if (skip) return
      if (blocks.has(name)) {
        flush(false, start)
        // Word writes every line as a paragraph of its own, and a blank line as an empty one.
        if (spaced.has(name) && !(name === 'p' && tight)) blankWanted = true
        if (name === 'p') tight = false
      }
      if (name === 'pre' && pre) pre--
      if ((name === 'ul' || name === 'ol') && counters.length) {
        counters.pop()
        if (counters.length) blankWanted = false
      }
      if (name === 'blockquote' && quote) quote--
      // The nearest open element of the name, if it is near: mail often forgets to close what is inside.
      for (let at = stack.length - 1; at >= 0 && at > stack.length - 50; at--) {
        if (stack[at]?.name !== name) continue
        for (const open of stack.splice(at)) {
          if (open.gmail) gmails.pop()
          if (open.mark === 'quote') marks.quote--
          if (open.mark === 'signature') marks.signature--
        }
        break
      }
    },
  })
  flush(false, html.length)
  while (lines.length && lines.at(-1)?.text === '') lines.pop()
  return lines
}

function markOf(name: string, attributes: Record<string, string>): HtmlMark | 'gmail' {
  const css = attributes.class ?? ''
  const id = attributes.id ?? ''
  if (css) {
    if (/(^|\s)(x_)?gmail_quote(_container)?(\s|$)/.test(css)) return name === 'blockquote' ? 'quote' : 'gmail'
    if (
      /(^|\s)(x_)?(yahoo_quoted|protonmail_quote|moz-cite-prefix|moz-forward-container|zmail_extra|tutanota_quote|gmail_attr|OutlookMessageHeader|ms-outlook-quote|quoted-plain-text|iwcQuote|mailquote|aweber_quote|wmQuote)(\s|$)/i.test(
        css,
      )
    )
      return 'quote'
    if (
      /(^|\s)(x_)?(gmail_signature|moz-signature|protonmail_signature_block|tutanota_signature|zmail_signature|signature|email-signature)(\s|$)/i.test(
        css,
      )
    )
      return 'signature'
  }
  if (id) {
    if (
      /^(x_)*(divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|replySplit|isForwardContent|isReplyContent|divtagdefaultwrapper_quote|reply-intro|ms-outlook-mobile-quote|oriMsgHtmlSeperator)$/i.test(
        id,
      )
    )
      return 'to_end'
    if (/^(x_)*yahoo_quoted/i.test(id)) return 'quote'
    if (
      /^(x_)*(ms-outlook-mobile-signature|Signature|ymail_android_signature|AppleMailSignature|gmail_signature|composer_signature)$/i.test(
        id,
      )
    )
      return 'signature'
  }
  if (name === 'blockquote' && /^cite$/i.test(attributes.type ?? '')) return 'quote'
  const marker = attributes.name ?? attributes['data-marker'] ?? ''
  if (/^(messageReplySection|__QUOTED_TEXT__)$/.test(marker)) return 'quote'
  if (/^(messageSignatureSection|__SIG_(PRE|POST)__)$/.test(marker)) return 'signature'
  return null
}
