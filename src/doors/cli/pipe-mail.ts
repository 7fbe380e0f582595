import { access, constants, stat } from 'node:fs/promises'
import net from 'node:net'
import { frameMail, intakeSocketPath, type PipedMail, spoolMail } from '#channels/spool.ts'
import { readDataDir } from '../../config.ts'

interface Io {
  stdin?: AsyncIterable<Uint8Array>
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

/** sysexits.h: what a mail server does with the mail depends on these. */
const TAKEN = 0
const BAD_DATA = 65
const TRY_AGAIN = 75

const MAX_BYTES = 50 * 1024 * 1024
const ANSWER_MS = 60_000

export const usage = `Usage: tessera pipe-mail [--sender ADDRESS] [--recipient ADDRESS]… < MAIL
Hands one raw mail to the running desk, or keeps it until the desk runs again.
Exit codes: 0 taken, 65 bad data, 75 try again.
`

/** Takes one mail from stdin. 0 means that it is stored for good, in the database or in the spool. */
export async function run(args: string[], io: Io): Promise<number> {
  const mail: { from: string | null; to: string[] } = { from: null, to: [] }
  for (let at = 0; at < args.length; at++) {
    const [name = '', inline] = splitOption(args[at]!)
    const value = inline ?? args[++at]
    if ((name !== '--sender' && name !== '--recipient') || value === undefined) {
      io.stderr.write(usage)
      // A wrong line in a mail server's settings is no reason to send mail back: it waits until the line is right.
      return TRY_AGAIN
    }
    // Postfix writes the null sender as MAILER-DAEMON or as nothing.
    if (name === '--sender') mail.from = value === 'MAILER-DAEMON' ? '' : value
    else mail.to.push(value)
  }
  const dataDir = readDataDir()
  const raw = await readAll(io.stdin ?? process.stdin)
  if (raw === null) {
    io.stderr.write('The mail is too large.\n')
    return BAD_DATA
  }
  if (raw.toString('latin1').trim() === '') {
    io.stderr.write('There is no mail on standard input.\n')
    return BAD_DATA
  }
  const piped: PipedMail = { ...mail, raw }

  const answer = await askDesk(intakeSocketPath(dataDir), piped)
  if (answer && answer.code !== TRY_AGAIN) {
    if (answer.code !== TAKEN) io.stderr.write(`${answer.text}\n`)
    return answer.code
  }
  // No desk answers, or it cannot store just now. If it took the mail and died before saying so, the spooled copy is known as the same.
  try {
    // A data folder that is not there is a wrong setting, not a place to make a spool in.
    if (!(await stat(dataDir)).isDirectory()) throw new Error('not a folder')
    await access(dataDir, constants.X_OK)
    await spoolMail(dataDir, piped)
    return TAKEN
  } catch (error) {
    io.stderr.write(`The desk does not answer and the mail cannot be kept in ${dataDir}: ${(error as Error).message}\n`)
    return TRY_AGAIN
  }
}

function splitOption(text: string): [string, string | undefined] {
  const at = text.indexOf('=')
  return text.startsWith('--') && at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, undefined]
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of stream) {
    bytes += part.length
    // Read to its end all the same: a mail server that cannot write its mail calls the pipe broken and tries again.
    if (bytes > MAX_BYTES) parts.length = 0
    else parts.push(part)
  }
  return bytes > MAX_BYTES ? null : Buffer.concat(parts)
}

/** What the running desk says, or null when none does. */
function askDesk(path: string, mail: PipedMail): Promise<{ code: number; text: string } | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ path, allowHalfOpen: true })
    let said = ''
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.on('error', () => resolve(null))
    socket.on('data', (part) => {
      said += part.toString('utf8')
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      const match = /^(\d{1,3}) (.*)\n/.exec(said)
      resolve(match ? { code: Number(match[1]), text: match[2]! } : null)
    })
    socket.on('connect', () => socket.end(frameMail(mail)))
  })
}
