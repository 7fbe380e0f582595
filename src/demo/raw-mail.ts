/** What a mail program writes. Lines end in CRLF; bodies travel in base64, as most programs send what is not ASCII. */
export interface RawMail {
  from: { name: string; address: string }
  to: string
  cc?: string
  subject: string
  date: Date
  messageId: string
  inReplyTo?: string | null
  text: string
  html?: string
  attachments?: readonly { name: string; contentType: string; content: Buffer }[]
  /** What the mail server in front of the desk noted about the sender: the `Authentication-Results` field (RFC 8601). */
  checks?: string
  headers?: Readonly<Record<string, string>>
}

/** The server in front of the desk, whose results it believes. */
export const FRONT_SERVER = 'mx.harbourcoffee.example'

export const passes = (address: string): string => {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return `${FRONT_SERVER}; dkim=pass header.d=${domain}; spf=pass smtp.mailfrom=${domain}; dmarc=pass header.from=${domain}`
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
/** RFC 2047, in words of at most 75 characters. */
function encoded(text: string): string {
  if (isPlain(text)) return text
  const words: string[] = []
  let word = ''
  for (const letter of text) {
    if (Buffer.byteLength(word + letter) > 42) {
      words.push(word)
      word = ''
    }
    word += letter
  }
  words.push(word)
  return words.map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ')
}
const inLines = (content: Buffer): string => content.toString('base64').replace(/.{76}/g, '$&\r\n')
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim()

function part(contentType: string, content: Buffer, extra: readonly string[] = []): string {
  return [`Content-Type: ${contentType}`, 'Content-Transfer-Encoding: base64', ...extra, '', inLines(content)].join('\r\n')
}

/** The mail as octets. */
export function writeRawMail(mail: RawMail): Buffer {
  const name = oneLine(mail.from.name)
  const quoted = isPlain(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encoded(name)
  const boundary = `=_${mail.messageId.replace(/\W/g, '').slice(0, 40)}`
  const head = [
    ...(mail.checks ? [`Authentication-Results: ${mail.checks}`] : []),
    `From: ${quoted} <${oneLine(mail.from.address)}>`,
    `To: ${oneLine(mail.to)}`,
    ...(mail.cc ? [`Cc: ${oneLine(mail.cc)}`] : []),
    `Subject: ${encoded(oneLine(mail.subject))}`,
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${mail.messageId}>`,
    ...(mail.inReplyTo ? [`In-Reply-To: <${mail.inReplyTo}>`, `References: <${mail.inReplyTo}>`] : []),
    ...Object.entries(mail.headers ?? {}).map(([field, value]) => `${field}: ${oneLine(value)}`),
    'MIME-Version: 1.0',
  ]
  const plain = part('text/plain; charset=utf-8', Buffer.from(mail.text))
  const body = mail.html
    ? wrap('alternative', `${boundary}a`, [plain, part('text/html; charset=utf-8', Buffer.from(mail.html))])
    : plain
  const whole = mail.attachments?.length
    ? wrap('mixed', `${boundary}m`, [
        body,
        ...mail.attachments.map((file) =>
          part(`${file.contentType}; name="${file.name}"`, file.content, [
            `Content-Disposition: attachment; filename="${file.name}"`,
          ]),
        ),
      ])
    : body
  return Buffer.from(`${head.join('\r\n')}\r\n${whole}\r\n`)
}

const wrap = (kind: string, boundary: string, parts: readonly string[]): string =>
  [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((one) => [`--${boundary}`, one]),
    `--${boundary}--`,
  ].join('\r\n')
