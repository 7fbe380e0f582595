import { describe, expect, it } from 'vitest'
import { readCalendar } from './calendar-part.ts'
import { decompressRtf, rtfToText } from './compressed-rtf.ts'
import { parseMail } from './parse-mail.ts'
import { readTnef } from './tnef.ts'

// --- TNEF, written as MS-OXTNEF section 2.1.3 says ---

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8])
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(value)
  return out
}
const attribute = (level: 1 | 2, id: number, data: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([level]),
    u16(id),
    u16(6),
    u32(data.length),
    data,
    u16(data.reduce((sum, one) => (sum + one) & 0xffff, 0)),
  ])
const variable = (type: number, id: number, value: Buffer): Buffer =>
  Buffer.concat([u16(type), u16(id), u32(1), u32(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)])
const props = (...all: Buffer[]): Buffer => Buffer.concat([u32(all.length), ...all])
const wide = (id: number, text: string): Buffer => variable(0x1f, id, Buffer.from(`${text}\0`, 'utf16le'))
const tnef = (...attributes: Buffer[]): Buffer => Buffer.concat([u32(0x223e9f78), u16(1), ...attributes])
const file = (name: string, longName: string, content: Buffer, extra: Buffer[] = []): Buffer[] => [
  attribute(2, 0x9002, Buffer.alloc(14)),
  attribute(2, 0x8010, Buffer.from(`${name}\0`, 'latin1')),
  attribute(2, 0x800f, content),
  attribute(
    2,
    0x9005,
    props(u16(3).length ? Buffer.concat([u16(3), u16(0x3705), u32(1)]) : Buffer.alloc(0), wide(0x3707, longName), ...extra),
  ),
]

const winmail = tnef(
  attribute(1, 0x9007, Buffer.concat([u32(1252), u32(0)])),
  attribute(
    1,
    0x9003,
    props(
      // A named property with a string for its name comes first: its length has to be known to get past it.
      Buffer.concat([
        u16(3),
        u16(0x8001),
        Buffer.alloc(16),
        u32(1),
        u32(10),
        Buffer.from('Name\0', 'utf16le'),
        Buffer.alloc(2),
        u32(7),
      ]),
      wide(0x1000, 'The grinder is loud. Grüße'),
    ),
  ),
  ...file('RECHNU~1.PDF', 'Rechnung März.pdf', Buffer.from('%PDF-1.4 one')),
  ...file('pic.png', '../../pic.png', Buffer.from('two'), [wide(0x370e, 'image/png'), wide(0x3712, '<img1@x>')]),
)

const carried = (octets: Buffer, text: string): Buffer =>
  Buffer.from(
    `From: kim@shop.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n${text}\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=winmail.dat\n\n${octets.toString('base64')}\n--b--\n`,
  )

describe('winmail.dat', () => {
  it('gives its files under their long names, without paths, and its body only when there is no other', () => {
    const mail = parseMail(carried(winmail, ''))
    expect(
      mail.attachments.map(({ name, contentType, contentId, inline }) => ({ name, contentType, contentId, inline })),
    ).toEqual([
      { name: 'Rechnung März.pdf', contentType: 'application/octet-stream', contentId: null, inline: false },
      { name: 'pic.png', contentType: 'image/png', contentId: 'img1@x', inline: true },
    ])
    expect(mail.attachments[0]?.content.toString()).toBe('%PDF-1.4 one')
    expect(mail.text).toBe('The grinder is loud. Grüße')
    expect(parseMail(carried(winmail, 'Own words')).text.trim()).toBe('Own words')
  })

  it('stays as it is when there is no file in it', () => {
    const bare = tnef(attribute(1, 0x9003, props(wide(0x1000, 'Only words'))))
    const mail = parseMail(carried(bare, ''))
    expect(mail.attachments.map((one) => one.name)).toEqual(['winmail.dat'])
    expect(mail.text).toBe('Only words')
  })

  it('opens the message inside a message', () => {
    const inner = Buffer.concat([
      Buffer.alloc(16),
      tnef(attribute(1, 0x9003, props(wide(0x1000, 'Inner words'))), ...file('a.txt', 'a.txt', Buffer.from('A'))),
    ])
    const outer = tnef(
      attribute(2, 0x9002, Buffer.alloc(14)),
      attribute(2, 0x9005, props(wide(0x3707, 'Forwarded'), variable(0x0d, 0x3701, inner))),
    )
    expect(readTnef(outer).files.map((one) => [one.name, one.content.toString()])).toEqual([
      ['a.txt', 'A'],
      ['Forwarded.txt', 'Inner words'],
    ])
  })

  it('gives what can be read of a broken one, wherever it breaks, and never more than was there', () => {
    for (let length = 0; length <= winmail.length; length++) {
      const found = readTnef(winmail.subarray(0, length))
      expect(found.files.reduce((sum, one) => sum + one.content.length, 0)).toBeLessThanOrEqual(length)
    }
    for (let at = 0; at < winmail.length; at++) {
      const broken = Buffer.from(winmail)
      broken[at] = 255
      readTnef(broken)
    }
  })
})

describe('compressed RTF', () => {
  // The worked example of MS-OXRTFCP section 4.1.1.
  const packed = Buffer.from(
    '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
    'hex',
  )

  it('is unpacked as its specification shows', () => {
    expect(decompressRtf(packed)?.toString('latin1')).toBe('{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n')
    expect(decompressRtf(Buffer.alloc(20))).toBeNull()
  })

  it('says its words', () => {
    expect(rtfToText(Buffer.from(decompressRtf(packed) ?? ''))).toBe('hello world')
    expect(
      rtfToText(
        Buffer.from(
          "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Gr\\'fc\\u223?e\\par Zeile {\\b zwei}\\~\\{x\\}}",
        ),
      ),
    ).toBe('Grüße\nZeile zwei {x}')
  })
})

describe('calendar parts', () => {
  const invite =
    'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;TZID="Europe/Berlin":20250602T095800\r\nDTEND;TZID="Europe/Berlin":20250602T103000\r\nSUMMARY;LANGUAGE=de:Mühle\\, laut\r\n  und heiß\r\nLOCATION:Shop 14\\nBack door\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'

  it('says what, when and where', () => {
    expect(readCalendar(invite)).toEqual({
      kind: 'calendar',
      what: 'invitation',
      summary: 'Mühle, laut und heiß',
      start: '2025-06-02 09:58',
      end: '2025-06-02 10:30',
      zone: 'Europe/Berlin',
      location: 'Shop 14 Back door',
      answer: '',
    })
  })

  it.each([
    ['METHOD:CANCEL\nBEGIN:VEVENT\nDTSTART:20250602T095800Z\nSUMMARY:x\nEND:VEVENT', { what: 'cancelled', zone: 'UTC' }],
    [
      'METHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=DECLINED:mailto:kim@shop.example\nDTSTART;VALUE=DATE:20250602\nEND:VEVENT',
      { what: 'answer', answer: 'declined', start: '2025-06-02' },
    ],
    ['BEGIN:VEVENT\nSUMMARY:a\nEND:VEVENT', { what: 'event', start: '' }],
  ])('%s', (source, expected) => expect(readCalendar(source)).toMatchObject(expected))

  it('says nothing when there is nothing to say', () => {
    expect(readCalendar('')).toBeNull()
    expect(readCalendar('BEGIN:VCALENDAR\nDTSTART:20250602\nEND:VCALENDAR')).toBeNull()
  })

  it('is a named file and a notice, once, however often the mail carries it', () => {
    const part = `Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\n${invite}`
    const mail = parseMail(
      Buffer.from(
        `From: kim@shop.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nSee below.\n--c\n${part}\n--c--\n--b\nContent-Disposition: attachment; filename=invite.ics\n${part}\n--b--\n`,
      ),
    )
    expect(mail.text.trim()).toBe('See below.')
    expect(mail.attachments.map((one) => one.name)).toEqual(['attachment-1.ics', 'invite.ics'])
    expect(mail.notices).toHaveLength(1)
  })
})

describe('encrypted mail', () => {
  it.each([
    [
      'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIB',
      [{ kind: 'encrypted', by: 'smime', file: 'smime.p7m' }],
    ],
    [
      'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n--b--',
      [{ kind: 'encrypted', by: 'pgp', file: 'encrypted.asc' }],
    ],
    [
      'Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----',
      [{ kind: 'encrypted', by: 'pgp', file: '' }],
    ],
    ['Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nMIIB', []],
    ['Content-Type: text/plain\n\nHow do I read -----BEGIN PGP MESSAGE----- things?', []],
  ])('%s', (rest, notices) => expect(parseMail(Buffer.from(`From: kim@shop.example\n${rest}\n`)).notices).toEqual(notices))
})

describe('a mail inside its S/MIME signature', () => {
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts)
    const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255]
    return Buffer.concat([Buffer.from([tag, ...length]), content])
  }
  const ber = (tag: number, ...parts: Buffer[]): Buffer => Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)])
  const oid = (last: number): Buffer => der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last]))
  const wrap = (make: typeof der, content: Buffer, kind = 2): Buffer =>
    make(
      0x30,
      oid(kind),
      make(0xa0, make(0x30, der(0x02, Buffer.from([1])), der(0x31), make(0x30, oid(1), make(0xa0, content)), der(0x31))),
    )
  const mail = (octets: Buffer, type = 'smime-type=signed-data; ') =>
    parseMail(
      Buffer.from(
        `From: kim@shop.example\nContent-Type: application/pkcs7-mime; ${type}name=smime.p7m\nContent-Transfer-Encoding: base64\n\n${octets.toString('base64')}\n`,
      ),
    )
  const inner = Buffer.from(
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe grinder smells burnt.\n--b\nContent-Type: text/csv; name=log.csv\n\n1,2\n--b--\n',
  )
  const cut = [inner.subarray(0, 20), inner.subarray(20, 90), inner.subarray(90)].map((piece) => der(0x04, piece))

  it.each([
    ['DER', wrap(der, der(0x04, inner))],
    ['BER, in pieces', wrap(ber, ber(0x24, ...cut))],
    ['DER, in pieces', wrap(der, der(0x24, ...cut))],
    [
      'twice',
      wrap(
        der,
        der(
          0x04,
          Buffer.from(
            `Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n${wrap(der, der(0x04, inner)).toString('base64')}\n`,
          ),
        ),
      ),
    ],
  ])('%s: its words and files show, and the signature is named', (_name, octets) => {
    for (const read of [mail(octets), mail(octets, '')]) {
      expect(read.text.trim()).toBe('The grinder smells burnt.')
      expect(read.attachments.map((one) => one.name)).toEqual(['log.csv'])
      expect(read.notices).toEqual([{ kind: 'signed', by: 'smime' }])
    }
  })

  it('whatever is broken, cut off or something else stays a file', () => {
    const whole = wrap(ber, ber(0x24, ...cut))
    for (let length = 0; length < whole.length - 60; length += 7) {
      const { attachments, notices } = mail(whole.subarray(0, length))
      // A cut behind the last piece leaves all of the words.
      if (!notices.length) expect(attachments.map((one) => one.name)).toEqual(['smime.p7m'])
    }
    expect(mail(wrap(der, der(0x04, inner), 3), 'smime-type=enveloped-data; ').notices).toEqual([
      { kind: 'encrypted', by: 'smime', file: 'smime.p7m' },
    ])
    let deep = der(0x04, inner)
    for (let at = 0; at < 2000; at++) deep = Buffer.concat([Buffer.from([0x24, 0x80]), deep, Buffer.alloc(2)])
    expect(mail(wrap(ber, deep)).attachments).toHaveLength(1)
  })

  it('ends at the third envelope', () => {
    let octets = wrap(der, der(0x04, inner))
    for (let at = 0; at < 5; at++)
      octets = wrap(
        ber,
        der(
          0x24,
          der(
            0x04,
            Buffer.from(
              `Content-Type: application/pkcs7-mime; name=in.p7m\nContent-Transfer-Encoding: base64\n\n${octets.toString('base64')}\n`,
            ),
          ),
        ),
      )
    expect(mail(octets).attachments.map((one) => one.name)).toEqual(['in.p7m'])
  })
})

describe('files in the text', () => {
  it('takes yEnc out by its octets', () => {
    const content = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    const coded: number[] = []
    for (const octet of content) {
      const code = (octet + 42) & 255
      if ([0, 10, 13, 61].includes(code)) coded.push(61, (code + 64) & 255)
      else coded.push(code)
    }
    const mail = parseMail(
      Buffer.concat([
        Buffer.from('From: kim@shop.example\n\nLook:\n=ybegin line=128 size=256 name=all octets.bin\r\n'),
        Buffer.from(coded),
        Buffer.from('\r\n=yend size=256\r\nBye\n'),
      ]),
    )
    expect(mail.attachments.map((one) => one.name)).toEqual(['all octets.bin'])
    expect(mail.attachments[0]?.content.equals(content)).toBe(true)
    expect(mail.text).toBe('Look:\nBye\n')
  })

  it('leaves what only begins like a file', () => {
    for (const text of ['=ybegin line=1 size=1 name=x\nnever ends', 'begin 644 the day\nwith coffee'])
      expect(parseMail(Buffer.from(`From: kim@shop.example\n\n${text}`))).toMatchObject({ text, attachments: [] })
  })
})
