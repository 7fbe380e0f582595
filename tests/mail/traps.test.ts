import { describe, expect, it } from 'vitest'
import type { InboundMail } from '#channels/email/inbound-mail.ts'
import { parseMail } from '#channels/email/parse-mail.ts'

const read = (mail: string | Buffer): InboundMail => parseMail(typeof mail === 'string' ? Buffer.from(mail) : mail)
const bodied = (type: string, body: Buffer, encoding = '8bit'): InboundMail =>
  read(
    Buffer.concat([
      Buffer.from(`From: kim@shop.example\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n`),
      body,
    ]),
  )

describe('charsets, and what programs call them', () => {
  it.each([
    ['windows1252', '93fc626572949c', '“über”œ'],
    ['iso_8859-1', 'fc626572', 'über'],
    ['ISO8859-15', 'a4', '€'],
    ['iso-8859-1', '80', '€'],
    ['latin-1', 'fc', 'ü'],
    ['cp-1250', 'b9', 'ą'],
    ['x-cp1251', 'cff0e8e2e5f2', 'Привет'],
    ['KOI8-R', 'f0d2c9d7c5d4', 'Привет'],
    ['cp850', '81', 'ü'],
    ['ibm437', '84', 'ä'],
    ['cp852', 'a5', 'ą'],
    ['cp866', '8fe0a8a2a5e2', 'Привет'],
    ['x-mac-roman', '9f', 'ü'],
    ['iso-2022-kr', '1b2429430e3e483367', '안녕'],
    ['iso-2022-jp', '1b2442467c4b5c1b2842', '日本'],
    ['shift-jis', '93fa967b', '日本'],
    ['ks_c_5601-1987', 'bec8b3e7', '안녕'],
    ['gb2312', 'c4e3bac3', '你好'],
    ['big5', 'a741a66e', '你好'],
    ['utf-16le', '604f7d59', '你好'],
    ['UTF_8', 'e4bda0', '你'],
    ['"utf-8"', 'e4bda0', '你'],
    ['utf8-no-bom', 'e4bda0', '你'],
    // Lies: the octets are UTF-8 whatever the field says.
    ['us-ascii', 'e4bda0', '你'],
    ['x-unknown', 'c3bc', 'ü'],
    ['cp850', 'c3bce282ac', 'ü€'],
    // And the other way round.
    ['utf-8', 'fc626572', 'über'],
  ])('%s of %s', (charset, octets, text) => {
    expect(bodied(`text/plain; charset=${charset}`, Buffer.from(octets, 'hex')).text).toBe(text)
  })

  it('reads seven-bit Chinese', () => {
    // RFC 1843 section 2: 己所不欲，勿施於人
    expect(bodied('text/plain; charset=hz-gb-2312', Buffer.from('~{<:Ky2;S{#,NpJ)l6HK!#~}~~')).text).toBe('己所不欲，勿施於人。~')
  })
})

describe('encoded words', () => {
  it.each([
    ['=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=', 'Grüße'],
    ['=?UTF-8?B?R3LDvMOf?=\n =?UTF-8?B?ZQ?=', 'Grüße'],
    ['=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?utf-8?Q?Two words here?=', 'Two words here'],
    ['"=?utf-8?Q?quoted?="', '"quoted"'],
    ['a=?utf-8?Q?b?=c', 'abc'],
    ['=?iso-8859-1?Q?a?= =?utf-8?Q?=C3=BC?=', 'aü'],
    ['=?no-such-charset?Q?plain?=', 'plain'],
    ['=?utf-8?X?what?=', '=?utf-8?X?what?='],
    ['=?utf-8?Q?never ends', '=?utf-8?Q?never ends'],
    ['=?gb18030?B?xOO6ww==?= (=?gb18030?B?yPw=?=)', '你好 (赛)'],
    ['Re:\n\t=?utf-8?Q?a?=\n\t=?utf-8?Q?b?=', 'Re: ab'],
    ['Grüße, roh', 'Grüße, roh'],
  ])('%s', (field, subject) => {
    expect(read(`From: kim@shop.example\nSubject: ${field}\n\nx`).subject).toBe(subject)
  })
})

describe('names of files', () => {
  it.each([
    ['filename=plain.pdf', 'plain.pdf'],
    ['filename="with spaces.pdf"', 'with spaces.pdf'],
    ['filename=no quotes but spaces.pdf', 'no quotes but spaces.pdf'],
    ["filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf", 'Grüße.pdf'],
    ["filename*=iso-8859-1'de'Gr%FC%DFe.pdf", 'Grüße.pdf'],
    ["filename*0*=utf-8''Gr%C3;\n filename*1*=%BC%C3%9Fe;\n filename*2=.pdf", 'Grüße.pdf'],
    ['filename*2=c.pdf; filename*0=a; filename*1=b', 'abc.pdf'],
    ['filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe=2Epdf?="', 'Grüße.pdf'],
    ['filename==?utf-8?B?R3LDvMOfZS5wZGY=?=', 'Grüße.pdf'],
    ['filename="=?utf-8?Q?Gr=C3=BC?=\n =?utf-8?Q?=C3=9Fe.pdf?="', 'Grüße.pdf'],
    ['filename="a\\"b.pdf"', 'a_b.pdf'],
    ['filename="semi;colon.pdf"', 'semi;colon.pdf'],
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename="C:\\\\Users\\\\kim\\\\a.pdf"', 'a.pdf'],
    ['filename="con.txt"', '_con.txt'],
    ['filename="evil\u202egpj.exe"', 'evilgpj.exe'],
    ['filename="Grüße.pdf"', 'Grüße.pdf'],
    ['FileName = "spaced.pdf"', 'spaced.pdf'],
    ['filename=""', 'attachment-1.bin'],
  ])('%s', (parameter, name) => {
    const mail = read(
      `From: kim@shop.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; ${parameter}\n\ny\n--b--\n`,
    )
    expect(mail.attachments.map((file) => file.name)).toEqual([name])
  })
})

describe('bodies', () => {
  it.each([
    ['base64 with line noise', 'text/plain', 'base64', 'R3L!D\nvMOf\n  ZQ==', 'Grüße'],
    ['base64 by another name', 'text/plain', 'BASE64 (why not)', 'aGk=', 'hi'],
    ['quoted-printable with lower-case escapes', 'text/plain; charset=utf-8', 'Quoted-Printable', 'Gr=c3=bc=c3=9f=\ne', 'Grüße'],
    ['quoted-printable with a loose equals sign', 'text/plain', 'quoted-printable', 'a = b =zz', 'a = b =zz'],
    ['an encoding nobody knows', 'text/plain', 'x-mystery', 'as it is', 'as it is'],
    ['8-bit with a hyphen', 'text/plain; charset=utf-8', '8-bit', 'Grüße', 'Grüße'],
    ['flowed', 'text/plain; format=flowed', '7bit', 'one \ntwo\n\nthree \nfour', 'one two\n\nthree four'],
    ['flowed with stuffing', 'text/plain; format=flowed', '7bit', ' >no quote\n From here', '>no quote\nFrom here'],
    ['flowed, two depths', 'text/plain; format=flowed', '7bit', '> a \n>> b\n> c', '> a \n>> b\n> c'],
    ['a signature mark in flowed text', 'text/plain; format=flowed', '7bit', 'a\n-- \nKim', 'a\n-- \nKim'],
    ['a type without a subtype', 'text', '7bit', 'words', 'words'],
    ['a type that is none', 'plain text', '7bit', 'words', 'words'],
    ['nothing at all', 'text/plain', '7bit', '', ''],
  ])('%s', (_what, type, encoding, body, text) => {
    expect(bodied(type, Buffer.from(body), encoding).text).toBe(text)
  })

  it.each([
    ['the last delimiter is missing', 'multipart/mixed; boundary=b', '--b\n\none\n--b\n\ntwo'],
    ['white space behind the delimiter', 'multipart/mixed; boundary=b', '--b  \n\none\n--b\t\n\ntwo\n--b--  '],
    [
      'a quoted boundary with signs',
      'multipart/mixed; boundary="=_b?:/()+,-."',
      '--=_b?:/()+,-.\n\none\n--=_b?:/()+,-.\n\ntwo\n--=_b?:/()+,-.--',
    ],
    [
      'a boundary that begins like another',
      'multipart/mixed; boundary=b',
      '--b\n\none\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\ntwo\n--bb--\n--b--',
    ],
    ['prologue and epilogue', 'multipart/mixed; boundary=b', 'You need MIME.\n--b\n\none\n--b\n\ntwo\n--b--\nEpilogue.'],
    ['a boundary in single quotes of its own', "multipart/mixed; boundary='b'", "--'b'\n\none\n--'b'\n\ntwo\n--'b'--"],
    [
      'no boundary in the field',
      'multipart/mixed',
      '--guess\nContent-Type: text/plain\n\none\n--guess\nContent-Type: text/plain\n\ntwo\n--guess--',
    ],
    ['an unknown kind of multipart', 'multipart/x-mystery; boundary=b', '--b\n\none\n--b\n\ntwo\n--b--'],
  ])('reads both parts when there is %s', (_what, type, body) => {
    const mail = bodied(type, Buffer.from(body), '7bit')
    expect(mail.text.replace(/\s+/g, ' ').trim()).toBe('one two')
  })
})

describe('addresses', () => {
  it.each([
    ['Kim Cole <kim@shop.example>', 'kim@shop.example', 'Kim Cole'],
    ['"Cole, Kim" <kim@shop.example>', 'kim@shop.example', 'Cole, Kim'],
    ['Cole, Kim <kim@shop.example>', 'kim@shop.example', 'Cole, Kim'],
    ['kim@shop.example (Kim Cole)', 'kim@shop.example', 'Kim Cole'],
    ['<kim@shop.example>', 'kim@shop.example', ''],
    ['kim@SHOP.Example', 'kim@shop.example', ''],
    ['=?utf-8?Q?K=C3=AFm?= <kim@shop.example>', 'kim@shop.example', 'Kïm'],
    ["'Kim' <kim@shop.example>", 'kim@shop.example', 'Kim'],
    ['Kim <mailto:kim@shop.example>', 'kim@shop.example', 'Kim'],
    ['<@relay.example:kim@shop.example>', 'kim@shop.example', ''],
    ['"kim cole"@shop.example', '"kim cole"@shop.example', ''],
    ['kim @ shop . example', 'kim@shop.example', ''],
    ['Kim <kim@müller.example>', 'kim@xn--mller-kva.example', 'Kim'],
    ['=?utf-8?Q?a=2C_b=40evil=2Eexample?= <kim@shop.example>', 'kim@shop.example', 'a, b@evil.example'],
    ['"boss@bank.example" <kim@shop.example>', 'kim@shop.example', 'boss@bank.example'],
    ['Kim <kim@shop.example', 'kim@shop.example', 'Kim'],
    ['Kim [at work] <kim@shop.example>', 'kim@shop.example', 'Kim [at work]'],
  ])('%s', (field, address, name) => {
    expect(read(`From: ${field}\n\nx`).from).toEqual({ address, name })
  })
})
