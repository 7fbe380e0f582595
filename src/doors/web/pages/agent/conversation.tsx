import { ArrowDown, Pin } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EntryCard } from './entry-card.tsx'
import type { EntryView, HistoryView, TicketView } from './view.ts'

type Item = { kind: 'entry'; entry: EntryView } | { kind: 'changes'; changes: HistoryView[] }

/** Messages and changes in one order; changes that follow each other become one line. */
export function interleave(entries: EntryView[], history: HistoryView[]): Item[] {
  const since = entries[0] ? Date.parse(entries[0].at) : 0
  const all = [
    ...entries.map((entry) => ({ at: Date.parse(entry.at), item: { kind: 'entry' as const, entry } })),
    ...history
      .filter((change) => !change.isMessage && Date.parse(change.at) >= since)
      .map((change) => ({ at: Date.parse(change.at), item: { kind: 'changes' as const, changes: [change] } })),
  ].sort((a, b) => a.at - b.at)
  const items: Item[] = []
  for (const { item } of all) {
    const last = items.at(-1)
    if (item.kind === 'changes' && last?.kind === 'changes') last.changes.push(...item.changes)
    else items.push(item.kind === 'changes' ? { kind: 'changes', changes: [...item.changes] } : item)
  }
  return items
}

const layoutEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect

/** The ticket's messages, oldest first, opened at the newest. What arrives while one reads above is announced, not scrolled to. */
export function Conversation({
  ticket,
  onUndo,
  onPublish,
}: {
  ticket: TicketView
  onUndo(entry: number): void
  onPublish?: ((entry: number) => void) | undefined
}) {
  const t = useT()
  const [search] = useSearchParams()
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stick = useRef(true)
  const [below, setBelow] = useState(false)
  const seen = useRef({ ticket: ticket.id, last: ticket.lastEntryId ?? 0 })
  const [arrived, setArrived] = useState<number[]>([])
  const items = useMemo(() => interleave(ticket.entries, ticket.history), [ticket.entries, ticket.history])

  // Frames and pictures grow after they are loaded: while the reader has not moved, the newest stays in view.
  layoutEffect(() => {
    const box = scroller.current
    const inner = content.current
    if (!box || !inner) return
    stick.current = true
    const follow = () => {
      if (stick.current) box.scrollTop = box.scrollHeight
    }
    follow()
    const observer = new ResizeObserver(follow)
    observer.observe(inner)
    observer.observe(box)
    return () => observer.disconnect()
  }, [ticket.id])

  useEffect(() => {
    if (seen.current.ticket !== ticket.id) {
      seen.current = { ticket: ticket.id, last: ticket.lastEntryId ?? 0 }
      setArrived([])
      return
    }
    const fresh = ticket.entries.filter((entry) => entry.id > seen.current.last)
    if (fresh.length === 0) return
    seen.current.last = Math.max(...fresh.map((entry) => entry.id))
    if (fresh.some((entry) => entry.author.mine)) stick.current = true
    const others = fresh.filter((entry) => !entry.author.mine).map((entry) => entry.id)
    if (others.length > 0 && !stick.current) setArrived((before) => [...before, ...others])
    const box = scroller.current
    if (stick.current && box) box.scrollTop = box.scrollHeight
  }, [ticket.id, ticket.entries, ticket.lastEntryId])

  const goNewest = useCallback(() => {
    stick.current = true
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
    const first = arrived[0] ?? ticket.lastEntryId
    if (first !== null) document.getElementById(`entry-${first}`)?.focus({ preventScroll: true })
    setArrived([])
  }, [arrived, ticket.lastEntryId])

  const moreParams = new URLSearchParams(search)
  moreParams.set('shown', String(ticket.entries.length + 100))

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {ticket.pinned ? (
        <details open className="group mt-3 shrink-0 border-note-line border-y bg-note first:mt-0">
          <summary className="flex min-h-8 list-none items-center gap-2 px-4 font-medium text-note-ink text-small">
            <Pin className="size-3.5" aria-hidden="true" />
            {t('agent.further.pinnedTitle')}
          </summary>
          <div className="mx-auto max-h-[34vh] max-w-4xl overflow-y-auto pb-3">
            <EntryCard entry={ticket.pinned} onUndo={onUndo} isPinned />
          </div>
        </details>
      ) : null}
      <section
        ref={scroller}
        aria-label={t('agent.ticket.conversation')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          const away = scrollHeight - clientHeight - scrollTop
          stick.current = away < 24
          setBelow(away > 240)
          if (stick.current && arrived.length > 0) setArrived([])
        }}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:-outline-offset-2"
      >
        <div ref={content} className="mx-auto flex max-w-4xl flex-col gap-3 px-4 py-4">
          {ticket.earlier > 0 ? (
            <Link
              to={`?${moreParams}`}
              preventScrollReset
              replace
              onClick={() => {
                stick.current = false
              }}
              className={buttonClass('secondary', 'small', 'self-center')}
            >
              {t('agent.ticket.earlier', { count: ticket.earlier })}
            </Link>
          ) : null}
          {items.map((item) =>
            item.kind === 'entry' && item.entry.id === ticket.pinned?.id ? (
              <PinnedHere key={`e${item.entry.id}`} entry={item.entry} />
            ) : item.kind === 'entry' ? (
              <EntryCard
                key={`e${item.entry.id}`}
                entry={item.entry}
                onUndo={onUndo}
                onPublish={onPublish}
                isNew={arrived.includes(item.entry.id)}
              />
            ) : (
              <Changes key={`c${item.changes[0]!.id}`} changes={item.changes} />
            ),
          )}
        </div>
      </section>
      <p role="status" className="sr-only">
        {arrived.length > 0 ? t('agent.ticket.newArrived', { count: arrived.length }) : ''}
      </p>
      {below || arrived.length > 0 ? (
        <Button
          size="small"
          variant={arrived.length > 0 ? 'primary' : 'secondary'}
          onClick={goNewest}
          icon={<ArrowDown className="size-3.5" aria-hidden="true" />}
          className="absolute! inset-x-0 bottom-3 mx-auto w-fit rounded-full! shadow-lift"
        >
          {arrived.length > 0 ? t('agent.ticket.newArrived', { count: arrived.length }) : t('agent.ticket.scrollNewest')}
        </Button>
      ) : null}
    </div>
  )
}

/** The place of the pinned note in the conversation: it is read above, and need not be read twice. */
function PinnedHere({ entry }: { entry: EntryView }) {
  const t = useT()
  return (
    <article
      id={`entry-${entry.id}`}
      aria-label={`${t('agent.further.pinnedTitle')}, ${entry.author.name}`}
      tabIndex={-1}
      className="flex flex-wrap items-center justify-center gap-x-2 rounded-base px-4 text-note-ink text-small outline-offset-2"
    >
      <Pin className="size-3.5" aria-hidden="true" />
      {t('agent.further.pinnedHere', { name: entry.author.name })}
      <Moment at={entry.at} className="text-ink-faint" />
    </article>
  )
}

function Changes({ changes }: { changes: HistoryView[] }) {
  const t = useT()
  if (changes.length === 1) {
    return (
      <p className="px-4 text-center text-ink-faint text-small">
        <Change change={changes[0]!} />
      </p>
    )
  }
  return (
    <details className="px-4 text-ink-faint text-small">
      <summary className="mx-auto flex min-h-6 w-fit list-none items-center gap-1.5 rounded-small px-2 hover:bg-hover hover:text-ink">
        {t('agent.entry.changes', { count: changes.length })}
        <span aria-hidden="true">·</span>
        <Moment at={changes.at(-1)!.at} style="short" />
      </summary>
      <ul className="mx-auto mt-1 w-fit max-w-full">
        {changes.map((change) => (
          <li key={change.id} className="py-0.5">
            <Change change={change} />
          </li>
        ))}
      </ul>
    </details>
  )
}

export function Change({ change }: { change: HistoryView }) {
  const t = useT()
  return (
    <>
      <span className="wrap-anywhere">
        <span className="font-medium text-ink-muted">{change.who}</span> {change.text}
        {change.reason ? ` · ${t('agent.history.reason', { reason: change.reason })}` : ''}
      </span>
      {' · '}
      <Moment at={change.at} style="short" />
    </>
  )
}
