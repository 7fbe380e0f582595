import { saveTicketFilter } from '#routing/ticket-filters.ts'
import { assignTicket } from '#tickets/assign.ts'
import type { Placed, Scene } from './scene.ts'
import { writeBounce } from './write-bounce.ts'
import { writeTnef } from './write-tnef.ts'

/** What mail does to a desk: forgery, full mailboxes, loops, long quotes, winmail.dat, and a filter that knows where it belongs. */
export function tellMail(scene: Scene): void {
  forged(scene)
  mailboxFull(scene)
  loop(scene)
  longQuote(scene)
  winmail(scene)
  filtered(scene)
}

function forged(scene: Scene): void {
  let ticket: Placed | null = null
  scene.at(63, async (then) => {
    ticket = await then.mail({
      from: { name: 'Helen Marsh', address: 'helen.marsh@harbourcoffee.example' },
      subject: 'Quick favour, are you at your desk?',
      text: 'Hi,\n\nI am in a meeting all day and cannot talk. I need ten gift cards of £100 for a client before noon. Please buy them, scratch the codes free and send me pictures of them by answering this mail. I will sign the expense tonight.\n\nKeep this between us, it is a surprise.\n\nHelen Marsh\nChief Executive',
      forged: true,
    })
  })
  scene.at(58, async (then) => {
    await then.note(
      'mona',
      ticket!,
      'Not Helen: our own domain says that this mail did not come from our servers. I asked her on the corridor, she knows of nothing. Leave it here as an example until the training on Thursday, and please buy no gift cards.',
    )
  })
  scene.tells('forged', () => ticket)
}

function mailboxFull(scene: Scene): void {
  const renate = scene.cast.customer('Renate Schulz')
  let ticket: Placed | null = null
  scene.at(235, async (then) => {
    ticket = await then.mail({
      from: renate,
      subject: 'Kaffeemaschine im Foyer: Termin für die Wartung',
      text: 'Guten Tag,\n\ndie Maschine im Foyer ist im nächsten Monat zur Wartung fällig. Uns passt jeder Dienstag vor zehn Uhr. Bitte nennen Sie mir einen Termin.\n\nMit freundlichen Grüßen\nRenate Schulz\nMensa Nordhafen',
    })
  })
  scene.at(190, async (then) => {
    await assignTicket(await then.as('jonas'), ticket!, { agent: scene.cast.agents.jonas })
    await then.reply(
      'jonas',
      ticket!,
      'Guten Tag Frau Schulz,\n\nder zweite Dienstag um 8 Uhr ist frei, unser Techniker braucht etwa eine Stunde. Passt Ihnen das?',
      'open',
    )
  })
  scene.at(187, async (then) => {
    const sent = scene.outbox.list().find((mail) => mail.to.includes(renate.address))
    if (!sent?.messageId) throw new Error('The answer to Renate Schulz did not leave')
    const to = scene.cast.mailboxes.support.address
    await then.raw(
      writeBounce({ to, date: then.now, recipient: renate.address, messageId: sent.messageId, subject: sent.subject }),
      '',
      to,
    )
  })
  scene.at(182, async (then) => {
    await then.note('jonas', ticket!, 'Ihr Postfach ist voll, die Antwort kam nicht an. Ich rufe in der Mensa an, Durchwahl 30.')
  })
  scene.tells('mailboxFull', () => {
    if (ticket)
      scene.answers.set(
        ticket.number,
        'Guten Tag,\n\nunser Postfach war voll, ich habe jetzt aufgeräumt. Der zweite Dienstag um 8 Uhr passt.\n\nRenate Schulz',
      )
    return ticket
  })
}

/** Their service desk answers each of our confirmations with one of its own. */
function loop(scene: Scene): void {
  const from = { name: 'Northgate Service Desk', address: 'servicedesk@northgate.example' }
  const subject = 'Coffee machine on floor 3: error 12'
  let ticket: Placed | null = null
  for (let round = 0; round < 9; round++) {
    scene.at(40 - round, async (then) => {
      const text =
        round === 0
          ? 'A request was opened at our service desk and concerns you as the supplier:\n\nCoffee machine on floor 3 shows error 12 and asks for a technician.\n\nNorthgate Service Desk'
          : `We have received your message and filed it as request NG-${88_140 + round}. You will hear from us shortly.\n\nNorthgate Service Desk`
      const placed = await then.mail({ from, subject: ticket ? `Re: ${subject} [#${ticket.number}]` : subject, text })
      ticket ??= placed
    })
  }
  scene.tells('loop', () => ticket)
}

const QUOTE: readonly { from: string; sent: string; text: string }[] = [
  {
    from: 'Jonas Keller <support@harbourcoffee.example>',
    sent: 'Dienstag, 14:12',
    text: 'Guten Tag Herr Baumann,\n\nvielen Dank für Ihre Nachricht. Die Maschine können wir zum Monatsende tauschen; die Mühle bleibt stehen. Für die Zwischenzeit würde ich Ihnen ein Leihgerät hinstellen lassen. Ist der Hintereingang noch über den Hof zu erreichen, und gibt es dort einen Wasseranschluss mit Absperrhahn?',
  },
  {
    from: 'Baumann, Friedrich <friedrich.baumann@cafe-morgenrot.example>',
    sent: 'Dienstag, 11:40',
    text: 'Sehr geehrter Herr Keller,\n\nwie besprochen möchten wir die alte Zweigruppige gegen das neue Modell tauschen. Wichtig ist uns, dass wir keinen Tag ohne Maschine sind, weil wir sonst die Frühstücksgäste verlieren. Bitte nennen Sie mir den Preis für den Tausch und für die Wartung im ersten Jahr.\n\nMit freundlichen Grüßen\nFriedrich Baumann',
  },
  {
    from: 'Jonas Keller <support@harbourcoffee.example>',
    sent: 'Montag, 16:55',
    text: 'Guten Tag Herr Baumann,\n\ndanke für das nette Telefonat. Anbei, wie versprochen, die Unterlagen zum neuen Modell. Am besten schauen Sie sich Seite 4 an: Dort stehen die Maße und der Stromanschluss.',
  },
]

function longQuote(scene: Scene): void {
  const friedrich = scene.cast.customer('Friedrich Baumann')
  const subject = 'Tausch der Siebträgermaschine'
  const signature = 'Mit freundlichen Grüßen\nFriedrich Baumann\n\nCafé Morgenrot GmbH\nSpeicherstraße 11, 20457 Hamburg'
  let ticket: Placed | null = null
  scene.at(1440 + 400, async (then) => {
    ticket = await then.mail({
      from: friedrich,
      subject,
      text: `${QUOTE[1]!.text}\n\nCafé Morgenrot GmbH\nSpeicherstraße 11, 20457 Hamburg`,
    })
  })
  scene.at(1440 + 250, async (then) => {
    await assignTicket(await then.as('jonas'), ticket!, { agent: scene.cast.agents.jonas })
    await then.reply('jonas', ticket!, QUOTE[0]!.text)
  })
  scene.at(112, async (then) => {
    const own =
      'Guten Tag Herr Keller,\n\nder Hintereingang ist frei, Wasser mit Absperrhahn ist links neben der Tür. Der Freitag der letzten Woche würde uns passen, am liebsten nach 18 Uhr. Das Leihgerät nehmen wir gern.'
    const header = ({ from, sent }: (typeof QUOTE)[number]): string[] => [
      `Von: ${from}`,
      `Gesendet: ${sent}`,
      `An: ${from.startsWith('Jonas') ? 'Baumann, Friedrich' : 'support@harbourcoffee.example'}`,
      `Betreff: AW: ${subject}`,
    ]
    await then.mail({
      from: { name: 'Baumann, Friedrich', address: friedrich.address },
      subject: `AW: ${subject} [#${ticket!.number}]`,
      text: [own, signature, ...QUOTE.map((one) => `${header(one).join('\n')}\n\n${one.text}`)].join('\n\n'),
      html: [
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang="DE" style="word-wrap:break-word"><div class="WordSection1">',
        ...`${own}\n\n${signature}`.split('\n').map((line) => `<p class="MsoNormal">${line || '&nbsp;'}</p>`),
        ...QUOTE.flatMap((one) => [
          '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">',
          header(one)
            .map((line) => line.replace(/^(\w+:)/, '<b>$1</b>').replace(/<([^<>@]+@[^<>]+)>/, '&lt;$1&gt;'))
            .join('<br>'),
          '</p></div></div>',
          ...one.text.split('\n').map((line) => `<p class="MsoNormal">${line || '&nbsp;'}</p>`),
        ]),
        '</div></body></html>',
      ].join('\n'),
      headers: { 'Thread-Topic': subject, 'X-Mailer': 'Microsoft Outlook 16.0', 'Accept-Language': 'de-DE' },
    })
  })
  scene.tells('longQuote', () => {
    if (ticket)
      scene.answers.set(
        ticket.number,
        'Guten Tag Herr Keller,\n\nnoch eine Frage: Brauchen Sie für den Tausch einen Parkplatz im Hof? Dann würde ich ihn frei halten.\n\nFriedrich Baumann',
      )
    return ticket
  })
}

function winmail(scene: Scene): void {
  const tariq = scene.cast.customer('Tariq Aziz')
  let ticket: Placed | null = null
  const rows = [
    'Floor;Machine;Cups per week;Last service',
    '1;Two-group;410;March',
    '3;Two-group;655;March',
    '6;Filter;120;January',
    '9;Two-group;380;May',
  ].join('\r\n')
  scene.at(143, async (then) => {
    ticket = await then.mail({
      from: tariq,
      subject: 'Cups per floor, and the contract',
      text: 'Hi,\n\nattached are the numbers per floor and our copy of the contract. Floor 3 is busier than we thought: should we put the larger machine there?\n\nTariq Aziz\nNorthgate Offices',
      attachments: [
        {
          name: 'winmail.dat',
          contentType: 'application/ms-tnef',
          content: writeTnef([
            { name: 'cups-per-floor.csv', content: Buffer.from(rows) },
            {
              name: 'contract-northgate.txt',
              content: Buffer.from(
                'Service contract 2041\r\nNorthgate Offices and Harbour Coffee\r\n\r\nFour machines, two services a year, answer within one working day.\r\n',
              ),
            },
          ]),
        },
      ],
      headers: { 'X-Mailer': 'Microsoft Outlook 16.0', 'X-MS-TNEF-Correlator': '<cups-per-floor@northgate.example>' },
    })
  })
  scene.tells('winmail', () => {
    if (ticket)
      scene.answers.set(
        ticket.number,
        'Could you open the two files? A colleague says that our Outlook sometimes wraps them up.\n\nTariq',
      )
    return ticket
  })
}

function filtered(scene: Scene): void {
  const sophie = scene.cast.customer('Sophie Garnier')
  let ticket: Placed | null = null
  // Before everything else: the desk had it all along.
  scene.at(29 * 1440, async (then) => {
    await saveTicketFilter(then.ctx, null, {
      name: 'Invoices in five languages go to Billing',
      needs: 'any',
      criteria: [
        { field: 'subject', test: 'contains', value: 'invoice, rechnung, facture, factura, 請求書' },
        { field: 'subject', test: 'matches', value: '\\bHC-\\d{5}\\b' },
      ],
      actions: { department: scene.cast.departments.billing },
    })
  })
  scene.at(105, async (then) => {
    ticket = await then.mail({
      from: sophie,
      subject: 'Facture HC-30611 reçue en double',
      text: 'Bonjour,\n\nnous avons reçu la facture HC-30611 deux fois, une fois par mail et une fois par courrier, avec deux dates différentes. Laquelle est la bonne ?\n\nMerci et bonne journée,\nSophie Garnier\nBoulangerie Lacroix',
    })
  })
  scene.tells('filtered', () => {
    if (ticket)
      scene.answers.set(
        ticket.number,
        'Bonjour,\n\nnotre comptable me relance : pourriez-vous me dire d’ici ce soir quelle facture est la bonne ?\n\nSophie',
      )
    return ticket
  })
}
