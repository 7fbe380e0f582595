import { describe, expect, it } from 'vitest'
import { ownMail, parsedOwn } from '../../../tests/mail/own-mail.ts'
import { defaultMailLimits } from './inbound-mail.ts'
import { parseMail } from './parse-mail.ts'

const codes = (mail: { defects: { code: string }[] }): string[] => mail.defects.map((defect) => defect.code)

describe('headers', () => {
  it('joins a character that is split between encoded words', () => {
    const mail = parsedOwn('character-split-between-words')
    expect(mail.subject).toBe('Grüße')
    expect(mail.from).toEqual({ address: 'juergen@shop.example', name: 'Jürgen Müller' })
  })

  it('reads raw 8-bit headers in the charset the mail declares', () => {
    const mail = parsedOwn('raw-latin1-headers')
    expect(mail.subject).toBe('Grüße aus Köln')
    expect(mail.from?.name).toBe('Jürgen')
    expect(mail.text.trim()).toBe('schön')
  })

  it('keeps a decoded subject on one line', () => {
    expect(parsedOwn('line-break-in-encoded-subject').subject).toBe('Hello Bcc: victim@other.example')
  })

  it('takes the first of two From headers and says that there were two', () => {
    const mail = parsedOwn('two-from-headers')
    expect(mail.from?.address).toBe('kim@shop.example')
    expect(mail.ambiguousFrom).toBe(true)
    expect(codes(mail)).toContain('duplicate_header')
  })

  it('flattens groups, keeps commas in names and reads comments', () => {
    const mail = parsedOwn('everyone-in-groups')
    expect(mail.to).toEqual([
      { address: 'ada@customer.example', name: 'Ada' },
      { address: 'bob@customer.example', name: 'Cole, Bob' },
    ])
    expect(mail.cc).toEqual([
      { address: 'jane@customer.example', name: 'Roe, Jane' },
      { address: 'plain@customer.example', name: 'comment' },
    ])
  })

  it('writes international domains as A-labels', () => {
    expect(parsedOwn('international-domain').from).toEqual({ address: 'zoe@xn--bcher-kva.example', name: 'Zoë' })
  })

  it('reads dates with zones, and none where there is none', () => {
    expect(parsedOwn('gmail-reply').date?.toISOString()).toBe('2025-06-02T08:00:00.000Z')
    expect(parseMail(Buffer.from('Date: soon\n\nx')).date).toBeNull()
  })

  it('gives ids without brackets, nearest reference last', () => {
    const mail = parsedOwn('gmail-reply')
    expect(mail.messageId).toBe('one@shop.example')
    expect(mail.inReplyTo).toEqual(['answer@desk.example'])
    expect(mail.references).toEqual(['first@shop.example', 'answer@desk.example'])
  })
})

describe('bodies', () => {
  it('takes both alternatives', () => {
    const mail = parsedOwn('gmail-reply')
    expect(mail.text).toContain('Serial number is 7714')
    expect(mail.html).toContain('<b>7714</b>')
    expect(mail.attachments).toEqual([])
  })

  it('finds the boundary that the header forgot', () => {
    const mail = parsedOwn('boundary-parameter-missing')
    expect(mail.text.trim()).toBe('The words must not be lost.')
    expect(mail.attachments.map((part) => part.name)).toEqual(['a.csv'])
  })

  it('shows the text of a multipart whose boundary never appears', () => {
    const mail = parsedOwn('boundary-never-appears')
    expect(mail.text.trim()).toBe('Just text.')
    expect(codes(mail)).toContain('missing_boundary')
  })

  it('starts after an mbox line and takes bare newlines', () => {
    const mail = parsedOwn('mbox-line-and-bare-newlines')
    expect([mail.subject, mail.text]).toEqual(['Grinder is loud', 'Hello\n'])
  })

  it('takes bare CR, doubled CR, and nothing at all', () => {
    expect(parseMail(Buffer.from('From: a@b.example\rSubject: old\r\rText\r'))).toMatchObject({ subject: 'old', text: 'Text\n' })
    expect(parseMail(Buffer.from('From: a@b.example\r\r\nSubject: odd\r\r\n\r\r\nText'))).toMatchObject({
      subject: 'odd',
      text: 'Text',
    })
    expect(parseMail(Buffer.alloc(0))).toMatchObject({ from: null, subject: '', text: '' })
  })

  it('keeps the nearest references of a long list', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `<${index}@x.example>`)
    const { references } = parseMail(Buffer.from(`From: a@b.example\nReferences: ${ids.join('\n ')}\n\nx`))
    expect([references.length, references.at(-1)]).toEqual([200, '999@x.example'])
  })

  it('drops NUL and survives invalid octets', () => {
    expect(parsedOwn('nul-and-invalid-octets').text).toBe('ab café \ufffd\n')
  })

  it('joins flowed lines (RFC 3676), deleting the space when told to', () => {
    expect(parsedOwn('flowed-with-delsp').text).toBe('This sentence was folded by the program.\n-- \nKim\n')
  })

  it('draws the text from HTML when there is no other', () => {
    const mail = parsedOwn('script-in-html')
    expect(mail.textFromHtml).toBe(true)
    expect(mail.text).toContain('Hello there')
    expect(mail.text).not.toContain('steal')
  })
})

describe('attachments', () => {
  it('takes an appointment for a file and a named alternative for the body', () => {
    const mail = parseMail(
      Buffer.from(
        'From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; name="body.txt"\n\nSee you.\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b--\n',
      ),
    )
    expect(mail.text).toBe('See you.')
    expect(mail.attachments.map((part) => part.name)).toEqual(['attachment-1.ics'])
  })

  it('leaves no path and no bidi control in a name (RFC 2231)', () => {
    const [file] = parsedOwn('bidi-and-path-in-file-name').attachments
    expect(file?.name).toBe('invoicefdp.exe')
    expect(file?.content.toString()).toBe('%PDF-')
  })

  it('keeps a mail inside a mail as one file', () => {
    const mail = parsedOwn('mail-inside-a-mail')
    expect(mail.messageId).toBe('one@shop.example')
    expect(mail.attachments.map((part) => [part.name, part.contentType])).toEqual([['Broken cup.eml', 'message/rfc822']])
    expect(mail.attachments[0]?.content.toString()).toContain('cup.png')
  })

  it('decodes uuencoded files out of the text', () => {
    const mail = parseMail(Buffer.from('From: a@b.example\n\nSee:\nbegin 644 a.txt\n#0V%T\n`\nend\nbye\n'))
    expect(mail.attachments.map((part) => [part.name, part.content.toString()])).toEqual([['a.txt', 'Cat']])
    expect(mail.text).toBe('See:\nbye\n')
  })
})

describe('limits', () => {
  it('names the limit and keeps what stands before it', () => {
    const parts = Array.from({ length: 50 }, (_, index) => `--b\nContent-Type: text/csv; name=${index}.csv\n\n1\n`).join('')
    const raw = Buffer.from(`From: a@b.example\nSubject: many\nContent-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`)
    const mail = parseMail(raw, { ...defaultMailLimits, parts: 10 })
    expect(mail.subject).toBe('many')
    expect(mail.attachments).toHaveLength(9)
    expect(codes(mail)).toContain('too_many_parts')
  })

  it('stops descending', () => {
    let body = 'Content-Type: text/plain\n\ndeep\n'
    for (let level = 0; level < 100; level++)
      body = `Content-Type: multipart/mixed; boundary="b${level}"\n\n--b${level}\n${body}\n--b${level}--\n`
    const mail = parseMail(Buffer.from(`From: a@b.example\n${body}`))
    expect(codes(mail)).toContain('too_deep')
  })

  it('bounds headers, addresses, decoded octets and the mail itself', () => {
    const limits = {
      ...defaultMailLimits,
      headerFields: 20,
      addresses: 5,
      decodedBytes: 10,
      rawBytes: 100_000,
      headerValueChars: 2_000,
    }
    const to = Array.from({ length: 50 }, (_, index) => `u${index}@x.example`).join(', ')
    const fields = Array.from({ length: 40 }, (_, index) => `X-${index}: 1\n`).join('')
    const files =
      '--b\nContent-Type: text/csv; name=a.csv\n\n1234567890123\n--b\nContent-Type: text/csv; name=b.csv\n\n1234567890123\n'
    const mail = parseMail(
      Buffer.from(
        `From: a@b.example\nTo: ${to}\nSubject: ${'y'.repeat(5_000)}\nContent-Type: multipart/mixed; boundary=b\n${fields}\n${files}--b--\n${'z'.repeat(200_000)}`,
      ),
      limits,
    )
    expect(mail.to).toHaveLength(5)
    expect(mail.headers.length).toBeLessThanOrEqual(20)
    expect(mail.subject).toHaveLength(500)
    expect(codes(mail)).toEqual(
      expect.arrayContaining(['too_large', 'too_many_headers', 'header_too_large', 'too_many_addresses', 'decoded_too_large']),
    )
  })

  it('takes time in proportion to the size', () => {
    const mean = [
      `From: a@b.example\n${'(('.repeat(100_000)}\n\n`,
      `From: ${'"<'.repeat(15_000)}\n\nx`,
      `From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(200_000)}`,
      `From: a@b.example\nContent-Type: text/html\n\n${'<div '.repeat(200_000)}`,
      `From: a@b.example\nContent-Type: text/html\n\n${'<a b="'.repeat(200_000)}`,
      `From: a@b.example\nContent-Type: text/html\n\n${'<!--'.repeat(200_000)}`,
      `From: a@b.example\nContent-Type: text/html\n\n${'<style>'.repeat(100_000)}`,
      `From: a@b.example\nSubject: ${'=?utf-8?q?'.repeat(3_000)}\n\nx`,
      `From: a@b.example\n\n${'begin 644 x\n'.repeat(50_000)}`,
      `From: a@b.example\nContent-Type: ${';a="'.repeat(4_000)}\n\nx`,
    ]
    for (const raw of mean) {
      const before = process.cpuUsage()
      parseMail(Buffer.from(raw))
      const { user } = process.cpuUsage(before)
      expect(user / 1_000, raw.slice(0, 60)).toBeLessThan(1_500)
    }
  })
})

it('gives the same result twice and does not touch its input', () => {
  const raw = ownMail('gmail-reply')
  const copy = Buffer.from(raw)
  expect(parseMail(raw)).toEqual(parseMail(copy))
  expect(raw.equals(copy)).toBe(true)
})
