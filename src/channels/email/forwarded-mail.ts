import type { InboundMail, MailAddress } from './inbound-mail.ts'
import { parseAddressList } from './parse-address.ts'
import { labelOf } from './quote-labels.ts'
import { headerBlockLength } from './quote-marks.ts'

export interface ForwardedMail {
  /** As the quoted header names them: what the one who forwarded says, no more. */
  author: MailAddress
  /** Without the prefixes of forwards and answers. */
  subject: string
  /** What was written above it. */
  comment: string
  /** The words of the mail that was passed on. */
  text: string
}

// By language of the mail program: en, de, fr, es, pt, it, nl, sv, da/no, fi, pl, tr, is, el, zh, ja, ko.
const forwardPrefix =
  /^\W{0,3}(fwd?|fw|wg|tr|trans|rv|reenv|enc|i|doorst|vb|vl|videresend|pd|ilt|i̇lt|fs|πρθ|转发|轉寄|转寄|転送|전달)\s?[:：]/iu
const anyPrefix =
  /^\s*(\[[^\]]{1,40}\]\s*)?(re|aw|antw|sv|vs|rif|res|odp|ynt|回复|回覆|返信|fwd?|fw|wg|tr|trans|rv|reenv|enc|i|doorst|vb|vl|videresend|pd|ilt|i̇lt|fs|πρθ|转发|轉寄|转寄|転送|전달)\s?(\[\d+\])?[:：]\s*/iu
/** A title that only a forward has: "Begin forwarded message:", "---------- Forwarded message ---------". */
const forwardTitle =
  /forwarded (message|by|mail|email)|weitergeleitete[nr]? (nachricht|e-?mail)|message (transféré|réexpédié|transmis)|e-?mail transféré|mensaje reenviado|reenviado por|messaggio inoltrato|mensagem (encaminhada|reencaminhada)|doorgestuurd bericht|vidarebefordra[dt]|videresendt|välitetty viesti|edelleenlähetetty|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva|preposlaná správa|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|továbbított üzenet|mesaj redirecționat|mesaj transmis|iletilen ileti|iletilmiş mesaj|προωθημένο μήνυμα|转发的邮件|轉寄的郵件|转发邮件|転送されたメッセージ|전달된 메[시세]지/iu
const MOST_LINES = 600

/**
 * A mail that somebody passed on by hand: its author, subject and words, and what was written above it. null when the mail is none:
 * an answer quotes a header too, so the subject or the title above that header must say that it is a forward. Knows the blocks of
 * Gmail, Outlook, Apple Mail and Thunderbird in the languages of `quote-labels.ts`. Pure, linear.
 */
export function forwardedMail(mail: Pick<InboundMail, 'subject' | 'text'>): ForwardedMail | null {
  const lines = mail.text
    .slice(0, 200_000)
    .split(/\r?\n/)
    .map((line) => line.replace(/^(\s?>)+\s?/, ''))
  const plain = lines.slice(0, MOST_LINES + 40).map(unstarred)
  const bySubject = forwardPrefix.test(mail.subject)
  for (let at = 0; at < Math.min(lines.length, MOST_LINES); at++) {
    if (!labelOf(plain[at]!)) continue
    const length = headerBlockLength(plain, at)
    if (length === 0) continue
    let above = at - 1
    while (above >= 0 && !lines[above]!.trim()) above--
    const title = above >= 0 ? lines[above]! : ''
    const byTitle = title.length < 120 && forwardTitle.test(title)
    if (!bySubject && !byTitle) return null
    const author = authorOf(plain.slice(at, at + length))
    if (!author) return null
    const isTitle = byTitle || /^\W{2,}.{0,60}\W{2,}$/u.test(title.trim()) || /^[-_=*\s]{3,}$/.test(title)
    return {
      author,
      subject: bareSubject(mail.subject),
      comment: withoutSignature(lines.slice(0, isTitle ? above : at)),
      text: lines
        .slice(at + length)
        .join('\n')
        .trim(),
    }
  }
  return null
}

/** Outlook on the web and Apple Mail set labels in bold: "*From:* Kim". */
const unstarred = (line: string): string => line.replace(/^\s*\*+([^*]{1,30})\*+/, '$1').replace(/^\s*\*([^*:]{1,30}:)\*?/, '$1')

function authorOf(block: readonly string[]): MailAddress | null {
  for (const [at, line] of block.entries()) {
    if (labelOf(line) !== 'from') continue
    const value = line.slice(line.search(/[:：]/) + 1)
    // A long name wraps its address onto the next line.
    for (const text of [value, `${value} ${block[at + 1] ?? ''}`]) {
      const clean = text
        .replace(/\[mailto:([^\]]+)\]/i, '<$1>')
        .replace(/<mailto:([^>]+)>/i, '<$1>')
        .replace(/(\S+@\S+)\s+<\1>/i, '<$1>')
        .replace(/\*/g, '')
      const found = parseAddressList(clean, 1).addresses.find((one) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(one.address))
      if (found) return found
    }
  }
  return null
}

function bareSubject(subject: string): string {
  let bare = subject.trim()
  for (let count = 0; count < 10; count++) {
    const next = bare.replace(anyPrefix, '')
    if (next === bare) break
    bare = next
  }
  return bare.trim()
}

/** The comment, without the rules and the sender's own signature below it. */
function withoutSignature(lines: readonly string[]): string {
  const end = lines.findIndex((line) => /^-- ?$/.test(line))
  return (end < 0 ? lines : lines.slice(0, end))
    .filter((line) => !/^\s*[-_=]{5,}\s*$/.test(line))
    .join('\n')
    .trim()
}
