import { expect, it } from 'vitest'
import { hoursInWords, readSpans, readWeek, writeSpans } from './hours-text.ts'

it.each([
  ['9-17', [['09:00', '17:00']]],
  [
    '09:00–12:30, 13:30–17:00',
    [
      ['09:00', '12:30'],
      ['13:30', '17:00'],
    ],
  ],
  [
    '14 to 18; 8.30-12',
    [
      ['08:30', '12:00'],
      ['14:00', '18:00'],
    ],
  ],
  ['0-24', [['00:00', '24:00']]],
  ['', []],
  ['17-9', null],
  ['9-25', null],
  ['9-12, 11-14', null],
  ['all day', null],
])('%s', (text, spans) => {
  expect(readSpans(text)).toEqual(spans)
})

it('writes what it reads', () => {
  const text = '09:00–12:30, 13:30–17:00'
  expect(writeSpans(readSpans(text)!)).toBe(text)
})

it('names the days that cannot be read', () => {
  const week = { mon: '9-17', tue: 'x', wed: '', thu: '', fri: '17-9', sat: '', sun: '' }
  expect(readWeek(week)).toEqual({ wrong: ['tue', 'fri'] })
})

it('says the hours of a week in a line or two', () => {
  const read = readWeek({ mon: '9-17', tue: '9-17', wed: '9-17', thu: '9-17', fri: '9-13', sat: '', sun: '10-12' })
  expect('hours' in read && hoursInWords(read.hours, 'en')).toEqual(['Mon–Thu 09:00–17:00', 'Fri 09:00–13:00', 'Sun 10:00–12:00'])
  expect('hours' in read && hoursInWords(read.hours, 'de')[0]).toBe('Mo–Do 09:00–17:00')
})
