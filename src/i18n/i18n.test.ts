import { createTranslator } from 'use-intl/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { messagesFor, translatorFor } from './messages.ts'
import { negotiateLocale } from './negotiate.ts'
import { errorText, type MessageKey, makeTranslate } from './translate.ts'

function leaves(node: object, path: string[] = []): [string, string][] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? [[[...path, key].join('.'), value] as [string, string]] : leaves(value as object, [...path, key]),
  )
}

describe('the catalogue', () => {
  it('has only messages that can be read as ICU', () => {
    const wrong: string[] = []
    for (const [key, text] of leaves(messagesFor('en'))) {
      const names = [...text.matchAll(/\{\s*(\w+)/g)].map((m) => m[1]!)
      const tags = [...text.matchAll(/<(\w+)>/g)].map((m) => m[1]!)
      const values: Record<string, unknown> = Object.fromEntries(
        names.map((name) => [name, /\{\s*\w+\s*,\s*(date|time)/.test(text) ? new Date(0) : 1]),
      )
      for (const tag of tags) values[tag] = (chunks: unknown) => chunks
      const t = createTranslator({
        locale: 'en',
        timeZone: 'UTC',
        messages: messagesFor('en') as unknown as Record<string, never>,
        onError: (error) => wrong.push(`${key}: ${error.message}`),
      }) as unknown as { rich(key: string, values: object): unknown }
      t.rich(key, values)
    }
    expect(wrong).toEqual([])
  })

  it('fills in values and plurals', () => {
    const t = translatorFor('en')
    expect(t('common.save')).toBe('Save')
    expect(t('common.files', { count: 1 })).toBe('1 file')
    expect(t('common.files', { count: 3 })).toBe('3 files')
    expect(errorText(t, { key: 'tooShort', params: { min: 12 } })).toBe('Please use at least 12 characters.')
    expect(errorText(t, { key: 'tooMany', params: { seconds: 30 } })).toContain('30 seconds')
    expect(errorText(t, { key: 'tooMany', params: { seconds: 850 } })).toContain('15 minutes')
    expect(errorText(t, { key: 'noSuchKey' })).toBe(t('errors.unknown'))
  })

  it('refuses unknown keys and missing values at compile time', () => {
    const t = translatorFor('en')
    expectTypeOf<'common.save'>().toExtend<MessageKey>()
    // @ts-expect-error no such message
    t('common.noSuchMessage')
    // @ts-expect-error the count is missing
    t('common.files')
    // @ts-expect-error a count is a number
    t('common.files', { count: 'two' })
  })
})

describe('the language of a request', () => {
  const available = ['en', 'de', 'pt-BR']
  it.each([
    [null, 'en'],
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['fr,pt-br;q=0.7', 'pt-BR'],
    ['de;q=0, en;q=0.1', 'en'],
    ['*', 'en'],
    [',;q=,', 'en'],
  ])('%s gets %s', (header, locale) => {
    expect(negotiateLocale(header, available)).toBe(locale)
  })
})

it('plain arguments are filled in as the formatter would, numbers as they are', () => {
  const t = makeTranslate('en', { errors: { a: 'Hello {name}, bye {name}', b: '{n} of {name}' } } as never)
  expect(t.at('errors.a', { name: '<Kim> $& {x}' })).toBe('Hello <Kim> $& {x}, bye <Kim> $& {x}')
  expect(t.at('errors.b', { n: 1284, name: 'all' })).toBe('1284 of all')
})
