/**
 * How mail programs introduce what they quote, in the languages they speak. Every pattern is tried on a bounded piece of text, so that no input makes
 * matching slow.
 */

const maxAttribution = 500

// "wrote" — also in the middle, where the name stands last (Dutch, Swedish, German).
const wrote =
  '(?:wrote|writes|said|sent|a écrit|écrit|schrieb|geschrieben|escribi[óo]|ha escrito|ha scritto|scrisse|escreveu|schreef|geschreven|skrev|skreiv|kirjoitti|napisa[łl](?:\\(a\\)|a)?|pisze|написал(?:а|\\(а\\))?|пишет|написав|пише|đã viết|viết|写道|寫道|写入|さんは書きました|のメッセージ|작성|님이 작성|yazdı|şunları yazdı|napsala?(?:\\(a\\))?|napísala?|a scris|írta|έγραψε|כתב(?:ה|/ה)?|كتب|ha escrit|je napisa(?:l|o|la)|пиша|написа)'
const wroteAnywhere = new RegExp(`[>)"\\s]${wrote}\\s`, 'iu')
const attributionEnd = new RegExp(`${wrote}\\s*[:：,]?\\s*$`, 'iu')
const attributionMiddle = new RegExp(
  `^(?:op|den|am|på|il|em|el|a|w dniu|dnia|dne|le|ven|vào|on)\\b.{4,200}\\s${wrote}\\s.{1,200}[:：]\\s*$`,
  'iu',
)
const looseEnd = /(?:said|sent|writes)\s*[:：,]?\s*$/i
const wroteAfterAddress = new RegExp(`[>)]\\s${wrote}\\s.{4,120}[:：]$`, 'iu')
const starts =
  /^(?:on|le|am|il|el|op|em|den|på|w dniu|dnia|dne|dňa|vào|at|in|\d|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so|ma|ti|ke|to|pe|la|su|пн|вт|ср|чт|пт|сб|вс|pon|wt|śr|czw|pt|sob|niedz|za|zo|wo|vr|lør|søn|ons|fre|tors|tirs|man|i|ter|sex|sáb|qua|qui|seg|dom)\b/iu
const clockTime = /\b\d{1,2}\s?[:.h]\s?\d{2}\b/
const dateLike = /\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\b\d{1,2}\.? [\p{L}]{3,}/u
const mailbox = /[^\s<>@"']+@[^\s<>@"']+/

/** How often one message may be looked at for an attribution: far more than any mail of people needs. */
export type Tries = { left: number }

export const triesOfAMessage = 5_000

/** How many lines from `at` are an attribution such as "On Monday Kim wrote:"; 0 when none begins here. It may be broken over several lines. */
export function attributionLength(
  lines: readonly string[],
  at: number,
  isQuoted: (index: number) => boolean,
  tries: Tries = { left: triesOfAMessage },
): number {
  if ((lines[at] ?? '').length > maxAttribution) return 0
  const first = stripDashes(lines[at] ?? '')
  if (first.length > maxAttribution || first.length < 4) return 0
  let joined = ''
  for (let count = 1; count <= 8; count++) {
    const index = at + count - 1
    const line = lines[index]
    if (line === undefined || line.length > maxAttribution) return 0
    const open = (joined.match(/</g)?.length ?? 0) > (joined.match(/>/g)?.length ?? 0)
    if (line.trim() === '') {
      // A blank line inside only while an address is open, or about to be.
      if (open || /^\s*<\s*$/.test(lines[index + 1] ?? '')) continue
      return 0
    }
    // A ">" that closes the address of the line before is no quote mark.
    if (count > 1 && isQuoted(index) && !(open && /^\s*>[^>]{0,40}[:：]\s*$/.test(line))) return 0
    joined = count === 1 ? first : `${joined}${/<\s*$/.test(joined) ? '' : ' '}${stripDashes(line)}`
    if (joined.length > maxAttribution) return 0
    if (tries.left <= 0) return 0
    if (mayEndAttribution(joined)) {
      tries.left--
      if (isAttribution(joined, count)) return count
    }
    // Only what looks like the beginning of one may go on in the next line.
    if (
      count === 1 &&
      !(starts.test(joined) && /\d/.test(joined)) &&
      !/[<,@]\s*\S*$/.test(joined) &&
      !(mailbox.test(joined) && wroteAnywhere.test(joined))
    )
      return 0
    if (count === 1 && /[.!?]$/.test(joined) && !/\b([ap]\.m|[\p{L}]{2,4})\.$/iu.test(joined)) return 0
  }
  return 0
}

/** A cheap look at the end: a colon, the bracket of an address, or one of the verbs. */
function mayEndAttribution(text: string): boolean {
  return /[:：>)،,]\s*$/.test(text.slice(-4)) || attributionEnd.test(text.slice(-40))
}

function isAttribution(text: string, lines: number): boolean {
  const flat = text.replace(/\s+/g, ' ').trim()
  const timed = clockTime.test(flat)
  const dated = timed || dateLike.test(flat)
  const addressed = mailbox.test(flat)
  if (attributionEnd.test(flat.slice(-40))) {
    // A sentence of a person can end in "you said:" as well; with a time or an address it hardly does.
    if (addressed) return dated || starts.test(flat) || lines <= 2
    if (looseEnd.test(flat)) return timed && starts.test(flat)
    return dated && (starts.test(flat) || timed)
  }
  if (!/[:：>]$/.test(flat)) return false
  if (dated && wroteAnywhere.test(flat) && attributionMiddle.test(flat)) return true
  // "Kim <kim@example.net> schrieb am Di., 16. Aug. 2016 um 12:52 Uhr:"
  if (dated && /[:：]$/.test(flat) && addressed && wroteAfterAddress.test(flat)) return true
  // "2013/7/20 Kim via Desk <kim@example.net>", without a colon.
  if (/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s[^<>]{1,120}<[^<>\s]+@[^<>\s]+>$/.test(flat)) return true
  // In whatever language: a date, a time, an address in brackets, and a colon at the end.
  return /[:：]$/.test(flat) && flat.length < 300 && timed && dateLike.test(flat) && /[<(][^<>()\s]+@[^<>()\s]+\s?[>)]/.test(flat)
}

function stripDashes(line: string): string {
  return line
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .replace(/^[-–—_*=]{2,}\s*/, '')
    .replace(/\s*[-–—_*=]{2,}$/, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/^\*+|\*+$/g, '')
    .trim()
}

const separators =
  /^(?:original[- ]?(?:message|nachricht|mail|e-mail|meddelande|melding)|message d.origine|messages? d'origine|original-nachricht|ursprüngliche (?:nachricht|e-mail|mail)|mensaje original|messaggio originale|mensagem original|oorspronkelijk(?:e)? bericht|originele? bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|исходное сообщение|оригинальное сообщение|originalmeddelande|reply message|reply|antwort|原始邮件|原始郵件|元のメッセージ|원본 메시지|original appointment|eredeti üzenet|mesaj original|orijinal (?:mesaj|ileti)|αρχικό μήνυμα|izvorna poruka|thư gốc)\s*:?$/iu
const forwards =
  /^(?:forwarded (?:message|mail|by .{1,60})|begin forwarded message|weitergeleitete (?:nachricht|e-mail)|anfang der weitergeleiteten (?:nachricht|e-mail)|message (?:transféré|réexpédié)|début du message (?:réexpédié|transféré)|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|início da mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat (?:meddelande|brev)|videresendt (?:melding|meddelelse)|välitetty viesti|przekazana wiadomość|wiadomość przekazana|пересылаемое сообщение|переслан(?:ное|ое) (?:сообщение|письмо)|přeposlaná zpráva|转发的?邮件|轉寄郵件|転送メッセージ)\s*:?$/iu
const replyAbove =
  /(?:please )?(?:type|write|reply|respond|enter).{0,30}\babove this line\b|antworten sie oberhalb dieser linie|répondre au-dessus de cette ligne/iu

/** "-----Original Message-----" and its kin. */
export function isSeparator(line: string): boolean {
  const text = line.trim()
  if (text.length < 5 || text.length > 160) return false
  if (replyAbove.test(text)) return true
  const dashed = /^[-–—_*=~>#+]{2,}/.test(text)
  const inner = text.replace(/^[-–—_*=~>#+\s]+|[-–—_*=~<#+\s]+$/g, '')
  if (forwards.test(inner) && (dashed || /:$/.test(text))) return true
  return dashed && separators.test(inner)
}

type Label = 'from' | 'sent' | 'to' | 'cc' | 'subject'

const labels = new Map<string, Label>()
const addLabels = (label: Label, words: string): void => {
  for (const word of words.split('|')) labels.set(word, label)
}
addLabels(
  'from',
  'from|von|de|da|van|från|fra|od|lähettäjä|от|от кого|kimden|feladó|från|发件人|發件人|寄件者|差出人|보낸 사람|expéditeur|remitente|mittente|remetente|afzender|avsändare|afsender|avsender|nadawca|odesílatel|отправитель|từ|מאת|من|message du|gönderen|de la|feladó|από',
)
addLabels(
  'sent',
  'sent|date|gesendet|datum|dato|envoyé|enviado|enviado el|enviado em|fecha|data|inviato|verzonden|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|odesláno|отправлено|дата|发送时间|发送日期|日期|發送時間|傳送日期|送信日時|日時|보낸 날짜|날짜|gönderildi|tarih|đã gửi|ngày|sent at|elküldve|dátum|gesendet am|envoyé le|תאריך|נשלח|trimis|ημερομηνία|sent on',
)
addLabels(
  'to',
  'to|an|à|a|para|aan|naar|til|till|do|vastaanottaja|кому|komu|收件人|宛先|받는 사람|kime|címzett|tới|đến|אל|către|προς|destinataire|destinatario|destinatário|ontvanger|empfänger|mottagare|modtager|mottaker|odbiorca',
)
addLabels(
  'cc',
  'cc|bcc|kopie|copie|copie à|copia|kopia|kopio|kopi|копия|抄送|抄送人|副本|参照|참조|másolatot kap|reply-to|antwort an|répondre à|responder a|importance|priority|attachments?|anlagen|bijlage|pièces jointes|organization|x-mailer|mailed-by|signed-by|cc:|kopie an',
)
addLabels(
  'subject',
  'subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|主题|主題|件名|제목|konu|tárgy|chủ đề|נושא|subiect|θέμα|sujet|re|fwd subject',
)

function labelOf(line: string): Label | null {
  const match = /^[\s>*_|]{0,8}([\p{L}][\p{L} -]{0,18}?)[*_]{0,2}\s?[:：]/u.exec(line)
  return match ? (labels.get((match[1] ?? '').toLowerCase()) ?? null) : null
}

/**
 * How many lines from `at` are the header of a quoted mail ("From: … Sent: … To: … Subject: …"), blank lines and wrapped values included; 0 when none begins
 * here. A block needs two different labels, one of them the sender or the subject with a recipient or date, so that an appointment is none.
 */
export function headerBlockLength(lines: readonly string[], at: number): number {
  const first = labelOf(lines[at] ?? '')
  if (!first || first === 'cc') return 0
  const seen = new Set<Label>([first])
  let last = at
  let misses = 0
  for (let index = at + 1; index < lines.length && index < at + 24; index++) {
    const line = lines[index] ?? ''
    const label = labelOf(line)
    if (label) {
      if (label === 'from' && seen.has('from') && seen.size > 2) break
      seen.add(label)
      last = index
      misses = 0
      continue
    }
    // Wrapped values, and programs that put a blank line between fields.
    if (++misses > (line.trim() === '' ? 2 : 3)) break
    if (line.trim() === '' && seen.size >= 3 && misses > 1) break
    if (line.trim() === '' && lines[index + 1]?.trim() === '') break
  }
  const sender = seen.has('from')
  const kinds = seen.size
  const block = lines.slice(at, last + 1)
  // A journey also goes from somewhere to somewhere on a date; a mail has an address, a subject or a time of day.
  if (sender && kinds >= 3 && (seen.has('subject') || block.some((line) => mailbox.test(line) || clockTime.test(line))))
    return last - at + 1
  if (
    sender &&
    kinds >= 2 &&
    (mailbox.test(lines[at] ?? '') || mailbox.test(lines[at + 1] ?? '') || dateLike.test(lines[at + 1] ?? '')) &&
    last - at <= 3
  )
    return last - at + 1
  if (
    !sender &&
    first === 'sent' &&
    kinds >= 2 &&
    clockTime.test(lines[at] ?? '') &&
    labelOf(lines[at + 1] ?? '') === 'to' &&
    mailbox.test(lines[at + 1] ?? '')
  )
    return last - at + 1
  if (kinds >= 3 && seen.has('subject') && seen.has('to') && seen.has('sent')) return last - at + 1
  return 0
}

const earlierTitle =
  /^[*_#\s]{0,4}(?:previous (?:replies|messages?|conversation)|earlier (?:replies|messages)|vorherige (?:antworten|nachrichten)|frühere (?:antworten|nachrichten)|réponses précédentes|messages? précédents?|respuestas anteriores|mensajes anteriores|risposte precedenti|respostas anteriores|vorige (?:antwoorden|reacties)|tidigare svar|tidligere svar|aiemmat vastaukset|poprzednie odpowiedzi|předchozí odpovědi|предыдущие (?:ответы|сообщения)|之前的回复|以前の返信)[*_:\s]{0,4}$/iu

/** "Previous replies", as notifications of forums and desks head what was said before: only meant under a rule. */
export function isEarlierTitle(line: string): boolean {
  return line.length < 80 && earlierTitle.test(line.trim())
}

/** A title between rules ("-------- Oprindelig besked --------") in a language this file may not know: only meant where a mail's header follows. */
export function isRuledTitle(line: string): boolean {
  const text = line.trim()
  return text.length < 100 && /^[-–—_*=]{3,}\s*[\p{L}][^\n]{2,60}?\s*[-–—_*=]{3,}$/u.test(text)
}

/** A quote's introduction that a program glued to the end of somebody's last line: where it begins, or -1. */
export function gluedAttribution(line: string): number {
  if (line.length > 600) return -1
  const match = /[^-\s]\s*-{3,}\s*(?=(?:on|le|am|il|el|op|em|den)\s[^\n]{5,300}[:：]\s*$)/iu.exec(line)
  return match && isAttribution(line.slice(match.index + match[0].length), 1) ? match.index + 1 : -1
}

/** A line of nothing but rule characters: harmless in a text, left over when it stood above a quote. */
export const ruleLine = /^\s*[-–—_=*~#]{2,}\s*$/

/** The signature separator (RFC 3676 section 4.3), with or without its space, and the long rules that mailing lists and some programs draw. */
export function isSignatureStart(line: string): boolean {
  return /^\s{0,3}(--|—|––|__)\s*$/.test(line) || /^_{20,}\s*$/.test(line)
}

const closing =
  /^(?:(?:with |many )?(?:(?:best|kind|kindest|warm|warmest)(?: and warmest)? )?(?:regards|wishes)|best|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|mit (?:freundlichen|besten|vielen|herzlichen) grü(?:ß|ss)en|(?:freundliche|viele|beste|herzliche|liebe) grü(?:ß|ss)e|mfg|bien cordialement|cordialement|(?:très )?cordiales salutations|un cordial saludo|saludos(?: cordiales)?|atentamente|cordiali saluti|distinti saluti|atenciosamente|com os melhores cumprimentos|met vriendelijke groet(?:en)?|med vänlig(?:a)? hälsning(?:ar)?|med venlig hilsen|vennlig hilsen|ystävällisin terveisin|z poważaniem|pozdrawiam|s pozdravem|с уважением)[,.!]?$/iu

/** "Kind regards," and its kin: only with a block of name, title and telephone below does it begin a signature. */
export function isClosing(line: string): boolean {
  const text = line.trim()
  return text.length < 60 && closing.test(text)
}

const sentFrom =
  /^\W{0,3}(?:(?:sent|get|download) (?:from|via|with|using|by) (?:my |the |an? )?(?:iphone|ipad|ipod|mobile|phone|android|samsung|galaxy|blackberry|windows|outlook|yahoo|gmail|mail|nokia|htc|huawei|xiaomi|lg|sony|tablet|mailbird|proton|aol|verizon|t-mobile|sparrow|airmail|spark|mailspring|thunderbird|surface|nine|bluemail|tutanota|mobile device|smartphone|zoho|fairphone|pixel|oneplus|motorola)\b.{0,120}|get outlook for (?:ios|android)\b.{0,80}|von meinem .{0,60} gesendet\b.{0,60}|gesendet (?:von|mit|aus) .{0,80}|envoyé (?:de mon|depuis|à partir de|avec|de) .{0,80}|enviado (?:desde|do meu|a partir do|con|do|via) .{0,80}|inviato (?:da|dal|con|via|tramite) .{0,80}|verzonden (?:vanaf|vanuit|met) .{0,80}|verstuurd vanaf .{0,80}|skickat från .{0,80}|sendt fra .{0,80}|lähetetty .{1,60}|wysłane z .{0,80}|odesláno z .{0,80}|отправлено (?:с|из|от) .{0,80}|发自我的.{0,40}|從我的.{0,30}傳送|iphoneから送信|私の.{0,20}から送信|나의 .{0,30}에서 보냄|được gửi từ .{0,60}|trimis de pe .{0,60}|[ée]nviat des .{0,60}|iphone'umdan gönderildi|нет вирусов.{0,60})\s*$/iu

/** "Sent from my phone", in the words of the programs that add it by themselves. */
export function isSentFrom(line: string): boolean {
  const text = line.trim()
  return text.length < 200 && sentFrom.test(text.replace(/^[[(<]+|[\])]+$/g, ''))
}

const advertisement =
  /^\W{0,3}(?:sent (?:from|via|with|by|using|on) .{2,90}|(?:someone )?from (?:my )?(?:mobile|iphone|ipad|android|phone|blackberry).{0,30}|get \[?outlook for .{2,90}|(?:diese|die|dieses) (?:nachricht|mail|e-mail|mobile) .{0,60}gesendet.{0,20}|.{0,40}(?:gesendet|enviado|envoyé|inviato|verzonden|verstuurd|skickat|sendt|wysłane|odesláno|отправлено) (?:von|mit|aus|desde|do|de|depuis|da|dal|con|vanaf|met|från|fra|z|с|из) .{2,80}|this (?:e-?mail|message) (?:has been|was) (?:checked|scanned|sent).{0,80}|virus-free\.? .{0,60})$/iu

/** A line that a program or a provider adds; ordinary people's sentences can begin alike, so it only counts at the very end. */
export function isAdvertisement(line: string): boolean {
  const text = line.trim()
  return text.length < 140 && advertisement.test(text)
}
