import { expect, test } from 'vitest'
import { instantOfWallTime } from './wall-time.ts'

test('a wall-clock time is read in its zone, across a change of the clocks', () => {
  expect(instantOfWallTime('2026-11-30T09:00', 'Europe/Berlin')?.toISOString()).toBe('2026-11-30T08:00:00.000Z')
  expect(instantOfWallTime('2026-06-30T09:00', 'Europe/Berlin')?.toISOString()).toBe('2026-06-30T07:00:00.000Z')
  expect(instantOfWallTime('2027-03-28T02:30', 'Europe/Berlin')?.toISOString()).toBe('2027-03-28T01:30:00.000Z')
})

test('what is no time is none', () => {
  for (const text of ['', 'tomorrow', '2026-02-30T09:00', '2026-11-30', '2026-11-30T25:00'])
    expect(instantOfWallTime(text, 'UTC'), text).toBeNull()
})
