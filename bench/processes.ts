import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100

interface Stat {
  pid: number
  parent: number
  /** Own and waited-for children's time, in ticks. */
  own: number
  children: number
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const at = (index: number): number => Number(fields[index])
    return { pid, parent: at(1), own: at(11) + at(12), children: at(13) + at(14) }
  } catch {
    return null
  }
}

/** Milliseconds of CPU that a process has used, all its threads included; with `family` also its children, gone ones too. */
export function cpuMs(pid: number, options: { family?: boolean } = {}): number {
  const self = statOf(pid)
  if (!self) return 0
  let ticks = self.own
  if (options.family) {
    ticks += self.children
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const other = statOf(Number(name))
      if (other?.parent === pid) ticks += other.own + other.children
    }
  }
  return (ticks * 1000) / TICKS
}
