import { type HtmlLine, htmlLines } from '#core/html-to-text.ts'
import { scanHtml } from '#core/scan-html.ts'
import {
  attributionLength,
  gluedAttribution,
  headerBlockLength,
  isEarlierTitle,
  isFramedAttribution,
  isRuledTitle,
  isSeparator,
  ruleLine,
  triesOfAMessage,
} from './quote-marks.ts'
import { isAdvertisement, isClosing, isSentFrom, isSignatureStart } from './signature-marks.ts'

export type CutQuote = {
  /** What the sender wrote now, plain. */
  visibleText: string
  /** The same of the HTML, not sanitised; null when there was no HTML. */
  visibleHtml: string | null
  /** What was folded away, plain: earlier messages and the signature. '' when nothing was. */
  hiddenText: string
  hasQuote: boolean
  hasSignature: boolean
}

const maxLines = 20_000
const maxChars = 1_000_000

const quoteMark = /^[ \t]{0,3}>/

type Line = { text: string; quoted: boolean; mark: HtmlLine['mark'] }
/** `unanswered`: a quote that nothing was written to; it is not shown in place of an answer. */
type Fate = 'visible' | 'quote' | 'signature' | 'unanswered'

/**
 * Tells what is new in a message from what it quotes and from its signature. Each line is looked at a bounded number of times, so time is linear. Nothing is
 * thrown away: the caller keeps the whole message and shows the rest behind a fold. When there is nothing new at all (a mail that only forwards), the
 * forwarded words are visible.
 */
export function cutQuote(body: { text: string; html?: string | null; textFromHtml?: boolean }): CutQuote {
  const html = body.html ?? null
  const source = html === null ? null : htmlLines(html.slice(0, maxChars))
  const markup = source === null ? null : source.slice(0, maxLines)
  const htmlFates =
    markup === null
      ? null
      : fatesOf(
          markup.map((line) => ({ text: line.text, quoted: line.quoteDepth > 0 || quoteMark.test(line.text), mark: line.mark })),
        )
  const hasText = body.text.trim() !== '' && !body.textFromHtml
  const textLines: Line[] =
    hasText || markup === null
      ? body.text
          .slice(0, maxChars)
          .split('\n', maxLines)

          .flatMap(unglued)
          .map((text) => ({ text: text.replace(/\r$/, ''), quoted: quoteMark.test(text), mark: null }))
      : markup.map((line) => ({ text: line.text, quoted: line.quoteDepth > 0 || quoteMark.test(line.text), mark: line.mark }))
  const fates = hasText || markup === null || htmlFates === null ? fatesOf(textLines) : htmlFates
  const visible: string[] = []
  const hidden: string[] = []
  for (const [index, line] of textLines.entries()) (fates[index] === 'visible' ? visible : hidden).push(line.text)
  // What lies beyond the lines that are looked at goes where the last of them went.
  const beyond =
    hasText || source === null
      ? afterLines(body.text.slice(0, maxChars), maxLines)
      : source
          .slice(maxLines)
          .map((line) => line.text)
          .join('\n')
  if (beyond) (fates.at(-1) === 'quote' ? hidden : visible).push(beyond)
  return {
    visibleText: tidy(visible),
    visibleHtml:
      html === null || markup === null || htmlFates === null
        ? null
        : cutHtml(html, markup, htmlFates, source?.length === markup.length),
    hiddenText: hidden.join('\n').replace(/^\n+|\s+$/g, ''),
    hasQuote: fates.includes('quote') && textLines.some((line, index) => fates[index] === 'quote' && line.text.trim() !== ''),
    hasSignature: fates.includes('signature'),
  }
}

/** The text behind its first `count` lines. */
function afterLines(text: string, count: number): string {
  let at = 0
  for (let line = 0; line < count; line++) {
    at = text.indexOf('\n', at) + 1
    if (at === 0) return ''
  }
  return text.slice(at)
}

function unglued(line: string): string[] {
  const at = line.includes('---') ? gluedAttribution(line) : -1
  return at < 0 ? [line] : [line.slice(0, at), line.slice(at)]
}

function tidy(lines: string[]): string {
  let end = lines.length
  while (end > 0 && (/^\s*$/.test(lines[end - 1] ?? '') || ruleLine.test(lines[end - 1] ?? ''))) end--
  let start = 0
  while (start < end && /^\s*$/.test(lines[start] ?? '')) start++
  return lines
    .slice(start, end)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
}

/** One fate a line. */
function fatesOf(lines: Line[]): Fate[] {
  const fates: Fate[] = new Array(lines.length).fill('visible')
  const fenced = fencedLines(lines)
  const blank = (index: number): boolean => (lines[index]?.text.trim() ?? '') === ''
  const quoted = quotedLines(lines, fenced)
  const texts = lines.map((line) => line.text)
  const nextFilled = (from: number): number => {
    let at = from
    while (at < lines.length && blank(at)) at++
    return at
  }

  const tries = { left: triesOfAMessage }
  let cut = lines.length
  // Lines at the cut that only introduce what follows.
  let introduced = 0
  for (let at = 0; at < lines.length; at++) {
    if (fenced[at] || blank(at)) continue
    const mark = lines[at]?.mark ?? null
    if (mark === 'to_end') {
      cut = at
      break
    }
    if (mark === 'signature') {
      fates[at] = 'signature'
      continue
    }
    if (quoted[at] && !lines[at]?.mark && isFramedAttribution(texts[at] ?? '')) {
      cut = at
      introduced = 1
      break
    }
    if (quoted[at]) continue
    if (isSeparator(texts[at] ?? '')) {
      cut = at
      introduced = 1
      break
    }
    if (ruleLine.test(texts[at] ?? '') && isEarlierTitle(texts[nextFilled(at + 1)] ?? '')) {
      cut = at
      introduced = nextFilled(at + 1) - at + 1
      break
    }
    if (headerBlockLength(texts, at)) {
      cut = at
      let before = at - 1
      while (before >= 0 && blank(before)) before--
      if (before >= 0 && isRuledTitle(texts[before] ?? '')) {
        cut = before
        introduced = at - before
      }
      break
    }
    const length = attributionLength(texts, at, (index) => quoted[index] === true, tries)
    if (!length) continue
    const after = nextFilled(at + length)
    if (after < lines.length && quoted[after]) {
      for (let index = at; index < after; index++) fates[index] = 'quote'
      // The block it introduces.
      let index = after
      while (index < lines.length && (quoted[index] || (blank(index) && quoted[nextFilled(index)]))) fates[index++] = 'quote'
      // Who left no blank line above the quote means none below it either.
      if (at > 0 && !blank(at - 1)) while (index < lines.length && blank(index)) fates[index++] = 'quote'
      at = index - 1
      continue
    }
    cut = at
    introduced = length
    break
  }
  for (let at = cut; at < lines.length; at++) fates[at] = 'quote'

  hideSignature(lines, fates, fenced, cut)
  hideBareQuotes(lines, fates, quoted, blank, cut)
  if (fates[0] === 'unanswered') return fates.fill('quote')
  if (fates.every((fate, index) => fate !== 'visible' || blank(index))) showPassedOn(texts, fates, cut, introduced, quoted)
  return fates
}

/** Lines between ``` marks are somebody's code: nothing in them is a quote. */
function fencedLines(lines: Line[]): boolean[] {
  const fenced: boolean[] = new Array(lines.length).fill(false)
  let open = -1
  for (const [index, line] of lines.entries()) {
    if (!/^\s*(```|~~~)/.test(line.text)) continue
    if (open < 0) open = index
    else {
      fenced.fill(true, open, index + 1)
      open = -1
    }
  }
  return fenced
}

/** Marked lines, and a line that a long link broke off a marked one. */
function quotedLines(lines: Line[], fenced: boolean[]): boolean[] {
  const quoted = lines.map((line, index) => !fenced[index] && (line.quoted || line.mark === 'quote'))
  for (let at = 1; at + 1 < lines.length; at++) {
    if (quoted[at] || fenced[at]) continue
    const text = lines[at]?.text ?? ''
    if (text.trim() && quoted[at - 1] && quoted[at + 1] && (lines[at - 1]?.text ?? '').replace(/^[>\s]+/, '').length > 40)
      quoted[at] = true
    else if (text.trim() && quoted[at - 1] && quoted[at + 1] && /^\S+\)?$/.test(text.trim())) quoted[at] = true
  }
  return quoted
}

/** Quotes without an attribution: at the end they are the old mail, between paragraphs they are what a paragraph answers to. */
function hideBareQuotes(lines: Line[], fates: Fate[], quoted: boolean[], blank: (index: number) => boolean, cut: number): void {
  let at = cut - 1
  let hid = false
  while (at >= 0 && (quoted[at] || blank(at) || fates[at] !== 'visible')) {
    if (quoted[at]) hid = true
    at--
  }
  // A quote that begins with who wrote it was made by a program under an answer that stayed empty.
  const whole = at < 0 && cut === lines.length
  if (whole && hid && !lines.some((line) => line.mark)) {
    const first = lines.findIndex((line) => line.text.trim() !== '')
    const bare = lines.slice(first, first + 4).map((line) => line.text.replace(/^[>\s]{1,40}/, ''))
    if (attributionLength(bare, 0, () => false)) for (let index = 0; index < cut; index++) fates[index] = 'unanswered'
  }
  if (at >= 0 && hid) for (let index = at + 1; index < cut; index++) if (fates[index] === 'visible') fates[index] = 'quote'
  for (let index = 0; index < cut; index++)
    if (lines[index]?.mark === 'quote' && fates[index] === 'visible') fates[index] = 'quote'
}

function hideSignature(lines: Line[], fates: Fate[], fenced: boolean[], cut: number): void {
  const text = (index: number): string => lines[index]?.text.trim() ?? ''
  let seenText = false
  for (let at = 0; at < cut; at++) {
    if (fates[at] !== 'visible' || fenced[at] || text(at) === '') continue
    if (isSentFrom(text(at))) fates[at] = 'signature'
    else if (seenText && isSignatureStart(text(at))) {
      // Nothing of the mail stands under the dashes (RFC 3676 section 4.3).
      for (let index = at; index < cut && fates[index] === 'visible'; index++) fates[index] = 'signature'
    } else seenText = true
  }
  foldClosing(lines, fates, cut)
  // What reads like a program's advertisement is one when nothing follows it.
  for (let at = cut - 1; at > 0; at--) {
    if (fates[at] !== 'visible' || text(at) === '') continue
    if (!isAdvertisement(text(at)) || fenced[at]) break
    fates[at] = 'signature'
  }
}

/** A closing formula with a name and more below it, at the end of what is visible: the card a program adds under every mail. */
function foldClosing(lines: Line[], fates: Fate[], cut: number): void {
  let below = 0
  for (let at = cut - 1; at > 0 && below <= 8; at--) {
    const text = lines[at]?.text.trim() ?? ''
    if (fates[at] !== 'visible' || text === '') continue
    if (isClosing(text)) {
      const above = fates.some((fate, index) => index < at && fate === 'visible' && lines[index]?.text.trim())
      if (below >= 2 && above)
        for (let index = at; index < cut; index++) if (fates[index] === 'visible') fates[index] = 'signature'
      return
    }
    // A whole sentence is no line of a card.
    if (text.length > 80) return
    below++
  }
}

/** Nothing is new: show what was passed on, or the quote itself, rather than an empty message. */
function showPassedOn(texts: string[], fates: Fate[], cut: number, introduced: number, quoted: boolean[]): void {
  if (cut < texts.length) {
    let at = cut + introduced
    while (at < texts.length && texts[at]?.trim() === '') at++
    at += headerBlockLength(texts, at)
    for (let index = at; index < texts.length; index++) fates[index] = 'visible'
    return
  }
  const attributed = fates.some((fate, index) => fate === 'quote' && !quoted[index] && texts[index]?.trim())
  if (!attributed) for (let index = 0; index < texts.length; index++) if (quoted[index]) fates[index] = 'visible'
}

/** The HTML without the hidden lines; tags that a removed stretch opens or closes for the rest stay, so that the markup remains balanced. */
function cutHtml(html: string, lines: HtmlLine[], fates: Fate[], complete: boolean): string {
  const ranges: { start: number; end: number }[] = []
  for (let at = 0; at < lines.length; at++) {
    if (fates[at] === 'visible') continue
    let last = at
    while (last + 1 < lines.length && fates[last + 1] !== 'visible') last++
    const start = lines[at]?.start ?? 0
    const end =
      last + 1 < lines.length
        ? (lines[last + 1]?.start ?? html.length)
        : complete
          ? html.length
          : (lines[last]?.end ?? html.length)
    if (end > start) ranges.push({ start, end })
    at = last
  }
  if (!ranges.length) return html
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of ranges) {
    if (start < from) continue
    pieces.push(html.slice(from, start), unbalancedTags(html.slice(start, end)))
    from = end
  }
  pieces.push(html.slice(from))
  return pieces.join('')
}

const voids = new Set(['br', 'img', 'hr', 'col', 'wbr', 'input', 'meta', 'link', 'base', 'area', 'source', 'embed', 'param'])

function unbalancedTags(html: string): string {
  const kept: { name: string; tag: string; closing: boolean }[] = []
  const openAt: number[] = []
  scanHtml(html, {
    text() {},
    open(name, start, end) {
      if (voids.has(name) || html.charCodeAt(end - 2) === 47) return
      openAt.push(kept.length)
      kept.push({ name, tag: html.slice(start, end), closing: false })
    },
    close(name, start, end) {
      const at = openAt.at(-1)
      if (at !== undefined && kept[at]?.name === name) {
        openAt.pop()
        kept.length = at
        return
      }
      kept.push({ name, tag: html.slice(start, end), closing: true })
    },
  })
  return kept
    .filter((one) => !/^(script|style|title)$/.test(one.name))
    .map((one) => one.tag)
    .join('')
}
