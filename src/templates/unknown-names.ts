/** A quick look while somebody types, in the browser too; what is kept is checked by `check-template.ts`. Pure. */

const TAG = /\{\{-?\s*([A-Za-z_][\w.]*)|\{%-?\s*(for|assign|capture)\s+([A-Za-z_]\w*)/g
const PROPERTY = /\.(size|first|last)$/

/** Names in double braces that are no value of this mail, with their lines. What the text itself names is known. */
export function unknownNames(source: string, known: readonly string[]): { line: number; name: string }[] {
  const own = new Set(['forloop'])
  const found: { line: number; name: string }[] = []
  for (const match of source.matchAll(TAG)) {
    if (match[3]) own.add(match[3])
    const name = match[1]
    if (!name || own.has(name.split('.')[0]!)) continue
    if (!known.includes(name) && !known.includes(name.replace(PROPERTY, '')))
      found.push({ line: source.slice(0, match.index).split('\n').length, name })
  }
  return found
}

/** What is being typed at the caret: the beginning of a name after an open `{{`, and where it begins; null outside of one. */
export function nameAtCaret(source: string, caret: number): { from: number; begun: string } | null {
  const before = source.slice(0, caret)
  const match = /\{\{-?\s*([\w.]*)$/.exec(before)
  return match ? { from: caret - match[1]!.length, begun: match[1]! } : null
}
