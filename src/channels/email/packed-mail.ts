import type { InboundMail } from './inbound-mail.ts'

/** A mail on its way between threads: the octets of all attachments in one buffer that is handed over, not copied. */
export type PackedMail = {
  mail: Omit<InboundMail, 'attachments'>
  attachments: Omit<InboundMail['attachments'][number], 'content'>[]
  contents: ArrayBuffer
}

export function packMail(mail: InboundMail): PackedMail {
  const { attachments, ...rest } = mail
  const contents = new Uint8Array(attachments.reduce((sum, part) => sum + part.content.length, 0))
  let at = 0
  for (const part of attachments) {
    contents.set(part.content, at)
    at += part.content.length
  }
  return { mail: rest, attachments: attachments.map(({ content: _content, ...part }) => part), contents: contents.buffer }
}

export function unpackMail(packed: PackedMail): InboundMail {
  let at = 0
  const attachments = packed.attachments.map((part) => {
    const content = Buffer.from(packed.contents, at, part.size)
    at += part.size
    return { ...part, content }
  })
  return { ...packed.mail, attachments }
}
