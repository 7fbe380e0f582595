import { expect, test } from 'vitest'
import { laterChoices } from './later-choices.ts'

const at = (now: string, zone: string) => laterChoices(Date.parse(now), zone).map((choice) => choice.at)

test('the usual times are those of the zone of the reader', () => {
  // A Wednesday evening in Europe, where Auckland has Thursday already.
  expect(at('2026-11-25T20:30:00Z', 'Pacific/Auckland')).toEqual(['2026-11-26T10:30', '2026-11-27T09:00', '2026-11-30T09:00'])
  expect(at('2026-11-25T20:30:00Z', 'America/New_York')).toEqual(['2026-11-25T16:30', '2026-11-26T09:00', '2026-11-30T09:00'])
})

test('on a Monday, and on a Sunday, Monday is the next one', () => {
  expect(at('2026-11-30T12:00:00Z', 'UTC')[2]).toBe('2026-12-07T09:00')
  expect(at('2026-11-29T12:00:00Z', 'UTC')[2]).toBe('2026-11-30T09:00')
})

test('no time before three minutes from now can be typed', () => {
  expect(laterChoices(Date.parse('2026-11-25T20:30:00Z'), 'UTC')[0]?.earliest).toBe('2026-11-25T20:33')
})
