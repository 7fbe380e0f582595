import type { Settings } from '#settings/settings.ts'
import { addWorkingTime, type WorkingCalendar } from './working-time.ts'

export type DueKind = 'first_response' | 'next_response'

export interface Due {
  at: Date | null
  kind: DueKind | null
}

export const calendarOf = (settings: Settings): WorkingCalendar => ({
  timeZone: settings['desk.timeZone'],
  hours: settings['desk.hours'],
  holidays: settings['desk.holidays'],
})

/** Working hours a priority leaves for a reply. Urgencies beyond the shipped four take the nearest. */
export function targetHours(settings: Settings, kind: DueKind, urgency: number): number {
  const targets = settings[kind === 'first_response' ? 'sla.firstResponseHours' : 'sla.nextResponseHours']
  return urgency <= 1 ? targets.urgent : urgency === 2 ? targets.high : urgency === 3 ? targets.normal : targets.low
}

/** When a reply is due: only while a customer waits and the ticket is open. Pure. */
export function dueOf(
  ticket: { state: string; waitingSince: Date | null; firstResponseAt: Date | null; urgency: number },
  settings: Settings,
): Due {
  if (ticket.state !== 'open' || !ticket.waitingSince) return { at: null, kind: null }
  const kind: DueKind = ticket.firstResponseAt ? 'next_response' : 'first_response'
  const at = addWorkingTime(ticket.waitingSince, targetHours(settings, kind, ticket.urgency) * 3600, calendarOf(settings))
  return at ? { at, kind } : { at: null, kind: null }
}
