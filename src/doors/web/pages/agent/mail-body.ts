import { hasRemoteImages } from '#threads/sanitize-html.ts'

interface Body {
  bodyText: string
  bodyHtml: string | null
  visibleText: string | null
  visibleHtml: string | null
}

const LAYOUT = /<(?:img|table|style|h[1-6]|font|center|video|audio|svg|form|button|input|ul|ol|pre|hr)\b/i
const STYLED = /\bstyle\s*=\s*["'][^"']*(?<![\w-])(?:background(?:-color)?|color|font-size|border|width|float|position)\s*:/i

/**
 * A mail whose HTML says no more than its text (most answers typed into a mail program) is shown as text, in the type of the
 * page; one with a layout of its own needs its frame.
 */
export function saysNoMoreThanText(html: string, text: string): boolean {
  return text.trim() !== '' && html.length < 200_000 && !LAYOUT.test(html) && !STYLED.test(html) && !hidesLinks(html, text)
}

/** Links that lead where their words do not say: as text alone nobody could follow them. */
function hidesLinks(html: string, text: string): boolean {
  const words = text.toLowerCase()
  for (const [, quoted, bare] of html.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:["']([^"']*)["']|([^\s>]+))/gi)) {
    const target = (quoted ?? bare ?? '').replaceAll('&amp;', '&').toLowerCase()
    const spelled = target.replace(/^(?:https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '')
    if (spelled !== '' && !spelled.startsWith('#') && !words.includes(spelled)) return true
  }
  return false
}

/** What was folded away: the text after the new words, or the whole when the cut was in its middle. Null when nothing was cut. */
export function foldedText(body: Body): string | null {
  if (body.visibleText === null) return null
  const visible = body.visibleText.trimEnd()
  const rest = body.bodyText.startsWith(visible) ? body.bodyText.slice(visible.length).trim() : body.bodyText.trim()
  return rest === '' ? null : rest
}

/** How a mail's body is shown. The frame's document is asked for by its address. */
export function mailBody(
  body: Body,
  frame: string,
): { form: 'text'; text: string } | { form: 'frame'; href: string; remoteImages: boolean } {
  const html = body.visibleHtml ?? body.bodyHtml
  const text = body.visibleText ?? body.bodyText
  if (html === null || saysNoMoreThanText(html, text)) return { form: 'text', text: text.trim() }
  return { form: 'frame', href: frame, remoteImages: hasRemoteImages(html) }
}
