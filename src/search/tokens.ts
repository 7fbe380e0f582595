/**
 * Our own tokens, so that search is the same on every server and for every script: lower-case, accents folded, whole mail
 * addresses and their parts, and words of scripts without spaces by Unicode segmentation (UAX #29).
 */

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const WORD = /[\p{L}\p{N}\p{M}]+(?:[.@_'’+-][\p{L}\p{N}\p{M}]+)*/gu
const MAX_TOKENS = 2000
const MAX_TOKEN = 64

let segmenter: Intl.Segmenter | undefined

const fold = (text: string): string => {
  // Most text is ASCII, for which folding is only lower-casing.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
}

/** Distinct tokens of a text, at most 2,000 of at most 64 characters. Linear time. */
export function tokensOf(...texts: ReadonlyArray<string | null | undefined>): string[] {
  const found = new Set<string>()
  const add = (token: string): void => {
    if (token && found.size < MAX_TOKENS) found.add(token.slice(0, MAX_TOKEN))
  }
  for (const text of texts) {
    if (!text) continue
    for (const [word] of fold(text.slice(0, 200_000)).matchAll(WORD)) {
      if (SPACELESS.test(word)) {
        segmenter ??= new Intl.Segmenter('und', { granularity: 'word' })
        for (const part of segmenter.segment(word)) if (part.isWordLike) add(part.segment)
        continue
      }
      add(word)
      if (/[.@_'’+-]/.test(word)) for (const part of word.split(/[.@_'’+-]/)) add(part)
      if (found.size >= MAX_TOKENS) return [...found]
    }
  }
  return [...found]
}

/** A tsquery that asks for every word typed, the last one as a prefix; null when nothing searchable was typed. */
export function queryOf(typed: string): string | null {
  const words: string[] = []
  for (const [word] of fold(typed.slice(0, 400)).matchAll(WORD)) {
    if (SPACELESS.test(word)) {
      segmenter ??= new Intl.Segmenter('und', { granularity: 'word' })
      for (const part of segmenter.segment(word)) if (part.isWordLike) words.push(part.segment)
    } else words.push(word.slice(0, MAX_TOKEN))
  }
  if (words.length === 0) return null
  // Tokens hold letters, digits and . @ _ ' + - only; quoting makes the rest of tsquery's syntax literal.
  return words
    .slice(0, 12)
    .map((word, index) => `'${word.replaceAll("'", "''").replaceAll('\\', '')}'${index === words.length - 1 ? ':*' : ''}`)
    .join(' & ')
}
