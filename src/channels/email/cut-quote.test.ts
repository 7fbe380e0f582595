import { describe, expect, it } from 'vitest'
import { parsedOwn } from '../../../tests/mail/own-mail.ts'
import { cutQuote } from './cut-quote.ts'

const visible = (text: string): string => cutQuote({ text }).visibleText

describe('attributions', () => {
  it.each([
    'On Mon, 2 Jun 2025 at 09:58, Sam <support@desk.example> wrote:',
    'On Jun 2, 2025, at 9:58 AM, Sam wrote:',
    'On Mon, 2 Jun 2025 at 09:58, Sam at Harbour Coffee <\nsupport@desk.example> wrote:',
    'Am 02.06.2025 um 09:58 schrieb Sam:',
    'Sam <support@desk.example> schrieb am Mo., 2. Juni 2025 um\n09:58 Uhr:',
    'Le lun. 2 juin 2025 à 09:58, Sam <support@desk.example> a écrit :',
    'El lun, 2 jun 2025 a las 9:58, Sam (<support@desk.example>) escribió:',
    'Il giorno lun 2 giu 2025 alle ore 09:58 Sam <support@desk.example> ha scritto:',
    'Em seg., 2 de jun. de 2025 às 09:58, Sam <support@desk.example> escreveu:',
    'Op ma 2 jun 2025 om 09:58 schreef Sam <support@desk.example>:',
    'Den mån 2 juni 2025 kl 09:58 skrev Sam <support@desk.example>:',
    'man. 2. juni 2025 kl. 09.58 skrev Sam <support@desk.example>:',
    'ma 2. kesäk. 2025 klo 9.58 Sam (support@desk.example) kirjoitti:',
    'pon., 2 cze 2025 o 09:58 Sam <support@desk.example> napisał(a):',
    'po 2. 6. 2025 v 9:58 odesílatel Sam <support@desk.example> napsal:',
    'пн, 2 июн. 2025 г. в 09:58, Sam <support@desk.example>:',
    '2 июня 2025 г., 09:58, Sam <support@desk.example> написал:',
    '2025年6月2日(月) 9:58 Sam <support@desk.example>:',
    'Sam <support@desk.example> 于2025年6月2日周一 09:58写道：',
    '2025년 6월 2일 (월) 오전 9:58, Sam <support@desk.example>님이 작성:',
    'Vào Th 2, 2 thg 6, 2025 vào lúc 09:58 Sam <support@desk.example> đã viết:',
    'Sam <support@desk.example>, 2 Haz 2025 Pzt, 09:58 tarihinde şunu yazdı:',
    'ในวันที่ จ. 2 มิ.ย. 2025 เวลา 09:58 Sam <support@desk.example> เขียนว่า:',
    '\u202bבתאריך יום ב׳, 2 ביוני 2025 ב-9:58 מאת \u202aSam\u202c <\u202asupport@desk.example\u202c>:\u202c',
    'في الاثنين، 2 يونيو 2025 في 9:58 ص تمت كتابة ما يلي بواسطة Sam <support@desk.example>:',
    'Sam <support@desk.example> ezt írta (időpont: 2025. jún. 2., H, 9:58):',
    '在 2025-06-02 09:58:00，"Sam" <support@desk.example> 写道：',
    '02.06.2025, 09:58, "Sam" <support@desk.example>:',
    '------ On Mon, 2 Jun 2025 09:58:00 +0000 Sam <support@desk.example> wrote ------',
  ])('%s', (line) => {
    expect(visible(`My answer.\n\n${line}\n\n> the old words\n> and more`)).toBe('My answer.')
    expect(visible(`My answer.\n\n${line}\n\nthe old words\n\nand more`)).toBe('My answer.')
  })

  it('finds none in what a person writes', () => {
    for (const text of [
      'On the phone you wrote: nothing works',
      'Here is what he wrote: it is loud since 2 June.\nPlease help.',
      'On Monday 2 June 2025 at 9:58 the grinder stopped.\nWe wrote to you.',
      'Reach me at kim@shop.example or 14:30:\nthanks',
      'As of 2 June 2025 your colleague said:\nit will be replaced.',
      'Our booking:\n\nFrom: London\nTo: Paris\nDate: 3 June\n\nPlease change it.',
      'Two of them:\n- 2025-06-02 14:30 failed:\n- 2025-06-03 worked',
    ]) {
      expect(visible(text), text).toBe(text)
    }
    const own = parsedOwn('text-that-only-looks-like-a-quote')
    expect(cutQuote(own).visibleText).toBe(own.text.trim())
    expect(cutQuote(own).hasQuote).toBe(false)
  })
})

describe('headers of a quoted mail', () => {
  it.each([
    ['From: Sam <s@desk.example>\nSent: Monday, June 2, 2025 9:58 AM\nTo: Kim\nSubject: Grinder'],
    ['*From:* Sam <s@desk.example>\n*Date:* Monday\n*To:* Kim\n*Subject:* Grinder'],
    ['________________________________\nFrom: Sam <s@desk.example>\nSent: Monday\nTo: Kim\nSubject: Grinder'],
    ['-----Original Message-----\nFrom: Sam\nTo: Kim'],
    ['Von: Sam <s@desk.example>\nGesendet: Montag, 2. Juni 2025 09:58\nAn: Kim\nBetreff: Mühle'],
    ['De : Sam <s@desk.example>\nEnvoyé : lundi 2 juin 2025 09:58\nÀ : Kim\nObjet : Moulin'],
    ['De: Sam <s@desk.example>\nEnviado: lunes, 2 de junio de 2025\nPara: Kim\nAsunto: Molino'],
    ['Da: Sam <s@desk.example>\nInviato: lunedì 2 giugno 2025\nA: Kim\nOggetto: Macina'],
    ['Van: Sam <s@desk.example>\nVerzonden: maandag 2 juni 2025\nAan: Kim\nOnderwerp: Molen'],
    ['Från: Sam <s@desk.example>\nSkickat: den 2 juni 2025\nTill: Kim\nÄmne: Kvarn'],
    ['-------- Oprindelig besked --------\nFra: Sam <s@desk.example>\nDato: 02.06.2025\nTil: Kim\nEmne: Mølle'],
    ['Od: Sam <s@desk.example>\nWysłano: poniedziałek\nDo: Kim\nTemat: Młynek'],
    ['От: Sam <s@desk.example>\nОтправлено: понедельник\nКому: Kim\nТема: Мельница'],
    ['发件人: Sam <s@desk.example>\n发送时间: 2025年6月2日\n收件人: Kim\n主题: 磨豆机'],
    ['差出人: Sam <s@desk.example>\n送信日時: 2025年6月2日\n宛先: Kim\n件名: ミル'],
  ])('%s', (block) => {
    const cut = cutQuote({ text: `My answer.\n\n${block}\n\nthe old words` })
    expect(cut.visibleText).toBe('My answer.')
    expect(cut.hiddenText).toContain('the old words')
    expect(cut.hasQuote).toBe(true)
  })
})

describe('whose words are whose', () => {
  it('keeps what answers between the lines, and what each line answers to', () => {
    expect(cutQuote(parsedOwn('answers-between-the-lines')).visibleText).toBe('Shop 14.\n\n> Since when?\n\nSince Monday.')
  })

  it('shows what was passed on when nothing was added', () => {
    expect(cutQuote(parsedOwn('forward-without-own-words')).visibleText).toBe('My order never came.')
  })

  it('shows a bare quote rather than nothing, but not one that an empty answer carries', () => {
    expect(visible('> Only this line.')).toBe('> Only this line.')
    expect(visible('> On Thu, 30 Apr 2020 at 10:07, Kim <kim@shop.example> wrote:\n>\n>> old words')).toBe('')
  })

  it('joins what stands tight around a quote', () => {
    expect(visible('Yes.\nOn 2 Jun 2025 at 9:58, Sam wrote:\n\n> old words\n\n\nKim')).toBe('Yes.\nKim')
    expect(visible('Yes.\n\nOn 2 Jun 2025 at 9:58, Sam wrote:\n\n> old words\n\nKim')).toBe('Yes.\n\nKim')
  })

  it.each(['Previous replies', '*Previous Replies*', '**Vorherige Antworten**', 'Réponses précédentes :'])(
    'cuts at a rule with "%s" below it, not at the words alone',
    (title) => {
      expect(visible(`My answer.\n\n---\n${title}\n\nold words`)).toBe('My answer.')
      expect(visible(`My answer.\n\n${title}\n\nmore`)).toContain('more')
    },
  )

  it('leaves code alone and folds the signature', () => {
    const cut = cutQuote(parsedOwn('program-text-in-fences'))
    expect(cut.visibleText).toContain('> not a quote\nOn 2 Jun 2025')
    expect(cut.visibleText).toMatch(/Can you help\?$/)
    expect(cut.hiddenText).toContain('Shop 14')
    expect([cut.hasQuote, cut.hasSignature]).toEqual([false, true])
  })

  it.each([
    'Sent from my iPhone',
    'Von meinem iPhone gesendet',
    'Envoyé de mon iPhone',
    'Get Outlook for iOS',
    'Enviado desde mi iPhone',
    'Verzonden vanaf mijn iPhone',
  ])('folds "%s"', (line) => {
    expect(visible(`Thanks!\n\n${line}`)).toBe('Thanks!')
  })

  it('folds the card under a closing formula, and leaves a name alone', () => {
    expect(visible('Please call.\n\nKind regards,\n\nKim Cole\nHead of Beans\n+44 1234')).toBe('Please call.')
    expect(visible('Please call.\n\nKind regards,\nKim')).toBe('Please call.\n\nKind regards,\nKim')
    expect(visible('Kind regards,\nKim\nBeans')).toBe('Kind regards,\nKim\nBeans')
  })

  it('keeps what lies beyond the lines it looks at', () => {
    const long = `Thanks!\nSent from my iPhone\n\n${'line\n'.repeat(25_000)}the end`
    expect(visible(long)).toMatch(/the end$/)
    const quoted = cutQuote({ text: `Yes.\n\nOn 2 Jun 2025, at 9:58, Sam wrote:\n${'> old\n'.repeat(25_000)}> the end` })
    expect(quoted.visibleText).toBe('Yes.')
    expect(quoted.hiddenText).toMatch(/the end$/)
  })

  it('throws nothing away', () => {
    for (const name of ['gmail-reply', 'outlook-german-header-block', 'answers-between-the-lines', 'program-text-in-fences']) {
      const mail = parsedOwn(name)
      const cut = cutQuote(mail)
      for (const word of mail.text.split(/\s+/)) expect(`${cut.visibleText}\n${cut.hiddenText}`).toContain(word)
    }
  })
})

describe('HTML', () => {
  it('cuts the same in both bodies', () => {
    const cut = cutQuote(parsedOwn('gmail-reply'))
    expect(cut.visibleText).toBe('It is still loud. Serial number is 7714.')
    expect(cut.visibleHtml?.replace(/<[^>]*>/g, '').trim()).toBe('It is still loud. Serial number is 7714.')
    expect(cut.visibleHtml).toContain('<b>7714</b>')
  })

  it.each([
    [
      'Apple Mail',
      '<div>My answer.</div><br><div><blockquote type="cite"><div>On 2 Jun 2025, at 09:58, Sam &lt;s@desk.example&gt; wrote:</div><div>old words</div></blockquote></div>',
    ],
    [
      'Outlook on the web',
      '<div>My answer.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Sam<br><b>Sent:</b> Monday</div><div>old words</div>',
    ],
    [
      'Outlook for Windows',
      '<div class=WordSection1><p class=MsoNormal>My answer.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Sam &lt;s@desk.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Kim<br><b>Subject:</b> Grinder</p></div><p>old words</p></div>',
    ],
    [
      'Thunderbird',
      '<p>My answer.</p><div class="moz-cite-prefix">Am 02.06.2025 um 09:58 schrieb Sam:<br></div><blockquote type="cite"><p>old words</p></blockquote>',
    ],
    [
      'Yahoo',
      '<div>My answer.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, Sam wrote:</div><div>old words</div></div>',
    ],
    [
      'Proton',
      '<div>My answer.</div><div class="protonmail_quote">On Monday, Sam wrote:<br><blockquote>old words</blockquote></div>',
    ],
    [
      'Samsung',
      '<div>My answer.</div><div>-------- Original message --------</div><div>From: Sam &lt;s@desk.example&gt;</div><div>Date: 02/06/2025</div><div>old words</div>',
    ],
    ['text put into HTML', '<div>My answer.</div><div>On 2 Jun 2025, at 09:58, Sam wrote:</div><div>&gt; old words</div>'],
    [
      'fields in paragraphs',
      '<p>My answer.</p><p><b>From:</b> Sam &lt;s@desk.example&gt;</p><p><b>Sent:</b> Monday</p><p><b>To:</b> Kim</p><p>old words</p>',
    ],
    ['a plain block quote', '<p>My answer.</p><p>Am 02.06.2025 um 09:58 schrieb Sam:</p><blockquote>old words</blockquote>'],
  ])('%s', (_program, html) => {
    const cut = cutQuote({ text: '', html })
    expect(cut.visibleText).toBe('My answer.')
    expect(cut.visibleHtml).toContain('My answer.')
    expect(cut.visibleHtml).not.toContain('old words')
    expect(cut.hiddenText).toContain('old words')
  })

  it('keeps an answer that stands inside or below the quote', () => {
    const inside = cutQuote({
      text: '',
      html: '<div class="gmail_quote"><div class="gmail_attr">On Monday, Sam wrote:</div><blockquote class="gmail_quote">old words</blockquote><div>My answer.</div></div>',
    })
    expect(inside.visibleText).toBe('My answer.')
    const below = cutQuote({ text: '', html: '<blockquote type="cite">old words</blockquote><p>My answer.</p>' })
    expect(below.visibleHtml?.replace(/<[^>]*>/g, '')).toBe('My answer.')
  })

  it('leaves the markup balanced', () => {
    const cut = cutQuote({
      text: '',
      html: '<table><tr><td><p>My answer.</p><blockquote type="cite"><p>old</p></td></tr></table><p>Bye</p>',
    })
    expect(cut.visibleHtml).toContain('</td></tr></table>')
  })
})

it('takes time in proportion to the length', () => {
  const mean = [
    '> '.repeat(500_000),
    '>\n'.repeat(400_000),
    'On Mon 2 Jun 2025 <\n'.repeat(40_000),
    'From: x\n\n'.repeat(60_000),
    `${'-'.repeat(900_000)}`,
    'a@b <'.repeat(150_000),
    `${'x--- on '.repeat(100_000)}:`,
    '```\n> x\n'.repeat(100_000),
    '<div class="gmail_quote">x'.repeat(30_000),
    '<blockquote>x'.repeat(60_000),
    '*'.repeat(400) + '\n'.repeat(3) + '- * '.repeat(200_000),
  ]
  for (const text of mean) {
    const before = process.cpuUsage()
    cutQuote({ text, html: `<p>${text}</p>` })
    expect(process.cpuUsage(before).user / 1_000, text.slice(0, 20)).toBeLessThan(3_000)
  }
})
