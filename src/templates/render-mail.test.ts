import { expect, test } from 'vitest'
import { shippedTemplates, templateKeys } from './mail-templates.ts'
import { renderTemplate } from './render-mail.ts'

test('every shipped mail renders, with text beside the HTML', () => {
  for (const key of templateKeys) {
    const mail = renderTemplate(
      shippedTemplates.en![key],
      {
        desk: { name: 'Acme' },
        ticket: { number: '482913', subject: 'Printer' },
        requester: { first_name: 'Kim' },
        body_html: '<p>Hi</p>',
        signature: '',
      },
      'en',
    )
    expect(mail.subject).not.toBe('')
    expect(mail.html).toContain('<body>')
  }
})

test('what a customer wrote cannot become markup or Liquid', () => {
  const mail = renderTemplate(
    shippedTemplates.en!.new_request,
    {
      ticket: { number: '1', subject: '<b>x</b> {{ desk.name }}\r\nBcc: a@b.example' },
      requester: { first_name: '<script>alert(1)</script>' },
      desk: { name: 'Acme' },
    },
    'en',
  )
  expect(mail.subject).toBe('Re: <b>x</b> {{ desk.name }} Bcc: a@b.example [#1]')
  expect(mail.html).not.toContain('<script>')
})

test('a template cannot run for ever', () => {
  expect(() => renderTemplate({ subject: 's', body: '{% for i in (1..100000000) %}x{% endfor %}' }, {}, 'en')).toThrow()
})

test('a template error points at its field', () => {
  expect(() => renderTemplate({ subject: 's', body: '{% if %}' }, {}, 'en')).toThrowError(/\/body/)
})

test('a link is spelled out for readers of plain text', () => {
  const link = 'https://desk.example/sign-in/reset?token=abc_DEF-1&x=2'
  const mail = renderTemplate(shippedTemplates.en!.reset, { link, name: 'Kim', desk: { name: 'Acme' } }, 'en')
  expect(mail.text).toContain(`Choose a new password: ${link}`)
  expect(mail.html).not.toContain(`: ${link}`)
})
