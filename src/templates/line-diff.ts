export interface DiffLine {
  /** `same` in both, `gone` only in the first, `new` only in the second. */
  kind: 'same' | 'gone' | 'new'
  text: string
}

/** Above this many lines a side no common lines are looked for: the table would be too large. */
const MOST = 1_000

/** What changed between two texts, line by line (longest common subsequence). Pure. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  if (a.length > MOST || b.length > MOST)
    return [...a.map((text) => ({ kind: 'gone' as const, text })), ...b.map((text) => ({ kind: 'new' as const, text }))]
  const width = b.length + 1
  const table = new Uint16Array((a.length + 1) * width)
  const at = (row: number, column: number): number => table[row * width + column]!
  for (let row = a.length - 1; row >= 0; row--)
    for (let column = b.length - 1; column >= 0; column--)
      table[row * width + column] =
        a[row] === b[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: DiffLine[] = []
  let row = 0
  let column = 0
  while (row < a.length || column < b.length) {
    if (row < a.length && column < b.length && a[row] === b[column]) {
      lines.push({ kind: 'same', text: a[row++]! })
      column++
    } else if (row < a.length && (column === b.length || at(row + 1, column) >= at(row, column + 1)))
      lines.push({ kind: 'gone', text: a[row++]! })
    else lines.push({ kind: 'new', text: b[column++]! })
  }
  return lines
}
