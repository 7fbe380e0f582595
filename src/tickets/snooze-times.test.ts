import { expect, test } from 'vitest'
import { localTime, snoozeChoices } from './snooze-times.ts'

const said = (now: string, zone: string): Record<string, string> =>
  Object.fromEntries(snoozeChoices(new Date(now), zone).map(({ key, at }) => [key, at.toISOString()]))

test('Monday is Monday where the agent is', () => {
  // A Sunday evening in New York is Monday morning in Tokyo.
  expect(said('2026-11-30T00:30:00Z', 'America/New_York')).toMatchObject({ tomorrow: '2026-11-30T14:00:00.000Z' })
  expect(said('2026-11-30T00:30:00Z', 'Asia/Tokyo')).toMatchObject({
    'later-today': '2026-11-30T03:00:00.000Z',
    tomorrow: '2026-12-01T00:00:00.000Z',
    // Today is Monday: the next one is meant, which "next week" would only repeat.
    monday: '2026-12-07T00:00:00.000Z',
  })
  expect(said('2026-11-30T00:30:00Z', 'Asia/Tokyo')).not.toHaveProperty('next-week')
})

test('nine in the morning stays nine over a change of the clocks', () => {
  // Berlin leaves summer time in the night to 25 October 2026.
  expect(said('2026-10-24T10:00:00Z', 'Europe/Berlin')).toMatchObject({ tomorrow: '2026-10-25T08:00:00.000Z' })
})

test('late in the evening there is no later today', () => {
  expect(said('2026-11-25T21:30:00Z', 'UTC')).not.toHaveProperty('later-today')
})

test('what a field writes is read in the zone', () => {
  expect(localTime('2026-07-01T09:00', 'Europe/Berlin')?.toISOString()).toBe('2026-07-01T07:00:00.000Z')
  expect(localTime('soon', 'UTC')).toBeNull()
  expect(localTime('', 'UTC')).toBeNull()
})
