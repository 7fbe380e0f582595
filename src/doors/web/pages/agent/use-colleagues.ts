import { useMemo } from 'react'
import { useT } from '#i18n/react.tsx'
import { useFrame } from './frame-context.tsx'
import type { SuggestSource } from './suggest.tsx'

const SHOWN = 8

/** Colleagues after `@` in a note: whoever is named follows the ticket and finds it among their mentions. */
export function useColleagues(): SuggestSource {
  const t = useT()
  const { view } = useFrame()
  return useMemo(
    () => ({
      trigger: '@',
      label: t('agent.composer.colleagues'),
      nothing: t('agent.ticket.nothingFound'),
      allowSpaces: false,
      find: async (query) => {
        const typed = query.toLocaleLowerCase()
        return view.agents
          .filter((agent) => agent.id !== view.me.id)
          .filter((agent) =>
            `${agent.name} ${agent.email}`
              .toLocaleLowerCase()
              .split(/\s+/)
              .some((word) => word.startsWith(typed)),
          )
          .slice(0, SHOWN)
          .map((agent) => ({
            id: String(agent.id),
            label: agent.name,
            detail: agent.away ? `${agent.email} (${t('agent.ticket.away')})` : agent.email,
          }))
      },
      choose: (item, insert) => {
        const text = `@${item.label}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        insert(`${text}&nbsp;`)
      },
    }),
    [t, view.agents, view.me.id],
  )
}
