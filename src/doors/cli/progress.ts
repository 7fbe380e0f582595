import type { OnProgress } from '#upkeep/back-up.ts'
import type { Terminal } from './terminal.ts'

/** Says how far a backup is: in place on a terminal, now and then a line elsewhere. */
export function showProgress(terminal: Terminal): { onProgress: OnProgress; end(): void } {
  let open = false
  return {
    onProgress: (what, done) => {
      const line = what === 'tables' ? `${done} tables` : `${done} files`
      if (terminal.stderr.isTTY) {
        terminal.stderr.write(`\r\u001b[K${line}`)
        open = true
      } else if (done % 10_000 === 0) terminal.stderr.write(`${line}\n`)
    },
    end() {
      if (open) terminal.stderr.write('\r\u001b[K')
    },
  }
}

/** 1234567 → "1.2 MB". */
export function inWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
