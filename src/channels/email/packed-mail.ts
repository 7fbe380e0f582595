import { type CutQuote, cutQuote } from './cut-quote.ts'
import type { InboundMail, MailLimits } from './inbound-mail.ts'
import { parseMail } from './parse-mail.ts'

/** A mail, and what is new in it: both cost time in proportion to its size, so they are done in the same place. */
export type ReadMail = InboundMail & { cut: CutQuote }

/** Octets → mail and cut. Never throws; time is linear and within `limits`. */
export function readMail(raw: Uint8Array, limits?: MailLimits): ReadMail {
  const mail = parseMail(raw, limits)
  return { ...mail, cut: cutQuote(mail) }
}

/** A mail on its way between threads: the octets of all attachments in one buffer that is handed over, not copied. */
export type PackedMail = {
  mail: Omit<ReadMail, 'attachments'>
  attachments: Omit<InboundMail['attachments'][number], 'content'>[]
  contents: ArrayBuffer
}

export function packMail(mail: ReadMail): PackedMail {
  const { attachments, ...rest } = mail
  const contents = new Uint8Array(attachments.reduce((sum, part) => sum + part.content.length, 0))
  let at = 0
  for (const part of attachments) {
    contents.set(part.content, at)
    at += part.content.length
  }
  return { mail: rest, attachments: attachments.map(({ content: _content, ...part }) => part), contents: contents.buffer }
}

export function unpackMail(packed: PackedMail): ReadMail {
  let at = 0
  const attachments = packed.attachments.map((part) => {
    const content = Buffer.from(packed.contents, at, part.size)
    at += part.size
    return { ...part, content }
  })
  return { ...packed.mail, attachments }
}
