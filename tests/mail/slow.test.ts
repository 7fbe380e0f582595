import { expect, it } from 'vitest'
import { cutQuote } from '#channels/email/cut-quote.ts'
import { parseMail } from '#channels/email/parse-mail.ts'
import { forwardedAuthor, screenMail } from '#channels/email/screen-mail.ts'
import { senderVerdict } from '#channels/email/sender-verdict.ts'
import { threadCandidates } from '#threads/match-thread.ts'

/** What patterns trip over when they look back: each is repeated until it fills a mail, alone and in pairs. */
const atoms = [
  '-',
  '_',
  '=',
  ' ',
  '\t',
  '>',
  '> ',
  '<',
  'a@',
  '@',
  'a@b.c ',
  '<a@b.c>',
  '*',
  '(',
  '"',
  '\\',
  '=?',
  '=?utf-8?q?=20?= ',
  '1:2 ',
  'on 1 ',
  'wrote ',
  'message-',
  '550 ',
  '5.1.1 ',
  'recipient ',
  'from: ',
  'Subject: x\n',
  '\n\n',
  '-\n',
  '>\n',
  'On 1 a:1,\n',
  '.',
  ';',
  ';a*0*=b',
  '&#',
  '<!',
  '<p ',
  '</',
  'begin 644 a\n',
  '```\n',
  '[#1]',
]
const partners = ['', '@', '?', ' ', '\n']
const places: ((filling: string) => string)[] = [
  (filling) => `From: MAILER-DAEMON@x.example\nReturn-Path: <>\nSubject: undeliverable\n\nfailed ${filling}`,
  (filling) => `From: a@b.example\nContent-Type: text/html\n\n${filling}`,
  (filling) =>
    `From: ${filling}\nTo: ${filling}\nSubject: ${filling}\nReferences: ${filling}\nContent-Type: ${filling}\nDate: ${filling}\nAuthentication-Results: ${filling}\n\nx`,
  (filling) =>
    `From: a@b.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${filling}\n--b--`,
]

it('no repetition makes any step slow', () => {
  const size = process.env.TEST_LONG ? 200_000 : 8_000
  for (const atom of atoms) {
    for (const partner of partners) {
      const unit = atom + partner
      for (const place of places) {
        const raw = Buffer.from(place(unit.repeat(Math.ceil(size / unit.length))))
        const before = process.cpuUsage()
        const mail = parseMail(raw)
        screenMail(mail)
        forwardedAuthor(mail)
        senderVerdict(mail, { trustedAuthservIds: ['x'] })
        threadCandidates(mail, { signingKey: new Uint8Array(32) })
        cutQuote(mail)
        expect(process.cpuUsage(before).user / 1_000, JSON.stringify(unit)).toBeLessThan(1_500)
      }
    }
  }
}, 120_000)
