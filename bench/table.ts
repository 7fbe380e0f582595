export interface Row {
  what: string
  value: number
  unit: string
  /** Milliseconds of it that PostgreSQL took. */
  postgres?: number
  /** What a tuned osTicket 1.18.1 takes on the same machine, outgoing mail off; null when it was not measured. */
  osticket: number | null
  /** Where the row must stay: at most, or at least. */
  goal: { most: number } | { least: number } | null
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

const ratioOf = (row: Row): string => {
  if (row.osticket === null || row.value === 0) return ''
  const better = row.goal && 'least' in row.goal ? row.value / row.osticket : row.osticket / row.value
  return `${better.toFixed(1)}×`
}

const isMet = (row: Row): boolean =>
  row.goal === null || ('most' in row.goal ? row.value <= row.goal.most : row.value >= row.goal.least)

/** The table that `tessera bench` prints, in Markdown. */
export function printRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    `${shown(row.value)} ${row.unit}`,
    row.postgres === undefined ? '' : `${shown(row.postgres)} ms`,
    row.osticket === null ? '' : `${shown(row.osticket)} ${row.unit}`,
    ratioOf(row),
    row.goal === null ? '' : `${'most' in row.goal ? '≤' : '≥'} ${shown('most' in row.goal ? row.goal.most : row.goal.least)}`,
    row.goal === null ? '' : isMet(row) ? 'yes' : 'NO',
  ])
  const head = ['what', 'Tessera', 'in PostgreSQL', 'osTicket', 'better', 'goal', 'met']
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`
  return `${line(head)}| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n${cells.map(line).join('')}`
}
