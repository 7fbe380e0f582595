import { describe, expect, it } from 'vitest'
import { composeMail, needsSmtpUtf8, type OutboundMail } from './compose-mail.ts'
import { headerOf } from './inbound-mail.ts'
import { parseMail } from './parse-mail.ts'

const base: OutboundMail = {
  from: { address: 'support@desk.example', name: 'Sam at Harbour Coffee' },
  replyTo: { address: 'support+t1.sig@desk.example', name: '' },
  to: [{ address: 'zoe@xn--bcher-kva.example', name: 'Zoë "Z", Byron' }],
  cc: [{ address: 'bob@shop.example', name: '' }],
  subject: 'Re: Grüße aus Köln — eine sehr lange Betreffzeile, die umbrochen werden muss [#482913]',
  messageId: 't.1.2.abc.sig@desk.example',
  inReplyTo: 'one@shop.example',
  references: ['zero@shop.example', 'one@shop.example'],
  date: new Date('2025-06-02T08:00:00Z'),
  boundary: 'b0123456789abcdef',
  text: 'Hällo\nfrom Sam\n-- \nHarbour Coffee',
  html: '<p>Hällo <img src="cid:logo@desk"></p>',
  inlineImages: [{ name: 'logo.png', contentType: 'image/png', contentId: 'logo@desk', content: Buffer.from('png') }],
  attachments: [{ name: 'Straßenplan.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF') }],
  automatic: 'no',
}

describe('composeMail', () => {
  it('gives the same octets for the same mail', async () => {
    const first = await composeMail(base)
    const again = await composeMail(structuredClone({ ...base, inlineImages: [], attachments: [] }) as OutboundMail)
    expect((await composeMail(base)).equals(first)).toBe(true)
    expect(again.equals(first)).toBe(false)
    expect(first.toString().replace(/\r\n/g, '')).not.toMatch(/[\r\n]/)
  })

  it('is read back as it was meant', async () => {
    const mail = parseMail(await composeMail(base))
    expect(mail.from).toEqual(base.from)
    expect(mail.to).toEqual(base.to)
    expect(mail.cc).toEqual(base.cc)
    expect(mail.replyTo[0]?.address).toBe('support+t1.sig@desk.example')
    expect(mail.subject).toBe(base.subject)
    expect(mail.messageId).toBe(base.messageId)
    expect(mail.inReplyTo).toEqual(['one@shop.example'])
    expect(mail.references).toEqual(base.references)
    expect(mail.date).toEqual(base.date)
    expect(mail.text.trim()).toBe(base.text)
    expect(mail.html?.trim()).toBe(base.html)
    expect(mail.attachments.map((part) => [part.name, part.contentId, part.inline, part.content.toString()])).toEqual([
      ['logo.png', 'logo@desk', true, 'png'],
      ['Straßenplan.pdf', null, false, '%PDF'],
    ])
    expect(mail.defects).toEqual([])
    expect(headerOf(mail, 'auto-submitted')).toBeNull()
  })

  it('marks automatic mail so that no machine answers it (RFC 3834 section 5)', async () => {
    const mail = parseMail(await composeMail({ ...base, automatic: 'auto-replied' }))
    expect(headerOf(mail, 'auto-submitted')).toBe('auto-replied')
    expect(headerOf(mail, 'x-auto-response-suppress')).toBe('All')
    expect(headerOf(mail, 'precedence')).toBe('auto_reply')
  })

  it('lets nothing be injected', async () => {
    const evil = 'x\r\nBcc: victim@other.example'
    const raw = await composeMail({
      ...base,
      subject: evil,
      to: [{ address: 'kim@shop.example', name: evil }],
      headers: [
        { name: 'X-Note', value: evil },
        { name: 'Bcc', value: 'victim@other.example' },
      ],
      attachments: [{ name: `a${evil}"/../b.pdf`, contentType: `text/plain\r\nX: y`, content: Buffer.from('1') }],
    })
    expect(raw.toString()).not.toMatch(/^(bcc|x):/im)
    expect(parseMail(raw).attachments.at(-1)?.contentType).toBe('application/octet-stream')
  })

  it.each([
    ['to', { to: [{ address: 'kim@shop.example>\r\nBcc: v@o.example', name: '' }] }],
    ['to', { to: [{ address: 'a@b.example, c@d.example', name: '' }] }],
    ['to', { to: [], cc: [] }],
    ['messageId', { messageId: 'a@b>\r\nX: y' }],
    ['boundary', { boundary: 'a"b' }],
  ])('refuses a wrong %s', async (field, change) => {
    await expect(composeMail({ ...base, ...change })).rejects.toMatchObject({ code: 'unwritable_mail', field })
  })

  it('writes a plain mail when there is no HTML', async () => {
    const mail = parseMail(await composeMail({ ...base, html: null, inlineImages: [], attachments: [] }))
    expect(mail.contentType.type).toBe('text/plain')
  })

  it('shortens a long list of references, keeping the first', async () => {
    const references = Array.from({ length: 60 }, (_, index) => `r${index}@shop.example`)
    const mail = parseMail(await composeMail({ ...base, references }))
    expect([mail.references[0], mail.references.length, mail.references.at(-1)]).toEqual([
      'r0@shop.example',
      21,
      'r59@shop.example',
    ])
  })
})

it('asks for SMTPUTF8 only for a local part beyond ASCII', () => {
  expect(needsSmtpUtf8(base)).toBe(false)
  expect(needsSmtpUtf8({ ...base, to: [{ address: 'zoë@shop.example', name: '' }] })).toBe(true)
})
