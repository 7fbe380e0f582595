/** What a command reads and writes; `process` fits, and so does a test's own. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
}

/** sysexits.h, which mail servers and scripts know. */
export const exitCode = { done: 0, failed: 1, usage: 64, badData: 65, noInput: 66, tryAgain: 75, configuration: 78 } as const

/** Wrong options: the message and the command's usage are printed, exit code 64. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** All of standard input as text, the newline at its end taken off. At most 64 kB. */
export async function readLine(terminal: Terminal): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of terminal.stdin) {
    chunks.push(chunk)
    size += chunk.length
    if (size > 65_536) throw new UsageError('Standard input holds more than a password.')
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
