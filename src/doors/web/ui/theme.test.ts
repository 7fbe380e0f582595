import { expect, test } from 'vitest'
import { type Appearance, readAppearance, writeAppearance } from './theme.ts'

test('what is written is read again', () => {
  const chosen: Appearance = {
    theme: 'dark',
    density: 'compact',
    keys: false,
    panes: { queues: true, list: false, context: false },
    hiddenColumns: ['number', 'due'],
  }
  expect(readAppearance(`a=b; ${writeAppearance(chosen).split(';')[0]}; c=d`)).toEqual(chosen)
  const bare: Appearance = { ...chosen, panes: { queues: false, list: false, context: false }, hiddenColumns: [] }
  expect(readAppearance(writeAppearance(bare).split(';')[0]!)).toEqual(bare)
})

test('nothing, or nonsense, reads as the default', () => {
  const usual = {
    theme: 'system',
    density: 'normal',
    keys: true,
    panes: { queues: true, list: true, context: true },
    hiddenColumns: [],
  }
  expect(readAppearance(null)).toEqual(usual)
  expect(readAppearance('appearance=<script>.99')).toEqual(usual)
})
