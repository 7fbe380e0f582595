import { expect, test } from 'vitest'
import { queryOf, tokensOf } from './tokens.ts'

test('accents and case are folded', () => {
  expect(tokensOf('Grüße aus Łódź, CAFÉ')).toEqual(['grusse', 'aus', 'lodz', 'cafe'])
})

test('an address is found whole and by its parts', () => {
  expect(tokensOf('Kim.Lee@example.org')).toEqual(['kim.lee@example.org', 'kim', 'lee', 'example', 'org'])
})

test('scripts without spaces are cut into words', () => {
  expect(tokensOf('打印机坏了').length).toBeGreaterThan(1)
})

test('what is typed cannot break out of the query', () => {
  expect(queryOf("o'brien & !x | (y):*")).toBe("'o''brien' & 'x' & 'y':*")
  expect(queryOf('  …  ')).toBeNull()
})
