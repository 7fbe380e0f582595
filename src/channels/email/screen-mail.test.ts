import { describe, expect, it } from 'vitest'
import { parsedOwn } from '../../../tests/mail/own-mail.ts'
import { parseMail } from './parse-mail.ts'
import { contactOf, forwardedAuthor, screenMail } from './screen-mail.ts'

const plain = (fields: string, body = 'Hello'): ReturnType<typeof parseMail> =>
  parseMail(Buffer.from(`From: kim@shop.example\n${fields}\n\n${body}\n`))

describe('delivery reports', () => {
  it('reads recipient, status, class and the mail that bounced (RFC 3464)', () => {
    const screening = screenMail(parsedOwn('bounce-mailbox-full'))
    expect(screening).toMatchObject({ kind: 'bounce', mayAutoRespond: false, reason: 'bounce' })
    expect(screening.bounce).toEqual({
      recipient: 'ada@customer.example',
      status: '4.2.2',
      class: 'soft',
      originalMessageId: 't.1.2.abc.sig@desk.example',
      diagnostic: '452 4.2.2 Mailbox full',
    })
  })

  it('reads reports in plain words', () => {
    expect(screenMail(parsedOwn('bounce-in-plain-words')).bounce).toMatchObject({
      recipient: 'nobody@customer.example',
      status: '5.1.1',
      class: 'hard',
      originalMessageId: 'sent@desk.example',
    })
  })

  it('tells a delay from a failure', () => {
    expect(screenMail(parsedOwn('delivery-delayed')).bounce?.class).toBe('delayed')
  })

  it('takes a report of success for a report', () => {
    const mail = parseMail(
      Buffer.from(
        'From: postmaster@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nok\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n--r--\n',
      ),
    )
    expect(screenMail(mail)).toMatchObject({ kind: 'report', report: 'delivered', bounce: null })
  })

  it('takes a person who writes about a bounce for a person', () => {
    expect(screenMail(plain('Subject: Undeliverable?', 'I got "550 user unknown" when I wrote to you.')).kind).toBe('message')
  })
})

describe('automatic mail (RFC 3834)', () => {
  it.each([
    ['out-of-office', 'auto_reply'],
    ['dmarc-aggregate-report', 'report'],
    ['read-receipt', 'report'],
    ['newsletter', 'message'],
  ])('%s is never acknowledged', (name, kind) => {
    expect(screenMail(parsedOwn(name))).toMatchObject({ kind, mayAutoRespond: false })
  })

  it.each([
    ['Auto-Submitted: auto-replied', 'auto_submitted'],
    ['Auto-Submitted: auto-generated; owner=cron', 'auto_submitted'],
    ['Precedence: bulk', 'bulk'],
    ['Precedence: list', 'precedence_list'],
    ['List-Id: <x.example>', 'list'],
    ['X-Auto-Response-Suppress: DR, OOF, AutoReply', 'responses_suppressed'],
    ['X-Loop: yes', 'loop_header'],
    ['Subject: Abwesenheitsnotiz: Ihr Schreiben', 'auto_reply_subject'],
    ['Return-Path: <>', 'null_sender'],
    ['X-Spam-Flag: YES', 'spam'],
  ])('%s', (fields, reason) => {
    expect(screenMail(plain(fields))).toMatchObject({ mayAutoRespond: false, reason })
  })

  it('acknowledges a person, also one whose program says so', () => {
    expect(screenMail(plain('Auto-Submitted: no')).mayAutoRespond).toBe(true)
    expect(screenMail(plain('Subject: Automatic doors do not open')).mayAutoRespond).toBe(true)
  })

  it.each(['Out of office door is broken', 'Re: Out of office door is broken', 'Abwesenheitsassistent einrichten'])(
    'a subject alone makes nothing automatic: %s',
    (subject) => {
      expect(screenMail(plain(`Subject: ${subject}`))).toMatchObject({
        kind: 'message',
        mayAutoRespond: false,
        reason: 'auto_reply_subject',
      })
    },
  )

  it('a form that sends from our own address in the name of a person is no loop for its subject', () => {
    const mail = plain('Reply-To: ada@customer.example\nSubject: Out of office door is broken')
    expect(screenMail(mail, { ownAddresses: ['kim@shop.example'] }).kind).toBe('message')
  })

  it('takes it for automatic with a second sign, and never for the quoted subject of an answer', () => {
    for (const sign of ['X-Auto-Response-Suppress: All', 'Precedence: bulk', 'Return-Path: <>']) {
      expect(screenMail(plain(`Subject: Out of office until Monday\n${sign}`)).kind, sign).toBe('auto_reply')
      expect(screenMail(plain(`Subject: Re: Out of office door\n${sign}`)).kind, sign).toBe('message')
    }
  })

  it.each([
    'How do I read a DMARC aggregate report?',
    'DMARC aggregate report shows failures',
    'Report domain: shop.example Submitter: mail.example',
  ])('takes a person who writes about a report for a person: %s', (subject) => {
    expect(screenMail(plain(`Subject: ${subject}`)).kind).toBe('message')
  })

  it('acknowledges nobody who cannot read it', () => {
    for (const from of ['noreply@x.example', 'do-not-reply@x.example', 'MAILER-DAEMON@x.example']) {
      expect(screenMail(parseMail(Buffer.from(`From: ${from}\n\nHello\n`))).mayAutoRespond, from).toBe(false)
    }
  })
})

describe('loops', () => {
  it('knows its own Message-ID and its own automatic mail', () => {
    expect(
      screenMail(plain('Message-ID: <mine@desk.example>'), { isOwnMessageId: (id) => id === 'mine@desk.example' }).kind,
    ).toBe('loop')
    expect(screenMail(plain('Auto-Submitted: auto-replied'), { ownAddresses: ['kim@shop.example'] }).kind).toBe('loop')
  })

  it('takes what a colleague sends from the shared mailbox, without acknowledging it', () => {
    expect(screenMail(plain('Subject: hi'), { ownAddresses: ['kim@shop.example'] })).toMatchObject({
      kind: 'message',
      mayAutoRespond: false,
      reason: 'own_mail',
    })
  })
})

it('answers a contact form to the person behind it', () => {
  const mail = parsedOwn('contact-form-with-reply-to')
  expect(screenMail(mail, { ownAddresses: ['support@desk.example'] })).toMatchObject({ kind: 'message', mayAutoRespond: true })
  expect(contactOf(mail, { ownAddresses: ['support@desk.example'] })).toEqual({
    address: 'ada@customer.example',
    name: 'Ada Byron',
  })
  expect(contactOf(plain('Reply-To: support@desk.example'), { ownAddresses: ['support@desk.example'] })?.address).toBe(
    'kim@shop.example',
  )
})

it('names the author of a forwarded mail', () => {
  expect(forwardedAuthor(parsedOwn('forward-without-own-words'))).toEqual({ address: 'ada@customer.example', name: 'Ada Byron' })
  expect(forwardedAuthor(parsedOwn('gmail-reply'))).toBeNull()
})
