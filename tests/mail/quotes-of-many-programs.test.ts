import { describe, expect, it } from 'vitest'
import { cutQuote } from '#channels/email/cut-quote.ts'

const visible = (text: string): string => cutQuote({ text }).visibleText

describe('who wrote, in many languages and programs', () => {
  it.each([
    // Gmail
    'Missatge de Sam <s@desk.example> del dia dl., 2 de juny 2025 a les 9:58:',
    'Den man. 2. jun. 2025 kl. 09.58 skrev Sam <s@desk.example>:',
    'po 2. 6. 2025 o 9:58 Sam <s@desk.example> napísal(a):',
    'V V pon., 2. jun. 2025 ob 09:58 je oseba Sam <s@desk.example> napisala:',
    'pon, 2. lip 2025. u 09:58 Sam <s@desk.example> napisao je:',
    'пон, 2. јун 2025. у 09:58 Sam <s@desk.example> је написао/ла:',
    'În lun., 2 iun. 2025 la 09:58, Sam <s@desk.example> a scris:',
    'На пн, 2.06.2025 г. в 9:58 Sam <s@desk.example> написа:',
    'пн, 2 черв. 2025 р. о 09:58 Sam <s@desk.example> пише:',
    'Στις Δευ 2 Ιουν 2025 στις 9:58 π.μ., ο/η Sam <s@desk.example> έγραψε:',
    '2025-06-02, pr, 09:58 Sam <s@desk.example> rašė:',
    'Pirmd., 2025. g. 2. jūn., plkst. 09:58 — lietotājs Sam (<s@desk.example>) rakstīja:',
    'Kuupäev E, 2. juuni 2025 kell 09:58 kirjutas Sam <s@desk.example>:',
    'mán., 2. jún. 2025 kl. 09:58 skrifaði Sam <s@desk.example>:',
    'Pada tanggal Sen, 2 Jun 2025 pukul 09.58 Sam <s@desk.example> menulis:',
    'Noong Lun, Hun 2, 2025 nang 9:58 AM si Sam <s@desk.example> sumulat:',
    'सोम, 2 जून 2025 को 9:58 am बजे को Sam <s@desk.example> ने लिखा:',
    'সোম, ২ জুন, ২০২৫ এ ৯:৫৮ AM টায় Sam <s@desk.example> লিখেছেন:',
    'திங்., 2 ஜூன், 2025, 9:58 AM அன்று, Sam <s@desk.example> எழுதியது:',
    'در تاریخ دوشنبه ۲ ژوئن ۲۰۲۵،‏ ۹:۵۸ Sam <s@desk.example> نوشت:',
    'Mnamo Jum, 2 Jun 2025 saa 09:58 Sam <s@desk.example> aliandika:',
    'Sam (<s@desk.example>) erabiltzaileak hau idatzi du (2025(e)ko eka. 2(a), al. (09:58)):',
    'O luns, 2 de xuño de 2025 ás 09:58, Sam (<s@desk.example>) escribiu:',
    'Sam <s@desk.example> 於 2025年6月2日 週一 上午9:58寫道：',
    'Op Ma., 02 Jun. 2025 om 09:58 het Sam <s@desk.example> geskryf:',
    // Apple Mail
    'Le 2 juin 2025 à 09:58, Sam <s@desk.example> a écrit :',
    'Il giorno 2 giu 2025, alle ore 09:58, Sam <s@desk.example> ha scritto:',
    'Op 2 jun 2025, om 09:58 heeft Sam <s@desk.example> het volgende geschreven:',
    '2 juni 2025 kl. 09:58 skrev Sam <s@desk.example>:',
    'Sam <s@desk.example> kirjoitti 2.6.2025 kello 9.58:',
    'Wiadomość napisana przez Sam <s@desk.example> w dniu 2 cze 2025, o godz. 09:58:',
    'Em 2 de jun. de 2025, à(s) 09:58, Sam <s@desk.example> escreveu:',
    'No dia 02/06/2025, às 09:58, Sam <s@desk.example> escreveu:',
    '在 2025年6月2日，09:58，Sam <s@desk.example> 写道：',
    '2025/06/02 9:58、Sam <s@desk.example>のメール:',
    '2025. 6. 2. 오전 9:58, Sam <s@desk.example> 작성:',
    '2 июня 2025 г., в 09:58, Sam <s@desk.example> написал(а):',
    'Sam <s@desk.example> şunları yazdı (2 Haz 2025 09:58):',
    // Thunderbird
    'On 02/06/2025 09:58, Sam wrote:',
    'Le 02/06/2025 à 09:58, Sam a écrit :',
    'Il 02/06/2025 09:58, Sam ha scritto:',
    'El 02/06/2025 a las 9:58, Sam escribió:',
    'Op 02-06-2025 om 09:58 schreef Sam:',
    'W dniu 02.06.2025 o 09:58, Sam pisze:',
    'Dne 02. 06. 25 v 9:58 Sam napsal(a):',
    'Sam kirjoitti 2.6.2025 klo 9.58:',
    '02.06.2025 09:58, Sam пишет:',
    '2025. 06. 02. 9:58 keltezéssel, Sam írta:',
    'Στις 2/6/2025 9:58 π.μ., ο Sam έγραψε:',
    '於 2025/6/2 上午 09:58, Sam 寫道:',
    '在 2025/6/2 9:58, Sam 写道:',
    'La 02.06.2025 09:58, Sam a scris:',
    '02.06.2025 09:58 tarihinde Sam yazdı:',
    'Dana 02. 06. 2025. u 09:58, Sam je napisao/la:',
    '02.06.25 09:58, Sam написав(-ла):',
    // Yahoo
    'On Monday, June 2, 2025 at 09:58:00 AM GMT+2, Sam <s@desk.example> wrote:',
    'Le lundi 2 juin 2025 à 09:58:00 UTC+2, Sam <s@desk.example> a écrit :',
    'Am Montag, 2. Juni 2025, 09:58:00 MESZ hat Sam <s@desk.example> Folgendes geschrieben:',
    'In data lunedì 2 giugno 2025 alle ore 09:58:00 CEST, Sam <s@desk.example> ha scritto:',
    // Others
    'On Monday, June 2nd, 2025 at 9:58 AM, Sam <s@desk.example> wrote:',
    'Am Montag, 2. Juni 2025, 09:58:00 CEST schrieb Sam:',
    'On Mon, Jun 02, 2025 at 09:58:00AM +0200, Sam wrote:',
    'On 2 Jun 2025, 09:58 +0200, Sam <s@desk.example>, wrote:',
    'On Mon, 2 Jun 2025, at 9:58 AM, Sam wrote:',
    'At 2025-06-02 09:58:00, "Sam" <s@desk.example> wrote:',
    'Понедельник, 2 июня 2025, 9:58 +03:00 от Sam <s@desk.example>:',
    'Il 02/06/2025 09:58 CEST Sam <s@desk.example> ha scritto:',
    'Sam/Desk wrote on 06/02/2025 09:58:00 AM:',
    '>>> Sam <s@desk.example> 02.06.2025 09:58 >>>',
    '>>> Sam 6/2/2025 9:58 AM >>>',
    'Quoting Sam <s@desk.example>:',
    'Zitat von Sam <s@desk.example>:',
    'Citando Sam <s@desk.example>:',
    'Sam <s@desk.example> writes:',
    '* Sam <s@desk.example> [2025-06-02 09:58]:',
    '‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐',
    '----- Mail original -----',
    '----- Ursprüngliche Mail -----',
    '-----Original-Nachricht-----',
    '-------- Ursprüngliche Nachricht --------',
    '-------- Oorspronkelijk bericht --------',
    '-------- Původní zpráva --------',
    '-------- Eredeti üzenet --------',
    '-------- Mesaj original --------',
    '-------- Izvorna poruka --------',
    '-------- Vidarebefordrat meddelande --------',
    '------------------ 原始邮件 ------------------',
    '---- Replied Message ----',
    '-------- 원본 메일 --------',
    '---------- ข้อความต้นฉบับ ----------',
    '##- Please type your reply above this line -##',
  ])('%s', (line) => {
    expect(visible(`My answer.\n\n${line}\n\n> the old words\n> and more`)).toBe('My answer.')
    expect(visible(`My answer.\n\n${line}\n\nthe old words\n\nand more`)).toBe('My answer.')
  })
})

describe('the head of a quoted mail, in many languages', () => {
  it.each([
    'Von: "Sam" <s@desk.example>\nGesendet: Montag, 2. Juni 2025 um 09:58 Uhr\nAn: Kim\nBetreff: Mühle',
    'Gesendet: Montag, 2. Juni 2025 um 09:58 Uhr\nVon: "Sam" <s@desk.example>\nAn: kim@shop.example\nBetreff: Mühle',
    'De la: Sam <s@desk.example>\nTrimis: luni, 2 iunie 2025 09:58\nCătre: Kim\nSubiect: Râșniță',
    'Feladó: Sam <s@desk.example>\nElküldve: 2025. június 2., hétfő 9:58\nCímzett: Kim\nTárgy: Daráló',
    'Od: Sam <s@desk.example>\nOdesláno: pondělí 2. června 2025 9:58\nKomu: Kim\nPředmět: Mlýnek',
    'Od: Sam <s@desk.example>\nOdoslané: pondelok 2. júna 2025 9:58\nKomu: Kim\nPredmet: Mlynček',
    'Od: Sam <s@desk.example>\nPoslano: ponedjeljak, 2. lipnja 2025. 9:58\nZa: Kim\nPredmet: Mlinac',
    'Pošiljatelj: Sam <s@desk.example>\nPoslano: ponedeljek, 02. junij 2025 09:58\nZa: Kim\nZadeva: Mlinček',
    'Από: Sam <s@desk.example>\nΣτάλθηκε: Δευτέρα, 2 Ιουνίου 2025 9:58\nΠρος: Kim\nΘέμα: Μύλος',
    'Kimden: Sam <s@desk.example>\nGönderildi: 2 Haziran 2025 Pazartesi 09:58\nKime: Kim\nKonu: Değirmen',
    'Gönderen: Sam <s@desk.example>\nTarih: 2 Haziran 2025 09:58\nAlıcı: Kim\nKonu: Değirmen',
    'Lähettäjä: Sam <s@desk.example>\nLähetetty: maanantai 2. kesäkuuta 2025 9.58\nVastaanottaja: Kim\nAihe: Mylly',
    'Fra: Sam <s@desk.example>\nSendt: mandag 2. juni 2025 09:58\nTil: Kim\nEmne: Kvern',
    'Від: Sam <s@desk.example>\nНадіслано: 2 червня 2025 р. 9:58\nКому: Kim\nТема: Млинок',
    'От: Sam <s@desk.example>\nИзпратено: понеделник, 2 юни 2025 г. 9:58\nДо: Kim\nОтносно: Мелница',
    'מאת: Sam <s@desk.example>\nנשלח: יום שני 2 יוני 2025 09:58\nאל: Kim\nנושא: מטחנה',
    'من: Sam <s@desk.example>\nتم الإرسال: الاثنين، 2 يونيو 2025 09:58\nإلى: Kim\nالموضوع: مطحنة',
    '보낸 사람: Sam <s@desk.example>\n보낸 날짜: 2025년 6월 2일 월요일 오전 9:58\n받는 사람: Kim\n제목: 그라인더',
    '寄件者: Sam <s@desk.example>\n寄件日期: 2025年6月2日 上午 09:58\n收件者: Kim\n主旨: 磨豆機',
    'Từ: Sam <s@desk.example>\nĐã gửi: Thứ Hai, 2 tháng 6, 2025 9:58\nTới: Kim\nChủ đề: Máy xay',
    'จาก: Sam <s@desk.example>\nส่ง: วันจันทร์ที่ 2 มิถุนายน 2025 9:58\nถึง: Kim\nเรื่อง: เครื่องบด',
    'Dari: Sam <s@desk.example>\nTerkirim: 2 Juni 2025 9:58\nKepada: Kim\nSubjek: Penggiling',
    'De: Sam <s@desk.example>\nEnviat: dilluns, 2 de juny de 2025 9:58\nPer a: Kim\nTema: Molinet',
    'Saatja: Sam <s@desk.example>\nSaadetud: esmaspäev, 2. juuni 2025 09:58\nAdressaat: Kim\nTeema: Veski',
    'No: Sam <s@desk.example>\nNosūtīts: pirmdiena, 2025. gada 2. jūnijs 9:58\nKam: Kim\nTēma: Dzirnaviņas',
    'Nuo: Sam <s@desk.example>\nIšsiųsta: 2025 m. birželio 2 d. 9:58\nKam: Kim\nTema: Malūnėlis',
    'De: Sam <s@desk.example>\nEnviada em: segunda-feira, 2 de junho de 2025 09:58\nPara: Kim\nAssunto: Moinho',
    'From "Sam" <s@desk.example>\nTo kim@shop.example\nDate 02.06.2025 09:58:00\nSubject Grinder',
    'From:\tSam <s@desk.example>\nTo:\tKim\nDate:\t06/02/2025 09:58 AM\nSubject:\tGrinder',
    '| From | Sam<s@desk.example> |\n| Date | 06/02/2025 09:58 |\n| To | Kim<kim@shop.example> |\n| Subject | Grinder |',
  ])('%s', (block) => {
    expect(visible(`My answer.\n\n${block}\n\nthe old words`)).toBe('My answer.')
  })
})

describe('lines that programs add', () => {
  it.each([
    'Sent from my Galaxy',
    'Sent from Outlook for Android',
    'Sent from Yahoo Mail for iPhone',
    'Sent with Proton Mail secure email.',
    'Von meinem Samsung Galaxy Smartphone gesendet.',
    'Gesendet mit der GMX Mail App',
    'Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.',
    'Envoyé à partir de Outlook pour iOS',
    'Envoyé de mon mobile Samsung Galaxy.',
    'Téléchargez Outlook pour Android',
    'Obtener Outlook para iOS',
    'Holen Sie sich Outlook für Android',
    'Outlook für iOS beziehen',
    'Obter o Outlook para iOS',
    'Scarica Outlook per Android',
    'Outlook voor Android downloaden',
    'Hämta Outlook för iOS',
    'Hent Outlook til Android',
    'Pobierz aplikację Outlook dla systemu iOS',
    'Stáhnout Outlook pro Android',
    'Скачать Outlook для Android',
    'Inviato da iPhone',
    'Sendt fra min iPhone',
    'Skickat från min iPhone',
    'Lähetetty iPhonesta',
    'Wysłane z iPhone’a',
    'Odesláno z iPhonu',
    'Отправлено с iPhone',
    'Trimis de pe iPhone-ul meu',
    'Küldve az iPhone-omról',
    'Στάλθηκε από το iPhone μου',
    'iPhone’umdan gönderildi',
    'iPhoneから送信',
    '发自我的iPhone',
    '從我的 iPhone 傳送',
    '나의 iPhone에서 보냄',
    'נשלח מה-iPhone שלי',
    'أُرسلت من الـ iPhone الخاص بي',
    'Enviado do meu iPhone',
    'Poslano z mojega iPhone',
    'Poslané z iPhonu',
    'Надіслано з iPhone',
    'Dikirim dari iPhone saya',
    'Gửi từ iPhone của tôi',
    'ส่งจาก iPhone ของฉัน',
  ])('%s', (line) => {
    expect(visible(`Thanks!\n\n${line}`)).toBe('Thanks!')
  })
})

describe('what people write themselves stays', () => {
  it.each([
    'Sent from our warehouse on Monday, but it never arrived.\nCan you look?',
    'Quoting your price list: 40 euros.\nIs that right?',
    'From: the door\nTo: the window\nit measures 4 m.',
    'Hi,\n\nI wrote at 9:58 on 2 June:\nno answer yet.',
    '| From | To |\n| London | Paris |\n\nPlease book.',
    'From today on\nTo all of you\nSubject to change',
    'See >>> here <<< please.',
    'Outlook for tomorrow: rain.\nPlease postpone.',
    'He writes:\nplease call me.',
    'No: it does not work.\nKam: 4\nPlease help.',
  ])('%s', (text) => {
    expect(visible(text)).toBe(text)
  })
})

describe('the mark-up of programs', () => {
  it.each([
    [
      'Gmail in the browser',
      '<div dir="ltr">My answer.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, 2 Jun 2025 at 09:58, Sam &lt;<a href="mailto:s@desk.example">s@desk.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>old words</div></blockquote></div>',
    ],
    [
      'Gmail with a signature',
      '<div dir="ltr">My answer.<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Kim Cole<br>Beans</div></div><br><div class="gmail_quote"><div class="gmail_attr">On Monday, Sam wrote:</div><blockquote class="gmail_quote">old words</blockquote></div>',
    ],
    [
      'Outlook on a phone',
      '<div>My answer.</div><div><br></div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Sam<br><b>Sent:</b> Monday<br></div>old words',
    ],
    [
      'the new Outlook on a phone',
      '<div class="ms-outlook-mobile-body-separator-line">My answer.</div><div id="ms-outlook-mobile-body-separator-line" dir="ltr"><br></div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message"><b>From:</b> Sam<br>old words</div></div>',
    ],
    [
      'the new Outlook for Windows',
      '<div class="elementToProof">My answer.</div><div id="appendonsend"></div><div class="elementToProof" id="Signature">Kim Cole</div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Sam</div><div>old words</div>',
    ],
    [
      'Outlook for Mac',
      '<div><p class="MsoNormal">My answer.</p></div><div id="mail-editor-reference-message-container"><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From: </b>Sam &lt;s@desk.example&gt;<br><b>Date: </b>Monday, 2 June 2025 at 09:58<br><b>To: </b>Kim<br><b>Subject: </b>Grinder</p></div><p>old words</p></div></div>',
    ],
    [
      'Outlook for Windows, in French',
      '<p class="MsoNormal">My answer.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>De&nbsp;:</b> Sam &lt;s@desk.example&gt; <br><b>Envoyé&nbsp;:</b> lundi 2 juin 2025 09:58<br><b>À&nbsp;:</b> Kim<br><b>Objet&nbsp;:</b> Moulin</p></div><p>old words</p>',
    ],
    [
      'Apple Mail with a phone’s line',
      '<div dir="ltr">My answer.<br><div dir="ltr">Sent from my iPhone</div></div><div dir="ltr"><br><blockquote type="cite">On 2 Jun 2025, at 09:58, Sam &lt;s@desk.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">old words</div></blockquote>',
    ],
    [
      'Apple Mail, attribution before the quote',
      '<div>My answer.</div><br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Am 02.06.2025 um 09:58 schrieb Sam &lt;s@desk.example&gt;:</div><br class="Apple-interchange-newline"><div>old words</div></blockquote></div>',
    ],
    [
      'Thunderbird with a signature',
      '<p>My answer.</p><div class="moz-signature">-- <br>Kim Cole</div><div class="moz-cite-prefix">On 02/06/2025 09:58, Sam wrote:<br></div><blockquote type="cite" cite="mid:1@x"><p>old words</p></blockquote>',
    ],
    [
      'Yahoo on a phone',
      '<div>My answer.<br><br><div id="ymail_android_signature"><a href="https://x.example">Sent from Yahoo Mail on Android</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto"> <div>On Mon, 2 Jun 2025 at 9:58, Sam</div><div>&lt;s@desk.example&gt; wrote:</div> </div> <div>old words</div></blockquote></div>',
    ],
    [
      'Proton with its line',
      '<div>My answer.</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, June 2nd, 2025 at 9:58 AM, Sam &lt;s@desk.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">old words</blockquote></div>',
    ],
    [
      'Samsung with its line',
      '<div dir="auto">My answer.</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px">Sent from my Galaxy</div></div><div><br></div><div style="font-size:100%" dir="auto"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Sam &lt;s@desk.example&gt; </div><div>Date: 02/06/2025  09:58  (GMT+01:00) </div><div>To: kim@shop.example </div><div>Subject: Grinder </div><div><br></div></div>old words',
    ],
    [
      'GMX and Web.de',
      '<div>My answer.</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 2. Juni 2025 um 09:58 Uhr<br><b>Von:</b>&nbsp;&quot;Sam&quot; &lt;s@desk.example&gt;<br><b>An:</b>&nbsp;kim@shop.example<br><b>Betreff:</b>&nbsp;M&uuml;hle</div><div>old words</div></div></div>',
    ],
    [
      'Zoho',
      '<div>My answer.</div><div class="zmail_extra" style="border-top:1px"><div>---- On Mon, 02 Jun 2025 09:58:00 +0200 <b>Sam &lt;s@desk.example&gt;</b> wrote ---</div><blockquote>old words</blockquote></div>',
    ],
    [
      'FastMail',
      '<div>My answer.</div><div><br></div><div>On Mon, 2 Jun 2025, at 9:58 AM, Sam wrote:</div><blockquote type="cite" id="qt"><div>old words</div></blockquote>',
    ],
    [
      'QQ Mail',
      '<div>My answer.</div><div><br></div><div><div style="font-size:12px;padding:2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><div><b>发件人:</b> "Sam" &lt;s@desk.example&gt;</div><div><b>发送时间:</b> 2025年6月2日(星期一) 上午9:58</div></div><div>old words</div></div>',
    ],
    [
      'Zimbra',
      '<div>My answer.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Sam" &lt;s@desk.example&gt;<br></div><div data-marker="__QUOTED_TEXT__">old words</div>',
    ],
    [
      'Mailbird',
      '<div>My answer.</div><blockquote class="history_container" type="cite"><p>On 02/06/2025 09:58:00, Sam &lt;s@desk.example&gt; wrote:</p><div>old words</div></blockquote>',
    ],
    [
      'Lotus Notes',
      '<div>My answer.</div><br><br><font color="#990099">-----"Sam" &lt;s@desk.example&gt; wrote: -----</font><div>To: kim@shop.example<br>From: "Sam" &lt;s@desk.example&gt;<br>Date: 06/02/2025 09:58AM<br>Subject: Grinder<br><br>old words</div>',
    ],
    [
      'Spark',
      '<div name="messageBodySection"><div dir="auto">My answer.</div></div><div name="messageSignatureSection"><br><div>Kim Cole</div></div><div name="messageReplySection">On 2 Jun 2025, 09:58 +0200, Sam &lt;s@desk.example&gt;, wrote:<br><blockquote type="cite">old words</blockquote></div>',
    ],
    [
      'Front',
      '<div>My answer.</div><blockquote type="cite" class="front-blockquote">On June 2, 2025, 9:58 AM GMT+2 <a href="mailto:s@desk.example">s@desk.example</a> wrote:<br>old words</blockquote>',
    ],
    [
      'mail.ru',
      '<div>My answer.<br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Понедельник, 2 июня 2025, 9:58 +03:00 от Sam &lt;s@desk.example&gt;:<br><div>old words</div></blockquote></div>',
    ],
  ])('%s', (_program, html) => {
    const cut = cutQuote({ text: '', html })
    expect(cut.visibleText).toBe('My answer.')
    expect(cut.visibleHtml).not.toContain('old words')
    expect(cut.hiddenText).toContain('old words')
  })
})
