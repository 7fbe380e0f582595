import { scanHtml } from '#core/scan-html.ts'
import { safeStyle } from './safe-style.ts'

const maxChars = 200_000
const maxRules = 3_000

/** No ids (the mail's are not kept), no attributes, no escapes: classes, elements, and how they stand to each other. */
const selector = /^[a-z*.:][\w\s.*>+~:()-]{0,199}$/i
/** A dark variant would stand on the light page of the frame. */
const media = /^@media\s+(?!.*prefers-color-scheme)[\w\s(),:.-]{1,200}$/i

/**
 * The style sheets of a mail, as far as they are harmless: rules and `@media`, with the same declarations that a `style` attribute may have. No `@import`,
 * fonts, animations, `url()`, positions. The result holds no `<` and no backslash, so it cannot leave its element. '' when nothing is left. Linear time.
 */
export function safeStyleSheet(html: string): string {
  const sheets: string[] = []
  let left = maxChars
  scanHtml(html, {
    text() {},
    open(name, _start, end) {
      if (name !== 'style' || left <= 0) return
      const close = indexOfClose(html, end)
      const sheet = html.slice(end, Math.min(close < 0 ? html.length : close, end + left))
      left -= sheet.length
      sheets.push(sheet)
    },
    close() {},
  })
  const source = sheets
    .join('\n')
    .replace(/<!--|-->/g, ' ')
    .replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, ' ')
  return rulesOf(source)
}

function indexOfClose(html: string, from: number): number {
  const close = /<\/style/gi
  close.lastIndex = from
  return close.exec(html)?.index ?? -1
}

function rulesOf(source: string): string {
  const out: string[] = []
  let at = 0
  let count = 0
  let inMedia = false
  const closeMedia = (): void => {
    if (inMedia) out.push('}')
    inMedia = false
  }
  while (at < source.length && count < maxRules) {
    const next = /[{};]/g
    next.lastIndex = at
    const stop = next.exec(source)
    if (!stop) break
    const prelude = source.slice(at, Math.min(stop.index, at + 2_000)).trim()
    at = stop.index + 1
    if (stop[0] === '}') {
      closeMedia()
      continue
    }
    if (stop[0] === ';') continue
    if (prelude.startsWith('@')) {
      if (!inMedia && media.test(prelude)) {
        out.push(`${prelude.replace(/\s+/g, ' ')}{`)
        inMedia = true
      } else at = blockEnd(source, at)
      continue
    }
    count++
    const end = blockEnd(source, at)
    const block = source.slice(at, end - 1)
    at = end
    const selectors = prelude.split(',', 100).map((one) => one.trim())
    const kept = selectors.filter((one) => selector.test(one))
    const style = block.includes('{') ? '' : safeStyle(block)
    if (kept.length && style) out.push(`${kept.join(',')}{${style}}`)
  }
  closeMedia()
  return out.join('\n').replace(/@media [^{}]*\{\n\}\n?/g, '')
}

/** Behind the brace that closes what was opened just before `from`. */
function blockEnd(source: string, from: number): number {
  const brace = /[{}]/g
  brace.lastIndex = from
  let depth = 1
  for (let match = brace.exec(source); match; match = brace.exec(source)) {
    depth += match[0] === '{' ? 1 : -1
    if (depth === 0) return match.index + 1
  }
  return source.length + 1
}
