import { expect, test } from 'vitest'
import { namesOf, printKeys } from './keys.ts'

const press = (
  key: string,
  code: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

test('a letter is bound by what it writes', () => {
  expect(namesOf(press('r', 'KeyR'), false)).toEqual(['r'])
  // Dvorak: the key where a US keyboard has "o" writes "r".
  expect(namesOf(press('r', 'KeyO'), false)).toEqual(['r'])
})

test('a letter of another script also counts as the one in its place', () => {
  expect(namesOf(press('к', 'KeyR'), false)).toEqual(['к', 'r'])
})

test('signs that a layout does not have are found by their place', () => {
  // A German keyboard writes "ü" and "+" where the brackets are.
  expect(namesOf(press('ü', 'BracketLeft'), false)).toContain('[')
  expect(namesOf(press('+', 'BracketRight'), false)).toContain(']')
  expect(namesOf(press('?', 'Minus', { shiftKey: true }), false)).toEqual(['?'])
})

test('mod is Command on Apple keyboards and Control elsewhere', () => {
  expect(namesOf(press('k', 'KeyK', { ctrlKey: true }), false)).toEqual(['mod+k'])
  expect(namesOf(press('k', 'KeyK', { metaKey: true }), true)).toEqual(['mod+k'])
  expect(namesOf(press('k', 'KeyK', { metaKey: true }), false)).toEqual([])
  expect(namesOf(press('Enter', 'Enter', { ctrlKey: true, shiftKey: true }), false)).toEqual(['mod+shift+enter'])
})

test('chords are printed as on the keyboard', () => {
  expect(printKeys('mod+shift+enter', false)).toBe('Ctrl Shift Enter')
  expect(printKeys('mod+k', true)).toBe('⌘ K')
  expect(printKeys('g q', false)).toBe('G Q')
})
