import { parseMail } from '#channels/email/parse-mail.ts'

export interface KeptMail {
  id: number
  /** Without angle brackets. */
  messageId: string | null
  /** ISO 8601, of the mail's own Date header; null when it has none. */
  at: string | null
  from: string
  to: string[]
  subject: string
  text: string
  html: string | null
  /** Content-ID to `data:` address of its pictures. */
  images: ReadonlyMap<string, string>
}

const MOST = 500

/** Where outgoing mail ends in a demonstration: in memory, newest five hundred, gone with the process. */
export class Outbox {
  readonly #mails: KeptMail[] = []
  #last = 0

  /** Keeps what the desk's SMTP client handed over. */
  keep(mail: { from: string; to: string[]; raw: Buffer }): KeptMail {
    const parsed = parseMail(mail.raw)
    const kept: KeptMail = {
      id: ++this.#last,
      messageId: parsed.messageId,
      at: parsed.date?.toISOString() ?? null,
      from: mail.from,
      to: mail.to,
      subject: parsed.subject,
      text: parsed.text,
      html: parsed.html,
      images: new Map(
        parsed.attachments.flatMap((file) =>
          file.contentId && /^image\/(png|jpeg|gif)$/.test(file.contentType)
            ? [[file.contentId, `data:${file.contentType};base64,${file.content.toString('base64')}`] as const]
            : [],
        ),
      ),
    }
    this.#mails.push(kept)
    if (this.#mails.length > MOST) this.#mails.shift()
    return kept
  }

  /** Newest first, by the time they were written. */
  list(): readonly KeptMail[] {
    return [...this.#mails].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? '') || b.id - a.id)
  }

  get(id: number): KeptMail | null {
    return this.#mails.find((mail) => mail.id === id) ?? null
  }
}
