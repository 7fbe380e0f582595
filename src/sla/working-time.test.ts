import { expect, test } from 'vitest'
import { settingsSchema } from '#settings/settings.ts'
import { dueOf } from './due.ts'
import { addWorkingTime, type WorkingCalendar, workingSecondsBetween } from './working-time.ts'

const hours = settingsSchema.parse({})['desk.hours']
const berlin: WorkingCalendar = { timeZone: 'Europe/Berlin', hours, holidays: [] }
const hour = 3600

test('time outside working hours does not count', () => {
  // Friday 16:00 in Berlin plus two hours is Monday 10:00.
  expect(addWorkingTime(new Date('2026-11-20T15:00:00Z'), 2 * hour, berlin)).toEqual(new Date('2026-11-23T09:00:00Z'))
})

test('a clock that starts at night starts in the morning', () => {
  expect(addWorkingTime(new Date('2026-11-24T01:00:00Z'), hour, berlin)).toEqual(new Date('2026-11-24T09:00:00Z'))
})

test('an end exactly at closing time is that day', () => {
  expect(addWorkingTime(new Date('2026-11-24T08:00:00Z'), 8 * hour, berlin)).toEqual(new Date('2026-11-24T16:00:00Z'))
})

test('holidays are skipped', () => {
  expect(addWorkingTime(new Date('2026-12-24T15:30:00Z'), hour, { ...berlin, holidays: ['2026-12-25'] })).toEqual(
    new Date('2026-12-28T08:30:00Z'),
  )
})

test('the night the clocks go back has an hour more, and the working day still starts at nine', () => {
  // DST ends on 25 October 2026; Friday 16:30 CEST + 1 h is Monday 9:30 CET.
  expect(addWorkingTime(new Date('2026-10-23T14:30:00Z'), hour, berlin)).toEqual(new Date('2026-10-26T08:30:00Z'))
})

test('a desk that works around the clock counts every hour of a DST day', () => {
  const always: WorkingCalendar = {
    timeZone: 'Europe/Berlin',
    holidays: [],
    hours: Object.fromEntries(Object.keys(hours).map((day) => [day, [['00:00', '24:00']]])) as WorkingCalendar['hours'],
  }
  expect(workingSecondsBetween(new Date('2026-10-24T22:00:00Z'), new Date('2026-10-25T23:00:00Z'), always)).toBe(25 * hour)
})

test('a calendar without hours gives no due time instead of running for ever', () => {
  const never: WorkingCalendar = {
    ...berlin,
    hours: Object.fromEntries(Object.keys(hours).map((day) => [day, []])) as unknown as WorkingCalendar['hours'],
  }
  expect(addWorkingTime(new Date('2026-11-24T08:00:00Z'), hour, never)).toBeNull()
})

test('nothing is due while nobody waits', () => {
  const settings = settingsSchema.parse({ 'desk.timeZone': 'UTC' })
  expect(dueOf({ state: 'open', waitingSince: null, firstResponseAt: null, urgency: 3 }, settings).at).toBeNull()
  expect(
    dueOf({ state: 'open', waitingSince: new Date('2026-11-24T09:00:00Z'), firstResponseAt: null, urgency: 1 }, settings),
  ).toEqual({
    at: new Date('2026-11-24T10:00:00Z'),
    kind: 'first_response',
  })
})
