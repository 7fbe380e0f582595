import { z } from 'zod'

const day = z.string().max(100).default('')

/** One text field for each day's hours; `readWeek` makes hours of them. */
export const weekFields = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }

/** IANA names, UTC first. */
export const timeZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
