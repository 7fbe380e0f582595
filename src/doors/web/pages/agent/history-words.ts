import type { Translate } from '#i18n/translate.ts'
import type { Directory } from '#people/directory.ts'
import type { HelpTopic } from '#routing/help-topics.ts'
import type { TicketEvent } from '#tickets/show-ticket.ts'
import type { Tag } from '#workflow/tags.ts'
import type { Workflow } from '#workflow/workflow.ts'
import { actWords } from './history-acts.ts'
import type { HistoryView } from './view.ts'

export interface Names {
  tags: readonly Tag[]
  /** A time as this reader writes it. */
  sayTime(iso: string): string
  directory: Directory
  workflow: Workflow
  topics: readonly HelpTopic[]
  /** Who wrote an entry: mail is taken in by the desk itself, but a person wrote it. */
  authorOf(entry: number): string | null
}

/** Events that the conversation shows as messages already. */
const MESSAGES = new Set([
  'ticket.opened',
  'ticket.customer_wrote',
  'ticket.replied',
  'ticket.reply_queued',
  'ticket.note_added',
  'ticket.forwarded',
  'ticket.third_party_wrote',
])
/** Told twice otherwise: the reply itself is an event, its queueing is for live screens, and delivery (`message.…`) is said at the message. */
const SILENT = new Set(['ticket.reply_queued', 'ticket.mention_done'])

/** The ticket's events in words, oldest first. One event may have changed several things. */
export function historyWords(events: readonly TicketEvent[], names: Names, t: Translate): HistoryView[] {
  return events.flatMap((event): HistoryView[] => {
    if (SILENT.has(event.verb) || event.verb.startsWith('message.')) return []
    const data = event.data as Record<string, never>
    const words = wordsOf(event.verb, data, names, t)
    return words.map((text, at) => ({
      id: event.id * 10 + at,
      at: event.at.toISOString(),
      who: event.actor.name ?? writer(event, names) ?? t('agent.history.system'),
      text,
      reason: typeof data.reason === 'string' && data.reason !== '' ? data.reason : null,
      isMessage: MESSAGES.has(event.verb),
    }))
  })
}

function writer(event: TicketEvent, names: Names): string | null {
  if (event.verb !== 'ticket.opened' && event.verb !== 'ticket.customer_wrote') return null
  return typeof event.data.entry === 'number' ? names.authorOf(event.data.entry) : null
}

interface Sides {
  from: { agent: number | null; team: number | null }
  to: { agent: number | null; team: number | null }
}

function wordsOf(verb: string, data: Record<string, unknown>, names: Names, t: Translate): string[] {
  const { directory, workflow, topics } = names
  const unknown = '?'
  const agent = (id: unknown) => directory.agents.find((one) => one.id === id)?.name ?? unknown
  const team = (id: unknown) => directory.teams.find((one) => one.id === id)?.name ?? unknown
  const department = (id: unknown) => directory.departments.find((one) => one.id === id)?.name ?? unknown
  const status = (id: unknown) => workflow.statuses.find((one) => one.id === id)?.name ?? unknown
  const priority = (id: unknown) => workflow.priorities.find((one) => one.id === id)?.name ?? unknown
  switch (verb) {
    case 'ticket.assigned': {
      const { from, to } = data as unknown as Sides
      const said: string[] = []
      if (to.agent !== from.agent) {
        if (to.agent === null) said.push(t('agent.history.unassigned', { from: agent(from.agent) }))
        else if (data.claimed) said.push(t('agent.history.claimed'))
        else said.push(t('agent.history.assigned', { to: agent(to.agent) }))
      }
      if (to.team !== from.team && to.team !== null) said.push(t('agent.history.assignedTeam', { to: team(to.team) }))
      return said
    }
    case 'ticket.transferred':
      return [t('agent.history.transferred', { from: department(data.from), to: department(data.to) })]
    case 'ticket.status_changed':
      if (data.cause === 'reply') return [t('agent.history.statusByReply', { to: status(data.to) })]
      if (data.cause === 'woke') return [t('agent.history.statusByWaking', { to: status(data.to) })]
      if (data.cause === 'waited_for_long') return [t('agent.history.resolvedAfterSilence')]
      if (data.cause === 'resolved_for_long') return [t('agent.history.closedAfterLong')]
      return [t('agent.history.status', { from: status(data.from), to: status(data.to) })]
    case 'ticket.edited': {
      const changes = (data.changes ?? {}) as Record<string, { from: unknown; to: unknown }>
      return [
        ...(changes.subject ? [t('agent.history.subject', { to: String(changes.subject.to) })] : []),
        ...(changes.priority
          ? [t('agent.history.priority', { from: priority(changes.priority.from), to: priority(changes.priority.to) })]
          : []),
        ...(changes.topic
          ? [
              t('agent.history.topic', {
                to: topics.find((one) => one.id === changes.topic?.to)?.name ?? t('agent.context.none'),
              }),
            ]
          : []),
      ]
    }
    case 'ticket.copies_changed': {
      const [added, removed, pending] = [data.added, data.removed, data.pending].map((list) =>
        Array.isArray(list) ? list.length : 0,
      ) as [number, number, number]
      return [
        ...(added > 0 ? [t('agent.history.copiesAdded', { count: added })] : []),
        ...(pending > 0 ? [t('agent.history.copiesProposed', { count: pending })] : []),
        ...(removed > 0 ? [t('agent.history.copiesRemoved', { count: removed })] : []),
      ]
    }
    case 'ticket.opened': {
      const trace = Array.isArray(data.trace) ? (data.trace as Array<{ name?: unknown }>) : []
      const filters = trace.flatMap((one) => (typeof one.name === 'string' ? [one.name] : []))
      return [
        t.has(`agent.history.${verb}`) ? t.at(`agent.history.${verb}`) : t('agent.history.other', { verb }),
        ...filters.map((name) => t('agent.history.filtered', { name })),
      ]
    }
    case 'ticket.reminded':
      return [t('agent.history.reminded', { days: Number(data.days ?? 0) })]
    case 'ticket.referred':
      return [t('agent.history.referred', { department: department(data.department) })]
    case 'ticket.referral_removed':
      return [t('agent.history.referralRemoved', { department: department(data.department) })]
    case 'ticket.moved':
      if (data.to === 'desk') return [t('agent.history.movedBack')]
      return [
        t('agent.history.moved', { to: data.to === 'spam' ? t('agent.history.places.spam') : t('agent.history.places.trash') }),
      ]
    default: {
      const said = actWords(verb, data, names, t)
      if (said) return said
      const key = `agent.history.${verb}`
      return [t.has(key) ? t.at(key) : t('agent.history.other', { verb })]
    }
  }
}
