import { useMemo, useRef } from 'react'
import { useT } from '#i18n/react.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import type { EntryKind } from './composer-kind.ts'
import type { SuggestSource } from './suggest.tsx'
import type { FileView, TicketView } from './view.ts'

interface Offered {
  id: number
  name: string
  text: string
  files: number
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Canned responses after `::`. They are fetched once for a ticket, when they are first asked for. */
export function useCannedResponses(ticket: TicketView, kind: EntryKind, onFiles: (files: FileView[]) => void): SuggestSource {
  const t = useT()
  const { csrf } = useRequest()
  const fetched = useRef<{ number: string; responses: Promise<Offered[]> } | null>(null)
  const state = useRef({ kind, onFiles })
  state.current = { kind, onFiles }
  return useMemo<SuggestSource>(() => {
    const path = `/agent/tickets/${ticket.number}/canned`
    const offered = (): Promise<Offered[]> => {
      if (fetched.current?.number !== ticket.number) {
        const responses = fetch(path)
          .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
          .then((body: { responses: Offered[] }) => body.responses)
          .catch(() => {
            // The next time it is asked for, it is fetched again.
            fetched.current = null
            return []
          })
        fetched.current = { number: ticket.number, responses }
      }
      return fetched.current.responses
    }
    return {
      trigger: '::',
      label: t('agent.canned.label'),
      nothing: t('agent.canned.nothing'),
      allowSpaces: true,
      async find(query) {
        const words = plain(query).split(/\s+/).filter(Boolean)
        const named = (one: Offered) => words.every((word) => plain(one.name).includes(word))
        const meant = (one: Offered) => words.every((word) => plain(`${one.name} ${one.text}`).includes(word))
        const all = await offered()
        return [...all.filter(named), ...all.filter((one) => !named(one) && meant(one))].slice(0, 30).map((one) => ({
          id: String(one.id),
          label: one.files > 0 ? t('agent.canned.withFiles', { name: one.name, count: one.files }) : one.name,
          detail: one.text.replace(/\s+/g, ' ').slice(0, 120),
        }))
      },
      choose(item, insert) {
        const body = new URLSearchParams({ csrf, submission: newSubmission(), response: item.id, kind: state.current.kind })
        void fetch(path, { method: 'POST', body })
          .then(async (response) => {
            if (!response.ok) throw new Error(String(response.status))
            const taken = (await response.json()) as { html: string; files: FileView[] }
            insert(taken.html)
            if (taken.files.length > 0) state.current.onFiles(taken.files)
          })
          .catch(() => toast({ text: t('agent.canned.failed', { name: item.label }), tone: 'danger' }))
      },
    }
  }, [csrf, t, ticket.number])
}
