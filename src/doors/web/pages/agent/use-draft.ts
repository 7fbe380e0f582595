import { useCallback, useEffect, useRef, useState } from 'react'
import { newSubmission } from '../../ui/form.tsx'
import type { EntryKind } from './composer-kind.ts'
import type { DraftView } from './view.ts'

export type SaveState =
  | { is: 'idle' }
  | { is: 'saving' }
  | { is: 'saved'; at: number }
  | { is: 'offline' }
  | { is: 'failed'; reason: string }

export interface DraftContent {
  kind: EntryKind
  html: string
  mode: string
  chosen: string[]
}

const PAUSE_MS = 800

/** By agent too: two may share a browser, but not their drafts. */
const localKey = (agent: number, ticket: number, kind: string): string => `draft:${agent}:${ticket}:${kind}`

/**
 * Keeps what is being written on the server, a moment after the last key; without a connection in this browser until there is one.
 * Saves follow each other, so that a reply can wait for the last one before it is posted.
 */
export function useDraft(
  agent: number,
  ticket: { id: number; number: string },
  csrf: string,
  initial: DraftView[],
  read: () => DraftContent,
): {
  state: SaveState
  touch(): void
  /** Ends what is planned and waits for what is under way. */
  settle(): Promise<void>
  saveNow(): Promise<void>
  forget(kind: EntryKind): void
  adopt(draft: DraftView): void
  /** What this browser kept because the server could not be reached; null when nothing. */
  kept(kind: EntryKind): string | null
} {
  const [state, setState] = useState<SaveState>({ is: 'idle' })
  const revisions = useRef<Record<string, number>>(Object.fromEntries(initial.map((draft) => [draft.kind, draft.revision])))
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const chain = useRef<Promise<void>>(Promise.resolve())
  const reading = useRef(read)
  reading.current = read

  const save = useCallback(async (): Promise<void> => {
    const content = reading.current()
    setState({ is: 'saving' })
    try {
      const body = new URLSearchParams({
        csrf,
        submission: newSubmission(),
        kind: content.kind,
        body: content.html,
        mode: content.mode,
        chosen: content.chosen.join(','),
        revision: String(revisions.current[content.kind] ?? 0),
      })
      const answer = await fetch(`/agent/tickets/${ticket.number}/draft`, {
        method: 'POST',
        body,
        keepalive: content.html.length < 50_000,
      })
      const told = (await answer.json()) as { revision?: number; message?: string }
      if (answer.ok && told.revision !== undefined) {
        revisions.current[content.kind] = told.revision
        localStorage.removeItem(localKey(agent, ticket.id, content.kind))
        setState({ is: 'saved', at: Date.now() })
      } else setState({ is: 'failed', reason: told.message ?? String(answer.status) })
    } catch {
      try {
        localStorage.setItem(localKey(agent, ticket.id, content.kind), content.html)
        setState({ is: 'offline' })
      } catch {
        setState({ is: 'failed', reason: 'storage' })
      }
    }
  }, [agent, csrf, ticket.id, ticket.number])

  const saveNow = useCallback((): Promise<void> => {
    clearTimeout(timer.current)
    timer.current = undefined
    chain.current = chain.current.then(save)
    return chain.current
  }, [save])

  const touch = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void saveNow(), PAUSE_MS)
  }, [saveNow])

  const settle = useCallback((): Promise<void> => {
    clearTimeout(timer.current)
    timer.current = undefined
    return chain.current
  }, [])

  useEffect(() => {
    const onHide = () => {
      if (document.visibilityState === 'hidden' && timer.current !== undefined) void saveNow()
    }
    const onOnline = () => {
      setState((before) => {
        if (before.is === 'offline') void saveNow()
        return before
      })
    }
    document.addEventListener('visibilitychange', onHide)
    addEventListener('online', onOnline)
    return () => {
      document.removeEventListener('visibilitychange', onHide)
      removeEventListener('online', onOnline)
      // Leaving the ticket with something not yet saved.
      if (timer.current !== undefined) void saveNow()
    }
  }, [saveNow])

  const forget = useCallback(
    (kind: EntryKind) => {
      clearTimeout(timer.current)
      timer.current = undefined
      revisions.current[kind] = 0
      localStorage.removeItem(localKey(agent, ticket.id, kind))
      setState({ is: 'idle' })
    },
    [agent, ticket.id],
  )
  const adopt = useCallback((draft: DraftView) => {
    revisions.current[draft.kind] = draft.revision
    setState({ is: 'saved', at: Date.now() })
  }, [])

  const kept = useCallback(
    (kind: EntryKind): string | null => localStorage.getItem(localKey(agent, ticket.id, kind)) || null,
    [agent, ticket.id],
  )

  return { state, touch, settle, saveNow, forget, adopt, kept }
}
