import { expect, test } from 'vitest'
import { fillVariables, openVariables } from './fill-variables.ts'

test('what has a value is filled in, what has none stays and is named once', () => {
  const values = { 'requester.first_name': 'Kim', 'agent.name': '  ' }
  expect(
    fillVariables(
      'Hello {{requester.first_name}}, {{ agent.name }} and {{ agent.name }} ask for {{ blank.the order number }}.',
      values,
    ),
  ).toEqual({
    text: 'Hello Kim, {{ agent.name }} and {{ agent.name }} ask for {{ blank.the order number }}.',
    open: ['agent.name', 'blank.the order number'],
  })
})

test('braces of other things are left alone', () => {
  const text = 'Use {{ user.name }} in Jinja, {% if %} and {x}.'
  expect(fillVariables(text, {})).toEqual({ text, open: [] })
  expect(openVariables(text)).toEqual([])
})

test('an open variable is found through markup, and not in code', () => {
  expect(openVariables('<p>Hi {{&nbsp;requester.<b>name</b> }}</p>')).toEqual(['requester.name'])
  expect(openVariables('<pre>{{ requester.name }}</pre><p><code>{{ desk.name }}</code></p>')).toEqual([])
})

test('a value that looks like a variable is not filled again', () => {
  expect(fillVariables('{{ requester.name }}', { 'requester.name': '{{ desk.name }}', 'desk.name': 'Acme' }).text).toBe(
    '{{ desk.name }}',
  )
})
