import { expect, test } from 'vitest'
import { normalPhone } from './phone.ts'

test('reads a number however it was typed', () => {
  expect(normalPhone('+49 (0)40 / 123-456')).toBe('+4940123456')
  expect(normalPhone('0049 40 123456')).toBe('+4940123456')
  expect(normalPhone(' 040 123456 ')).toBe('040123456')
})

test('refuses what is no number', () => {
  expect(normalPhone('Kim')).toBeNull()
  expect(normalPhone('12')).toBeNull()
  expect(normalPhone('1234567890123456')).toBeNull()
  expect(normalPhone('555-SHOES')).toBeNull()
})
