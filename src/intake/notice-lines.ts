import type { MailNotice } from '#channels/email/inbound-mail.ts'
import type { Translate } from '#i18n/translate.ts'

/** What a mail's parts say that are no text, as lines to stand below its words: one to three a notice. Pure. */
export function noticeLines(t: Translate, notices: readonly MailNotice[]): string[] {
  return notices.flatMap((notice) => {
    if (notice.kind === 'encrypted') {
      if (notice.by === 'smime') return [t('mail.notice.encryptedSmime', { file: notice.file })]
      return [notice.file ? t('mail.notice.encryptedPgp', { file: notice.file }) : t('mail.notice.encryptedInline')]
    }
    if (notice.kind === 'signed') return [t('mail.notice.signedSmime')]
    const summary = notice.summary || t('mail.notice.untitled')
    const answer = notice.answer
    const lines =
      notice.what === 'answer' && (answer === 'accepted' || answer === 'declined' || answer === 'tentative')
        ? [t(`mail.notice.answered.${answer}`, { summary })]
        : [t(`mail.notice.${notice.what}`, { summary })]
    if (notice.start) {
      // Of one day only the hour is told again.
      const [day, hour] = notice.end.split(' ')
      const end = hour && day === notice.start.split(' ')[0] ? hour : notice.end
      const span = end && end !== notice.start ? t('mail.notice.span', { start: notice.start, end }) : notice.start
      lines.push(t('mail.notice.when', { when: notice.zone ? t('mail.notice.inZone', { when: span, zone: notice.zone }) : span }))
    }
    if (notice.location) lines.push(t('mail.notice.where', { where: notice.location }))
    return lines
  })
}

type Body = { text: string; html: string | null; visibleText: string | null; visibleHtml: string | null }

/** The body with the lines below it, in each of its forms. */
export function withNotices(body: Body, lines: readonly string[]): Body {
  if (!lines.length) return body
  const plain = (text: string): string => (text.trim() ? `${text.trimEnd()}\n\n${lines.join('\n')}` : lines.join('\n'))
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const rich = (html: string): string => `${html}<p>${lines.map(escaped).join('<br>')}</p>`
  return {
    text: plain(body.text),
    html: body.html === null ? null : rich(body.html),
    visibleText: body.visibleText === null ? null : plain(body.visibleText),
    visibleHtml: body.visibleHtml === null ? null : rich(body.visibleHtml),
  }
}
