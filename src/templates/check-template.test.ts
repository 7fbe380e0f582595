import { describe, expect, test } from 'vitest'
import { checkTemplate } from './check-template.ts'
import { lineDiff } from './line-diff.ts'
import { shippedTemplates, templateInfo, templateKeys } from './mail-templates.ts'
import { fromOsticket } from './osticket-names.ts'
import { renderTemplate, valuesOf } from './render-mail.ts'
import { nameAtCaret, unknownNames } from './unknown-names.ts'

describe('names are checked', () => {
  test.each(templateKeys)('what is shipped names only values that it has: %s', (key) => {
    expect(checkTemplate(key, shippedTemplates.en![key])).toEqual([])
    expect(unknownNames(shippedTemplates.en![key].body, templateInfo[key].variables)).toEqual([])
  })

  test('an unknown one is named with its line, at its field', () => {
    const body = 'Hello {{ requester.name }}\n{% if ticket.nmber %}x{% endif %}\n\n{{ agent.secret | upcase }}'
    expect(checkTemplate('reply', { subject: '{{ numbr }}', body })).toEqual([
      { pointer: '/subject', key: 'templateNames', params: { count: 1, names: '1: numbr' } },
      { pointer: '/body', key: 'templateNames', params: { count: 2, names: '2: ticket.nmber, 4: agent.secret' } },
    ])
    expect(unknownNames(body, templateInfo.reply.variables)).toEqual([{ line: 4, name: 'agent.secret' }])
  })

  test('what a text names itself is known, beyond it is not', () => {
    const check = (body: string) => checkTemplate('digest', { subject: 's', body })
    expect(check('{% for item in told %}{{ item.what }} {{ forloop.index }}{% endfor %}{{ told.size }}')).toEqual([])
    expect(check('{% assign x = date %}{{ x }}')).toEqual([])
    expect(check('{{ item.what }}')[0]).toMatchObject({ params: { names: '1: item.what' } })
  })

  test('a mistake of Liquid says what and where', () => {
    expect(checkTemplate('reply', { subject: 's', body: 'a\n{% if x %}' })[0]).toMatchObject({
      pointer: '/body',
      key: 'template',
      params: { problem: expect.stringMatching(/line:2/) },
    })
  })

  test('a mail to an unproven sender has no value that would echo what they wrote', () => {
    const wrong = { subject: '{{ ticket.subject }}', body: '{{ message_html | raw }}{{ requester.name }}' }
    expect(checkTemplate('new_request_unverified', wrong).map((one) => one.pointer)).toEqual(['/subject', '/body'])
    // Even a text that was stored before the check gets nothing.
    const values = valuesOf('new_request_unverified', {
      ticket: { number: '1', subject: 'Buy now' },
      requester: { name: 'Spam' },
      message_html: '<p>Buy</p>',
      desk: { name: 'Acme', url: 'https://desk.example' },
    })
    const mail = renderTemplate({ subject: 'x{{ ticket.subject }}', body: `${wrong.body}{{ ticket.number }}` }, values, 'en')
    expect(mail.subject).toBe('x')
    expect(mail.text.trim()).toBe('1')
  })

  test('what is being typed is found at the caret', () => {
    expect(nameAtCaret('Hello {{ tick', 13)).toEqual({ from: 9, begun: 'tick' })
    expect(nameAtCaret('Hello {{', 8)).toEqual({ from: 8, begun: '' })
    expect(nameAtCaret('{{ ticket.number }} x', 21)).toBeNull()
  })
})

describe('names of osTicket', () => {
  test.each([
    ['ticket.id', 'ticket.number'],
    ['ticket.number', 'ticket.number'],
    ['ticket.subject', 'ticket.subject'],
    ['ticket.name', 'requester.name'],
    ['ticket.name.first', 'requester.first_name'],
    ['ticket.name.last', 'requester.last_name'],
    ...['full', 'short', 'shortformal', 'lastfirst', 'legal', 'formal', 'complete', 'original', 'initials'].map((form) => [
      `ticket.name.${form}`,
      'requester.name',
    ]),
    ['ticket.email', 'requester.email'],
    ['ticket.user.name', 'requester.name'],
    ['ticket.user.email', 'requester.email'],
    ['ticket.status', 'ticket.status'],
    ['ticket.status.name', 'ticket.status'],
    ['ticket.status.state', 'ticket.state'],
    ['ticket.priority', 'ticket.priority'],
    ['ticket.assigned', 'ticket.assignee'],
    ['ticket.source', 'ticket.source'],
    ['ticket.create_date', 'ticket.created'],
    ['ticket.create_date.long', 'ticket.created'],
    ['ticket.create_date.user.humanize', 'ticket.created'],
    ['ticket.due_date', 'ticket.due'],
    ['ticket.close_date.short', 'ticket.closed'],
    ['ticket.last_update.relative', 'ticket.updated'],
    ['ticket.topic', 'ticket.topic'],
    ['ticket.topic.name', 'ticket.topic'],
    ['ticket.dept', 'ticket.department'],
    ['ticket.dept.name', 'ticket.department'],
    ['ticket.dept.manager', 'ticket.manager'],
    ['ticket.dept.signature', 'signature'],
    ['ticket.staff.name', 'ticket.assignee'],
    ['ticket.staff.email', 'ticket.assignee_email'],
    ['ticket.team.name', 'ticket.team'],
    ['ticket.client_link', 'ticket.url'],
    ['ticket.staff_link', 'ticket.url'],
    ['recipient.ticket_link', 'ticket.url'],
    ['recipient.name', 'requester.name'],
    ['recipient.name.first', 'requester.first_name'],
    ['response', 'body_html | raw'],
    ['signature', 'signature'],
    ['staff.name', 'agent.name'],
    ['url', 'desk.url'],
    ['company.name', 'desk.name'],
  ])('%s', (theirs, ours) => {
    expect(fromOsticket('reply', `a %{${theirs}} b`)).toBe(`a {{ ${ours} }} b`)
    expect(checkTemplate('reply', { subject: 's', body: fromOsticket('reply', `%{${theirs}}`) })).toEqual([])
  })

  test.each([
    ['message', 'alert_new_message', 'message_html | raw'],
    ['note', 'alert_activity', 'message_html | raw'],
    ['comments', 'alert_assigned', 'message_html | raw'],
    ['ticket.thread.complete.reversed', 'alert_new_ticket', 'message_html | raw'],
    ['ticket.thread.original', 'opened_for_you', 'message_html | raw'],
    ['poster.name', 'alert_new_message', 'by'],
    ['assigner', 'alert_assigned', 'by'],
    ['assignee.name.full', 'alert_assigned', 'assigned_to'],
    ['recipient', 'alert_overdue', 'agent.name'],
    ['link', 'reset', 'link'],
    ['reset_link', 'reset', 'link'],
  ] as const)('%s in %s', (theirs, key, ours) => {
    expect(fromOsticket(key, `%{${theirs}}`)).toBe(`{{ ${ours} }}`)
    expect(checkTemplate(key, { subject: 's', body: fromOsticket(key, `%{${theirs}}`) })).toEqual([])
  })

  test('with encoded braces, and left as it is when it stands for nothing here', () => {
    expect(fromOsticket('reply', '<a href="%%7Bticket.client_link%7D">x</a>')).toBe('<a href="{{ ticket.url }}">x</a>')
    expect(fromOsticket('reply', '%{ticket.serial_number} 100 % {x}')).toBe('%{ticket.serial_number} 100 % {x}')
    expect(checkTemplate('reply', { subject: 's', body: 'a\n%{ticket.serial_number}' })[0]).toMatchObject({
      params: { names: '2: %{ticket.serial_number}' },
    })
  })
})

test('a diff names what is gone and what is new, in order', () => {
  expect(lineDiff('a\nb\nc', 'a\nx\nc\nd').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same a',
    'gone b',
    'new x',
    'same c',
    'new d',
  ])
  const long = Array.from({ length: 1_500 }, (_none, index) => `l${index}`).join('\n')
  expect(lineDiff(long, long)).toHaveLength(3_000)
})
