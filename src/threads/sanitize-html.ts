import sanitize from 'sanitize-html'
import { htmlToText } from '#core/html-to-text.ts'
import { scanHtml } from '#core/scan-html.ts'

export type MailHtmlOptions = {
  /** Signed link for a Content-ID of the same message, or null when there is no such part. */
  imageUrl: (contentId: string) => string | null
  /** Remote pictures load only after a click: until then their address waits in data-remote-src. */
  allowRemoteImages: boolean
}

const maxChars = 2_000_000
const maxDepth = 200

const textTags = [
  'a',
  'abbr',
  'acronym',
  'address',
  'article',
  'aside',
  'b',
  'bdi',
  'bdo',
  'big',
  'blockquote',
  'br',
  'caption',
  'center',
  'cite',
  'code',
  'col',
  'colgroup',
  'dd',
  'del',
  'details',
  'dfn',
  'dir',
  'div',
  'dl',
  'dt',
  'em',
  'figcaption',
  'figure',
  'font',
  'footer',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'i',
  'img',
  'ins',
  'kbd',
  'li',
  'main',
  'mark',
  'nav',
  'ol',
  'p',
  'pre',
  'q',
  's',
  'samp',
  'section',
  'small',
  'span',
  'strike',
  'strong',
  'sub',
  'summary',
  'sup',
  'table',
  'tbody',
  'td',
  'tfoot',
  'th',
  'thead',
  'time',
  'tr',
  'tt',
  'u',
  'ul',
  'var',
  'wbr',
]

const length = /^-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?$/i
const lengths =
  /^(-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?|auto)(\s+(-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?|auto)){0,3}$/i
const color = /^(#[0-9a-f]{3,8}|[a-z]{3,30}|(rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i
const border = /^[\w\s#.,%()-]{1,80}$/i
const word = /^[a-z-]{1,30}$/i

/** No url(), no position, no expression: each property has the values it may take. Names outside are dropped. */
const mailStyles: Record<string, RegExp[]> = {
  color: [color],
  'background-color': [color],
  background: [color],
  'font-size': [length, word],
  'font-weight': [/^(\d{3}|[a-z]{4,8})$/i],
  'font-style': [word],
  'font-family': [/^[\w\s"',.-]{1,200}$/],
  font: [/^[\w\s"',.%/-]{1,200}$/],
  'font-variant': [word],
  'line-height': [length, word],
  'letter-spacing': [length, word],
  'text-align': [word],
  'text-decoration': [/^[a-z\s-]{1,40}$/i],
  'text-transform': [word],
  'text-indent': [length],
  'vertical-align': [word, length],
  'white-space': [word],
  'word-break': [word],
  'word-wrap': [word],
  'overflow-wrap': [word],
  direction: [/^(ltr|rtl)$/],
  'unicode-bidi': [/^(embed|isolate|plaintext)$/],
  width: [length, /^auto$/],
  'max-width': [length, /^none$/],
  'min-width': [length],
  height: [length, /^auto$/],
  'max-height': [length, /^none$/],
  'min-height': [length],
  margin: [lengths],
  'margin-top': [lengths],
  'margin-right': [lengths],
  'margin-bottom': [lengths],
  'margin-left': [lengths],
  padding: [lengths],
  'padding-top': [lengths],
  'padding-right': [lengths],
  'padding-bottom': [lengths],
  'padding-left': [lengths],
  border: [border],
  'border-top': [border],
  'border-right': [border],
  'border-bottom': [border],
  'border-left': [border],
  'border-color': [border],
  'border-style': [border],
  'border-width': [border],
  'border-radius': [lengths],
  'border-collapse': [word],
  'border-spacing': [lengths],
  'table-layout': [word],
  'list-style-type': [word],
  'list-style': [/^[a-z\s-]{1,40}$/i],
  display: [/^(block|inline|inline-block|none|table|table-row|table-cell|list-item)$/i],
  float: [/^(left|right|none)$/i],
  clear: [word],
}

/**
 * HTML of a mail made safe for the sandboxed frame of one message: no script, form, handler, foreign style sheet, svg or math, nothing that leaves its
 * place. Pictures of the mail itself come through `imageUrl`; remote ones wait. Never throws; markup nested beyond 200 levels is shown as its text.
 */
export function sanitizeHtml(html: string, options: MailHtmlOptions): string {
  const source = flattened(html.slice(0, maxChars))
  try {
    return sanitize(source, {
      allowedTags: textTags,
      allowedAttributes: {
        '*': ['style', 'dir', 'lang', 'align', 'valign', 'bgcolor', 'title'],
        a: ['href', 'target', 'rel'],
        img: ['src', 'alt', 'width', 'height', 'data-remote-src', 'data-missing', 'loading', 'border', 'referrerpolicy'],
        table: ['width', 'height', 'border', 'cellpadding', 'cellspacing', 'role'],
        td: ['width', 'height', 'colspan', 'rowspan', 'nowrap'],
        th: ['width', 'height', 'colspan', 'rowspan', 'nowrap', 'scope'],
        col: ['width', 'span'],
        colgroup: ['width', 'span'],
        font: ['color', 'size', 'face'],
        ol: ['start', 'type', 'reversed'],
        ul: ['type'],
        li: ['value'],
        hr: ['width', 'size', 'noshade', 'color'],
        time: ['datetime'],
        blockquote: ['cite'],
        details: ['open'],
      },
      // Styles are filtered below, without a CSS parser: a long newsletter has thousands of them.
      parseStyleAttributes: false,
      allowedSchemes: ['http', 'https', 'mailto', 'tel'],
      // Pictures are rewritten below; what stands in src by then is ours, or allowed.
      allowedSchemesByTag: { img: ['http', 'https', 'data'] },
      allowedSchemesAppliedToAttributes: ['href', 'src', 'cite', 'data-remote-src'],
      allowProtocolRelative: false,
      disallowedTagsMode: 'discard',
      nonTextTags: [
        'script',
        'style',
        'textarea',
        'option',
        'noscript',
        'title',
        'template',
        'svg',
        'math',
        'iframe',
        'object',
        'embed',
        'applet',
        'xmp',
        'noembed',
        'noframes',
        'select',
        'button',
      ],
      transformTags: {
        a: (tagName, attribs) => ({ tagName, attribs: link(attribs) }),
        area: (_tagName, attribs) => ({ tagName: 'a', attribs: link(attribs) }),
        img: (tagName, attribs) => ({ tagName, attribs: picture(attribs, options) }),
        '*': (tagName, attribs) => ({ tagName, attribs: styled(attribs) }),
      },
      parser: { decodeEntities: true },
    })
  } catch {
    return plain(source)
  }
}

/** What is left when the markup defeats the sanitiser: its words. */
function plain(html: string): string {
  const text = htmlToText(html).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<p>${text.replaceAll('\n', '<br />')}</p>`
}

function styled(attribs: Record<string, string>): Record<string, string> {
  if (attribs.style === undefined) return attribs
  const { style, ...rest } = attribs
  const kept = safeStyle(style)
  return kept ? { ...rest, style: kept } : rest
}

/** Only declarations whose property and value stand on the list; a value with a function, an escape or a comment is on none. */
export function safeStyle(style: string): string {
  const kept: string[] = []
  for (const declaration of style.slice(0, 4_000).split(';', 60)) {
    const colon = declaration.indexOf(':')
    if (colon <= 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const allowed = Object.hasOwn(mailStyles, property) ? mailStyles[property] : undefined
    if (!allowed) continue
    const value = declaration
      .slice(colon + 1)
      .replace(/!\s*important/i, '')
      .trim()
    if (value.length < 200 && allowed.some((pattern) => pattern.test(value))) kept.push(`${property}:${value}`)
  }
  return kept.join(';')
}

function link(attribs: Record<string, string>): Record<string, string> {
  const { href, ...rest } = attribs
  const target = href?.trim() ?? ''
  // An address without a scheme would point into the desk itself, a place within the mail would need an id that could shadow ours.
  if (!/^(https?|mailto|tel):/i.test(target)) return rest
  return { ...rest, href: target, target: '_blank', rel: 'noopener noreferrer nofollow' }
}

function picture(attribs: Record<string, string>, options: MailHtmlOptions): Record<string, string> {
  const { src: given = '', srcset: _srcset, 'data-remote-src': _remote, 'data-missing': _missing, ...rest } = attribs
  const src = given.replace(/[\p{Cc}\s]/gu, '')
  const kept = { ...rest, loading: 'lazy' }
  if (/^cid:/i.test(src)) {
    const url = options.imageUrl(decodeLoosely(src.slice(4)).replace(/^<|>$/g, ''))
    return url ? { ...kept, src: url } : { ...kept, 'data-missing': 'true' }
  }
  if (/^data:image\/(png|jpe?g|gif|webp|bmp|x-icon);base64,[A-Za-z0-9+/=]*$/i.test(src)) return { ...kept, src }
  const remote = src.startsWith('//') ? `https:${src}` : src
  if (/^https?:\/\//i.test(remote))
    return options.allowRemoteImages
      ? { ...kept, src: remote, referrerpolicy: 'no-referrer' }
      : { ...kept, 'data-remote-src': remote }
  return kept
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const voids = new Set([
  'br',
  'img',
  'hr',
  'col',
  'wbr',
  'input',
  'meta',
  'link',
  'base',
  'area',
  'source',
  'track',
  'embed',
  'param',
])

/** Thousands of nested elements would overflow a recursion somewhere, here or in the browser: beyond a depth the tags go and their text stays. */
function flattened(html: string): string {
  const dropped: { start: number; end: number }[] = []
  let depth = 0
  scanHtml(html, {
    text() {},
    open(name, start, end) {
      if (voids.has(name) || html.charCodeAt(end - 2) === 47) return
      if (++depth > maxDepth) dropped.push({ start, end })
    },
    close(name, start, end) {
      if (voids.has(name)) return
      if (depth > maxDepth) dropped.push({ start, end })
      if (depth > 0) depth--
    },
  })
  if (!dropped.length) return html
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of dropped) {
    pieces.push(html.slice(from, start))
    from = end
  }
  pieces.push(html.slice(from))
  return pieces.join('')
}

/** True when the HTML asks for a picture from elsewhere: the screen offers to load them. */
export function hasRemoteImages(html: string): boolean {
  let found = false
  scanHtml(html.slice(0, maxChars), {
    text() {},
    open(name, _start, _end, attributes) {
      if (!found && name === 'img' && /^\s*(https?:)?\/\//i.test(attributes().src ?? '')) found = true
    },
    close() {},
  })
  return found
}

/** What our own editor may write: a strict list. `ownImage` tells whether an image source is an attachment of ours; other pictures are dropped. */
export function sanitizeComposed(html: string, options: { ownImage?: (src: string) => boolean } = {}): string {
  const ownImage = options.ownImage ?? (() => false)
  try {
    return sanitize(flattened(html.slice(0, maxChars)), {
      allowedTags: [
        'p',
        'br',
        'strong',
        'b',
        'em',
        'i',
        'u',
        's',
        'a',
        'ul',
        'ol',
        'li',
        'blockquote',
        'pre',
        'code',
        'h1',
        'h2',
        'h3',
        'img',
        'hr',
      ],
      allowedAttributes: { a: ['href', 'rel', 'target'], img: ['src', 'alt', 'width', 'height'], ol: ['start'] },
      allowedSchemes: ['http', 'https', 'mailto', 'tel'],
      allowedSchemesByTag: { img: ['http', 'https', 'cid'] },
      allowProtocolRelative: false,
      disallowedTagsMode: 'discard',
      nonTextTags: [
        'script',
        'style',
        'textarea',
        'option',
        'noscript',
        'title',
        'template',
        'svg',
        'math',
        'iframe',
        'object',
        'embed',
        'applet',
        'xmp',
        'noembed',
        'noframes',
        'select',
        'button',
      ],
      transformTags: {
        b: 'strong',
        i: 'em',
        a: (tagName, attribs) => ({ tagName, attribs: link(attribs) }),
      },
      exclusiveFilter: (frame) => frame.tag === 'img' && !ownImage(frame.attribs.src ?? ''),
    })
  } catch {
    return plain(html)
  }
}
