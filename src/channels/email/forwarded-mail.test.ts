import { expect, test } from 'vitest'
import { forwardedMail } from './forwarded-mail.ts'

const kim = 'kim@shop.example'

test.each([
  [
    'Gmail',
    'Fwd: Grinder',
    'Please look\n\n---------- Forwarded message ---------\nFrom: Kim Cole <kim@shop.example>\nDate: Mon, 2 Jun 2025 at 08:00\nSubject: Grinder\nTo: Sam <sam@desk.example>\n\n\nIt smells burnt.',
    'Please look',
  ],
  [
    'Gmail, German',
    'WG: Grinder',
    '---------- Forwarded message ---------\nVon: Kim Cole <kim@shop.example>\nDate: Mo., 2. Juni 2025 um 08:00 Uhr\nSubject: Grinder\nTo: Sam <sam@desk.example>\n\nIt smells burnt.',
    '',
  ],
  [
    'Outlook',
    'FW: Grinder',
    'For you.\n\nSam\n\n________________________________\nFrom: Kim Cole <kim@shop.example>\nSent: Monday, June 2, 2025 8:00 AM\nTo: Sam Support <sam@desk.example>\nSubject: Grinder\n\nIt smells burnt.',
    'For you.\n\nSam',
  ],
  [
    'Outlook, French, bold labels',
    'TR: Grinder',
    'Voilà\n\n*De :* Kim Cole <kim@shop.example>\n*Envoyé :* lundi 2 juin 2025 08:00\n*À :* Sam <sam@desk.example>\n*Objet :* Grinder\n\nIt smells burnt.',
    'Voilà',
  ],
  [
    'Outlook with mailto',
    'RV: Grinder',
    'De: Kim Cole [mailto:kim@shop.example]\nEnviado el: lunes, 2 de junio de 2025 8:00\nPara: Sam\nAsunto: Grinder\n\nIt smells burnt.',
    '',
  ],
  [
    'Apple Mail',
    'Fwd: Grinder',
    'See below\n\nBegin forwarded message:\n\n> From: Kim Cole <kim@shop.example>\n> Subject: Grinder\n> Date: 2 June 2025 at 08:00:00 CEST\n> To: sam@desk.example\n> \n> It smells burnt.',
    'See below',
  ],
  [
    'Apple Mail, German, subject edited',
    'Grinder',
    'Anfang der weitergeleiteten Nachricht:\n\nVon: Kim Cole <kim@shop.example>\nBetreff: Grinder\nDatum: 2. Juni 2025 um 08:00:00 MESZ\nAn: sam@desk.example\n\nIt smells burnt.',
    '',
  ],
  [
    'Thunderbird',
    'Fwd: Grinder',
    'Take it?\n\n-------- Forwarded Message --------\nSubject: \tGrinder\nDate: \tMon, 2 Jun 2025 08:00:00 +0200\nFrom: \tKim Cole <kim@shop.example>\nTo: \tsam@desk.example\n\n\n\nIt smells burnt.',
    'Take it?',
  ],
  [
    'Thunderbird, Italian',
    'I: Grinder',
    '-------- Messaggio Inoltrato --------\nOggetto: \tGrinder\nData: \tMon, 2 Jun 2025 08:00:00 +0200\nMittente: \tKim Cole <kim@shop.example>\nA: \tsam@desk.example\n\nIt smells burnt.',
    '',
  ],
])('%s', (_program, subject, text, comment) => {
  expect(forwardedMail({ subject, text })).toEqual({
    author: expect.objectContaining({ address: kim }),
    subject: 'Grinder',
    comment,
    text: 'It smells burnt.',
  })
})

test('an answer that quotes a header is no forward, and neither is a mail that only says so', () => {
  const quoted =
    'Done.\n\n-----Original Message-----\nFrom: Kim Cole <kim@shop.example>\nSent: Monday\nTo: Sam\nSubject: Grinder\n\nIt smells burnt.'
  expect(forwardedMail({ subject: 'RE: Grinder', text: quoted })).toBeNull()
  expect(forwardedMail({ subject: 'Fwd: Grinder', text: 'It smells burnt.' })).toBeNull()
  expect(forwardedMail({ subject: 'Fwd: x', text: 'From: the boss\nSent: now\nTo: you\nSubject: x\n\nHi' })).toBeNull()
})
