import { expect, test } from 'vitest'
import { mentionsIn } from './mentions-in.ts'

const agents = [
  { id: 1, name: 'Sam Support', email: 'sam@desk.example' },
  { id: 2, name: 'Sam', email: 'sammy@desk.example' },
  { id: 3, name: 'Zoë van Dijk', email: 'zoe.dijk@desk.example' },
  { id: 4, name: 'Ana Silva', email: 'ana@desk.example' },
  { id: 5, name: 'Ana Costa', email: 'ana.costa@desk.example' },
]

test.each<[string, number[]]>([
  ['@Sam Support can you look?', [1]],
  ['@sam support, please', [1]],
  ['Please look, @Zoë van Dijk!', [3]],
  ['(@zoe.dijk) and @Ana Costa', [3, 5]],
  ['@Zoë', [3]],
  // Whole names win over first names, and a first name of two is nobody's.
  ['@Sam: yours', [2]],
  ['@Costa', []],
  ['mail sam@desk.example or x.@sam', []],
  ['@Samuel is a customer', []],
  ['@Sam\n Support', [1]],
  ['@Ana Silva @Ana Silva', [4]],
])('%j names %j', (text, ids) => {
  expect(mentionsIn(text, agents).sort()).toEqual([...ids].sort())
})

test('a text of at signs alone is read in no time', () => {
  expect(mentionsIn('@'.repeat(200_000), agents)).toEqual([])
})
