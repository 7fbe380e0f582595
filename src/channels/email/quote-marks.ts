/**
 * How mail programs introduce what they quote, in the languages they speak. Every pattern is tried on a bounded piece of text, so that no input makes
 * matching slow.
 */

import { bareLabelOf, type Label, labelOf } from './quote-labels.ts'

const maxAttribution = 500

// "wrote" — also in the middle, where the name stands last (Dutch, Swedish, German).
const wrote =
  '(?:napisao(?:/la)? je|napisao(?:/la)?|је написао(?:/ла)?|написав(?:\\(-ла\\)|ла)?|rašė|rakstīja|kirjutas|skrifaði|menulis|sumulat|लिखा|লিখেছেন|எழுதியது|نوشت|aliandika|idatzi du|escribiu|geskryf|geschrieben|skrifar|пишува|գրել է|დაწერა|เขียนว่า|wrote|writes|said|sent|a écrit|écrit|schrieb|geschrieben|escribi[óo]|ha escrito|ha scritto|scrisse|escreveu|schreef|geschreven|skrev|skreiv|kirjoitti|napisa[łl](?:\\(a\\)|a)?|pisze|написал(?:а|\\(а\\))?|пишет|написав|пише|đã viết|viết|写道|寫道|写入|さんは書きました|のメッセージ|작성|님이 작성|yazdı|şunları yazdı|napsala?(?:\\(a\\))?|napísala?|a scris|írta|έγραψε|כתב(?:ה|/ה)?|كتب|ha escrit|je napisa(?:l|o|la)|пиша|написа)'
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
// Digits of any script.
const clockTime = /(?<!\p{Nd})\p{Nd}{1,2}\s?[:.h]\s?\p{Nd}{2}(?![\p{Nd}\p{L}])/u
const dateLike = /\p{Nd}{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\b\d{1,2}\.? [\p{L}]{3,}/u
// Without a date: Horde and its kin.
const quoting =
  /^(?:quoting|zitat von|zitiere|citando(?: a)?|citation de|citaat van|cytowanie|citerar|citerer|citace od|цитирую|цитата от)\s.{0,160}[^\s<>@]+@[^\s<>@]+.{0,20}:$/iu
// "Sam/Desk wrote on 06/02/2025 09:58:00 AM:", "Sam kirjoitti 2.6.2025 klo 9.58:"
const nameWrote = new RegExp(
  `^(?!(?:i|we|you|he|she|they|it|ich|wir|er|sie|je|nous|il|elle|vous|yo|él|ella|ik|wij|hij|zij|jag|vi|han|hon)\\b)[^:!?]{2,80}\\s${wrote}\\s[^:!?]{0,40}\\p{Nd}{1,4}[./-]\\s?\\p{Nd}{1,2}[./-]\\s?\\p{Nd}{1,4}.{4,40}[:：]$`,
  'iu',
)
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
  if (quoting.test(flat)) return true
  if (timed && nameWrote.test(flat)) return true
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
  /^(?:mail original|message original|replied message|reply message|원본 (?:메일|메시지)|ข้อความต้นฉบับ|original-?mail|originalnachricht|ursprungsnachricht|missatge original|algne kiri|algupärane sõnum|pirminė žinutė|sākotnējā ziņa|originalno sporočilo|izvorno sporočilo|originalna poruka|оригінальне повідомлення|початкове повідомлення|оригинално съобщение|הודעה מקורית|الرسالة الأصلية|pesan asli|mesej asal|原始訊息|原文|orijinal e-?posta|исходное письмо|původní e-?mail|původní mail|original[- ]?(?:message|nachricht|mail|e-mail|meddelande|melding)|message d.origine|messages? d'origine|original-nachricht|ursprüngliche (?:nachricht|e-mail|mail)|mensaje original|messaggio originale|mensagem original|oorspronkelijk(?:e)? bericht|originele? bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|исходное сообщение|оригинальное сообщение|originalmeddelande|reply message|reply|antwort|原始邮件|原始郵件|元のメッセージ|원본 메시지|original appointment|eredeti üzenet|mesaj original|orijinal (?:mesaj|ileti)|αρχικό μήνυμα|izvorna poruka|thư gốc)\s*:?$/iu
const forwards =
  /^(?:forwarded (?:message|mail|by .{1,60})|begin forwarded message|weitergeleitete (?:nachricht|e-mail)|anfang der weitergeleiteten (?:nachricht|e-mail)|message (?:transféré|réexpédié)|début du message (?:réexpédié|transféré)|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|início da mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat (?:meddelande|brev)|videresendt (?:melding|meddelelse)|välitetty viesti|przekazana wiadomość|wiadomość przekazana|пересылаемое сообщение|переслан(?:ное|ое) (?:сообщение|письмо)|přeposlaná zpráva|转发的?邮件|轉寄郵件|転送メッセージ)\s*:?$/iu
const replyAbove =
  /(?:please )?(?:type|write|reply|respond|enter).{0,30}\babove this line\b|antworten sie oberhalb dieser linie|répondre au-dessus de cette ligne/iu

/** "-----Original Message-----" and its kin. */
export function isSeparator(line: string): boolean {
  const text = line.trim()
  if (text.length < 5 || text.length > 160) return false
  if (replyAbove.test(text)) return true
  const dashed = /^[-–—‐_*=~>#+]{2,}/.test(text)
  const inner = text.replace(/^[-–—‐_*=~>#+\s]+|[-–—‐_*=~<#+\s]+$/g, '')
  if (forwards.test(inner) && (dashed || /:$/.test(text))) return true
  return dashed && separators.test(inner)
}

/**
 * How many lines from `at` are the header of a quoted mail ("From: … Sent: … To: … Subject: …"), blank lines and wrapped values included; 0 when none begins
 * here. A block needs two different labels, one of them the sender or the subject with a recipient or date, so that an appointment is none.
 */
export function headerBlockLength(lines: readonly string[], at: number): number {
  const bare = bareBlockLength(lines, at)
  if (bare) return bare
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

/** "From Sam <s@…>", "To …", "Date …", "Subject …" in lines that follow each other, without colons. */
function bareBlockLength(lines: readonly string[], at: number): number {
  const first = lines[at] ?? ''
  if (first.length > 300 || bareLabelOf(first) !== 'from' || !/<[^\s<>@]+@[^\s<>@]+>\s*$/.test(first)) return 0
  const seen = new Set<Label>(['from'])
  let count = 1
  for (; count < 6; count++) {
    const label = bareLabelOf(lines[at + count] ?? '')
    if (!label) break
    seen.add(label)
  }
  return seen.size >= 3 && seen.has('subject') ? count : 0
}

/** A title between rules ("-------- Oprindelig besked --------") in a language this file may not know: only meant where a mail's header follows. */
export function isRuledTitle(line: string): boolean {
  const text = line.trim()
  return text.length < 100 && /^[-–—_*=]{3,}\s*[\p{L}][^\n]{2,60}?\s*[-–—_*=]{3,}$/u.test(text)
}

/** GroupWise's ">>> Sam <sam@…> 02.06.2025 09:58 >>>", which is no quote mark though it begins like one. */
export function isFramedAttribution(line: string): boolean {
  const match = /^\s{0,3}>{2,4}\s([^>][^\n]{4,200}?)\s?>{2,4}\s*$/.exec(line.slice(0, 260))
  return match !== null && clockTime.test(match[1] ?? '') && dateLike.test(match[1] ?? '')
}

/** A quote's introduction that a program glued to the end of somebody's last line: where it begins, or -1. */
export function gluedAttribution(line: string): number {
  if (line.length > 600) return -1
  const match = /[^-\s]\s*-{3,}\s*(?=(?:on|le|am|il|el|op|em|den)\s[^\n]{5,300}[:：]\s*$)/iu.exec(line)
  return match && isAttribution(line.slice(match.index + match[0].length), 1) ? match.index + 1 : -1
}

/** A line of nothing but rule characters: harmless in a text, left over when it stood above a quote. */
export const ruleLine = /^\s*[-–—_=*~#]{2,}\s*$/
