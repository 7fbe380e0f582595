import { describe, expect, it } from 'vitest'
import { parseMail } from '#channels/email/parse-mail.ts'
import { screenMail } from '#channels/email/screen-mail.ts'

const mail = (subject: string, fields = ''): Buffer =>
  Buffer.from(`From: kim@shop.example\nSubject: ${subject}\n${fields}\nI am away.\n`)

describe('out-of-office notes, told by their subject alone', () => {
  it.each([
    'Automatic reply: Grinder',
    'Out of Office AutoReply: Grinder',
    'Out of Office: back on Monday',
    'OOO: back on Monday',
    'Automatische Antwort: Mühle',
    'Abwesend: Mühle',
    'Abwesenheitsnotiz: Mühle',
    'Nicht im Büro: Mühle',
    'Réponse automatique : Moulin',
    'Réponse d’absence : Moulin',
    'Respuesta automática: Molino',
    'Fuera de la oficina: Molino',
    'Resposta automática: Moinho',
    'Resposta automàtica: Molí',
    'Risposta automatica: Macina',
    'Fuori ufficio: Macina',
    'Automatisch antwoord: Molen',
    'Afwezig: Molen',
    'Automatiskt svar: Kvarn',
    'Autosvar: Kvarn',
    'Automatisk svar: Kværn',
    'Fraværsbesked: Kværn',
    'Automaattinen vastaus: Mylly',
    'Odpowiedź automatyczna: Młynek',
    'Automatická odpověď: Mlýnek',
    'Automatická odpoveď: Mlynček',
    'Samodejni odgovor: Mlinček',
    'Automatski odgovor: Mlinac',
    'Automatikus válasz: Daráló',
    'Răspuns automat: Râșniță',
    'Αυτόματη απάντηση: Μύλος',
    'Otomatik yanıt: Değirmen',
    'Automatinis atsakymas: Malūnėlis',
    'Automātiska atbilde: Dzirnaviņas',
    'Automaatvastus: Veski',
    'Автоматический ответ: Мельница',
    'Автоматична відповідь: Млинок',
    'Автоматичен отговор: Мелница',
    'رد تلقائي: مطحنة',
    'תשובה אוטומטית: מטחנה',
    'پاسخ خودکار: آسیاب',
    '自动答复: 磨豆机',
    '自動回覆: 磨豆機',
    '自動応答: ミル',
    '不在通知: ミル',
    '자동 회신: 그라인더',
    'Trả lời tự động: Máy xay',
    'ตอบกลับอัตโนมัติ: เครื่องบด',
    'Balasan otomatis: Penggiling',
  ])('%s', (subject) => {
    const screening = screenMail(parseMail(mail(subject)))
    expect(screening).toMatchObject({ mayAutoRespond: false, automatic: true, reason: 'auto_reply_subject' })
    // With a second sign it is handled as automatic.
    expect(screenMail(parseMail(mail(subject, 'X-Auto-Response-Suppress: All\n'))).kind).toBe('auto_reply')
  })
})

it.each([
  'We have received your request',
  '[Ticket 4711] Your request has been received',
  'Ticket #4711 created',
  'Thank you for contacting Harbour Coffee',
  'Eingangsbestätigung Ihrer Anfrage',
  'Accusé de réception de votre demande',
  'Ontvangstbevestiging 4711',
])('does not acknowledge the acknowledgement "%s", and takes it for a message', (subject) => {
  expect(screenMail(parseMail(mail(subject)))).toMatchObject({ kind: 'message', mayAutoRespond: false, automatic: false })
})

it.each([
  'X-Autoreply-From: kim@shop.example',
  'X-Mail-Auto-Response: yes',
  'X-MDaemon-Autoresponder: 1',
  'X-Auto-Answer: yes',
  'Auto-Submitted: auto-replied (vacation)',
  'Auto-Submitted: AUTO-GENERATED; owner-token="x"',
  'Precedence: auto_reply',
])('takes "%s" for the mark of a program', (field) => {
  expect(screenMail(parseMail(mail('Grinder', `${field}\n`)))).toMatchObject({ kind: 'auto_reply', mayAutoRespond: false })
})

it.each(['RT-Originator: root@desk.example', 'X-Zendesk-From-Account-Id: 1', 'X-Loop: x'])(
  'acknowledges no other desk: %s',
  (field) => {
    expect(screenMail(parseMail(mail('Grinder', `${field}\n`)))).toMatchObject({ kind: 'message', mayAutoRespond: false })
  },
)

it.each([
  'The automatic door replies with an error',
  'My autoresponder is broken',
  'Question about the office hours',
  'Request received by mistake?',
  'Kaffee außerhalb der Öffnungszeiten',
  'Your ticket machine has been broken since Monday',
  'Re: Grinder',
])('answers the person who writes "%s"', (subject) => {
  expect(screenMail(parseMail(mail(subject)))).toMatchObject({ kind: 'message', mayAutoRespond: true })
})

it('takes no for an answer in Auto-Submitted and its kin', () => {
  for (const field of ['Auto-Submitted: no', 'X-Autoreply: no', 'X-Auto-Response-Suppress: None'])
    expect(screenMail(parseMail(mail('Grinder', `${field}\n`))).mayAutoRespond).toBe(true)
})
