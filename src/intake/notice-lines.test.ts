import { expect, it } from 'vitest'
import type { MailNotice } from '#channels/email/inbound-mail.ts'
import { translatorFor } from '#i18n/messages.ts'
import { noticeLines, withNotices } from './notice-lines.ts'

const t = translatorFor('en')
const invitation: MailNotice = {
  kind: 'calendar',
  what: 'invitation',
  summary: 'Grinder <check>',
  start: '2025-06-02 09:58',
  end: '2025-06-02 10:30',
  zone: 'Europe/Berlin',
  location: 'Shop 14',
  answer: '',
}

it('says what the parts hold', () => {
  expect(noticeLines(t, [invitation])).toEqual([
    '[Invitation: Grinder <check>]',
    '[When: 2025-06-02 09:58 to 10:30 (Europe/Berlin)]',
    '[Where: Shop 14]',
  ])
  expect(noticeLines(t, [{ ...invitation, what: 'answer', answer: 'declined', summary: '', start: '', location: '' }])).toEqual([
    '[Declined the invitation: without a title]',
  ])
  expect(noticeLines(t, [{ kind: 'encrypted', by: 'smime', file: 'smime.p7m' }])).toEqual([
    '[This message is encrypted (S/MIME). It is kept as the attached file smime.p7m.]',
  ])
})

it('stands below the words, in each form of the body, as text', () => {
  const body = { text: 'Hello\n', html: '<p>Hello</p>', visibleText: null, visibleHtml: null }
  expect(withNotices(body, [])).toBe(body)
  expect(withNotices(body, ['[Invitation: <b>]'])).toEqual({
    text: 'Hello\n\n[Invitation: <b>]',
    html: '<p>Hello</p><p>[Invitation: &lt;b&gt;]</p>',
    visibleText: null,
    visibleHtml: null,
  })
  expect(withNotices({ text: '', html: null, visibleText: '', visibleHtml: null }, ['[a]', '[b]'])).toMatchObject({
    text: '[a]\n[b]',
    visibleText: '[a]\n[b]',
  })
})
