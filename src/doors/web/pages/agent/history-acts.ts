import type { Translate } from '#i18n/translate.ts'
import type { Names } from './history-words.ts'

const idsOf = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : [])

/** What agents did beyond answering, in words. Null for what is none of it. */
export function actWords(verb: string, data: Record<string, unknown>, names: Names, t: Translate): string[] | null {
  switch (verb) {
    case 'ticket.tagged': {
      const [added, removed] = [idsOf(data.added), idsOf(data.removed)]
      const list = (ids: number[]) => ids.map((id) => names.tags.find((tag) => tag.id === id)?.name ?? '?').join(', ')
      return [
        ...(added.length > 0 ? [t('agent.history.tagsAdded', { count: added.length, tags: list(added) })] : []),
        ...(removed.length > 0 ? [t('agent.history.tagsRemoved', { count: removed.length, tags: list(removed) })] : []),
      ]
    }
    case 'ticket.mentioned':
      return [
        t('agent.history.mentioned', {
          names: idsOf(data.agents)
            .map((id) => names.directory.agents.find((agent) => agent.id === id)?.name ?? '?')
            .join(', '),
        }),
      ]
    case 'ticket.over_limit':
      return [t('agent.history.overLimit', { count: Number(data.open) })]
    case 'ticket.seen_as_customer':
      return [t('agent.history.seenAsCustomer')]
    case 'ticket.snoozed':
      return [t('agent.history.snoozed', { when: names.sayTime(String(data.until)) })]
    case 'ticket.woke':
      return [
        data.cause === 'clock'
          ? t('agent.history.wokeByClock')
          : data.cause === 'customer'
            ? t('agent.history.wokeByCustomer')
            : t('agent.history.wokeByHand'),
      ]
    case 'ticket.note_pinned':
      return [data.entry === null ? t('agent.history.unpinned') : t('agent.history.pinned')]
    case 'ticket.requester_changed':
      return [data.keptOnCopy ? t('agent.history.requesterKept') : t('agent.history.requesterGone')]
    case 'ticket.merged':
      return [
        t('agent.history.merged', {
          numbers: (Array.isArray(data.from) ? data.from : []).map((one: { number?: unknown }) => String(one.number)).join(', '),
        }),
      ]
    case 'ticket.merged_into':
      return []
    case 'ticket.split':
      return [t('agent.history.split', { number: String(data.number) })]
    case 'ticket.linked': {
      const number = String(data.number)
      if (data.as === 'parent') return [t('agent.history.linkedParent', { number })]
      if (data.as === 'child') return [t('agent.history.linkedChild', { number })]
      return [t('agent.history.linkedRelated', { number })]
    }
    case 'ticket.unlinked':
      return [t('agent.history.unlinked', { number: String(data.number) })]
    case 'ticket.undone': {
      const key = `agent.history.undoneAct.${String(data.verb).replace('ticket.', '')}`
      return [t('agent.history.undone', { what: t.has(key) ? t.at(key) : String(data.verb) })]
    }
    default:
      return null
  }
}
