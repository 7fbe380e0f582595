import { expect, test } from 'vitest'
import { foldedText, mailBody, saysNoMoreThanText } from './mail-body.ts'

test('an answer typed into a mail program is text', () => {
  expect(
    saysNoMoreThanText(
      '<div dir="ltr">Hi Sam,<br>it works now: <a href="https://X.example/">x.example</a>, <a href=mailto:kim@x.example>kim@x.example</a></div>',
      'Hi Sam, it works now: x.example, kim@x.example',
    ),
  ).toBe(true)
  expect(saysNoMoreThanText('<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">Yes<br></body>', 'Yes')).toBe(
    true,
  )
})

test('a link whose words do not say where it leads is kept a link', () => {
  expect(saysNoMoreThanText('<p>See <a href="https://docs.example/a?b=1&amp;c=2">the manual</a></p>', 'See the manual')).toBe(
    false,
  )
  expect(
    saysNoMoreThanText(
      '<p><a href="https://docs.example/a?b=1&amp;c=2">manual</a></p>',
      'manual (https://docs.example/a?b=1&c=2)',
    ),
  ).toBe(true)
})

test('a layout of its own is kept', () => {
  expect(saysNoMoreThanText('<p>See <img src="cid:1"></p>', 'See')).toBe(false)
  expect(saysNoMoreThanText('<table><tr><td>1</td></tr></table>', '1')).toBe(false)
  expect(saysNoMoreThanText('<p style="color: red">Careful</p>', 'Careful')).toBe(false)
  expect(saysNoMoreThanText('<p>only html</p>', '')).toBe(false)
})

test('what was cut is folded, never lost', () => {
  const body = {
    bodyText: 'New words.\n\nOn Monday Sam wrote:\n> old',
    bodyHtml: null,
    visibleText: 'New words.',
    visibleHtml: null,
  }
  expect(foldedText(body)).toBe('On Monday Sam wrote:\n> old')
  expect(foldedText({ ...body, bodyText: '> old\nNew words.' })).toBe('> old\nNew words.')
  expect(foldedText({ ...body, visibleText: null })).toBeNull()
})

test('text shows without a frame', () => {
  expect(mailBody({ bodyText: 'a', bodyHtml: null, visibleText: null, visibleHtml: null }, '/f')).toEqual({
    form: 'text',
    text: 'a',
  })
  expect(mailBody({ bodyText: 'a', bodyHtml: '<table></table>', visibleText: null, visibleHtml: null }, '/f')).toEqual({
    form: 'frame',
    href: '/f',
    remoteImages: false,
  })
})
