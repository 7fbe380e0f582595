import type { Translate } from '#i18n/translate.ts'

/** A queue's name: from the catalogue for those that ship, else what its maker called it. */
export const queueName = (t: Translate, key: string): string => {
  const path = `agent.queues.${key}`
  return t.has(path) ? t.at(path) : key
}

/** What an empty queue says. */
export const emptyWords = (t: Translate, key: string): string => {
  const path = `agent.empty.${key}`
  return t.has(path) ? t.at(path) : t('agent.empty.other')
}

/** The letter after `g` that goes to a queue. */
export const queueKeys: Record<string, string> = {
  'needs-reply': 'g n',
  mine: 'g m',
  unassigned: 'g u',
  'due-today': 'g t',
  overdue: 'g o',
  waiting: 'g w',
  'on-hold': 'g h',
  snoozed: 'g z',
  mentions: 'g @',
  open: 'g a',
  resolved: 'g r',
  closed: 'g c',
  spam: 'g j',
}

export const queuePath = (key: string): string => `/agent/queues/${key}`
