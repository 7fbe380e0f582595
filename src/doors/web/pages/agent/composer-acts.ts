import { useT } from '#i18n/react.tsx'
import { useActs } from './acts.tsx'
import type { EntryKind } from './composer-kind.ts'
import type { TicketView } from './view.ts'

/** What the keys and the palette can do with the composer. */
export function useComposerActs({
  ticket,
  kind,
  canPost,
  open,
  post,
}: {
  ticket: TicketView
  kind: EntryKind
  canPost: boolean
  open(kind: EntryKind): void
  post(status: string): void
}): void {
  const t = useT()
  useActs('composer', [
    ...(ticket.may.reply
      ? [
          {
            id: 'reply',
            label: t('agent.acts.reply'),
            group: 'ticket' as const,
            keys: 'r',
            words: t('agent.words.reply'),
            run: () => open('response'),
          },
          {
            id: 'forward',
            label: t('agent.acts.forward'),
            group: 'ticket' as const,
            words: t('agent.words.forward'),
            run: () => open('forward'),
          },
        ]
      : []),
    ...(ticket.may.note
      ? [
          {
            id: 'note',
            label: t('agent.acts.note'),
            group: 'ticket' as const,
            keys: 'n',
            words: t('agent.words.note'),
            run: () => open('note'),
          },
        ]
      : []),
    ...(canPost
      ? [
          {
            id: 'post',
            label: t('agent.acts.post'),
            group: 'ticket' as const,
            keys: 'mod+enter',
            keysOnly: true,
            run: () => post(''),
          },
          ...(kind === 'response'
            ? [
                {
                  id: 'post-resolve',
                  label: t('agent.acts.postResolve'),
                  group: 'ticket' as const,
                  keys: 'mod+shift+enter',
                  keysOnly: true,
                  run: () => post('resolved'),
                },
              ]
            : []),
        ]
      : []),
  ])
}
