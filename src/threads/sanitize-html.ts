import sanitize from 'sanitize-html'
import { htmlToText } from '#core/html-to-text.ts'
import { scanHtml } from '#core/scan-html.ts'
import { safeStyle } from './safe-style.ts'
import { safeStyleSheet } from './safe-style-sheet.ts'

export type MailHtmlOptions = {
  /** Signed link for a Content-ID of the same message, or null when there is no such part. */
  imageUrl: (contentId: string) => string | null
  /** Remote pictures load only after a click: until then their address waits in data-remote-src. */
  allowRemoteImages: boolean
  /** Keeps classes, and puts what is harmless of the mail's style sheets before it: only where the mail is a document of its own. */
  styleSheets?: boolean
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

/**
 * HTML of a mail made safe for the sandboxed frame of one message: no script, form, handler, foreign style sheet, svg or math, nothing that leaves its
 * place. Pictures of the mail itself come through `imageUrl`; remote ones wait. Never throws; markup nested beyond 200 levels is shown as its text.
 */
export function sanitizeHtml(html: string, options: MailHtmlOptions): string {
  const source = flattened(html.slice(0, maxChars))
  try {
    const sheet = options.styleSheets ? safeStyleSheet(source) : ''
    const body = sanitize(source, {
      allowedTags: textTags,
      allowedAttributes: {
        '*': [...(options.styleSheets ? ['class'] : []), 'style', 'dir', 'lang', 'align', 'valign', 'bgcolor', 'title'],
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
    return sheet ? `<style>${sheet}</style>${body}` : body
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
