import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { PrefetchPageLinks, useNavigate } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Badge, Dot } from '../../ui/badge.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Moment } from '../../ui/moment.tsx'
import { DueMark, PriorityMark, StatusMark, ViewerMarks } from './ticket-marks.tsx'
import type { TicketRow } from './view.ts'

export type Column = 'number' | 'requester' | 'assignee' | 'status' | 'priority' | 'due' | 'last'
/** Where the list is narrow these give way to the subject, one after the other. */
const giveWay: Partial<Record<Column, string>> = {
  number: '@max-[72rem]:hidden',
  priority: '@max-[67rem]:hidden',
  assignee: '@max-[62rem]:hidden',
  status: '@max-[56rem]:hidden',
}
export const columns: Column[] = ['number', 'requester', 'assignee', 'status', 'priority', 'due', 'last']

export interface ListProps {
  rows: TicketRow[]
  queue: string
  label: string
  /** The ticket that is open beside the list. */
  openNumber: string | null
  selected: ReadonlySet<number>
  onSelect(id: number, selected: boolean): void
  onSelectAll(selected: boolean): void
}

/** Where the keyboard is: the row's own link has the focus, so that Enter, a screen reader and the eye agree. */
export const rowLinkId = (number: string): string => `ticket-${number}`

/** From a queue the ticket keeps it, so that "next" and "back" lead on; from a search it stands alone. */
const href = (row: TicketRow, queue: string): string => `/agent/tickets/${row.number}${queue ? `?queue=${queue}` : ''}`

/** The list in full width: a table with the columns one wants. */
export function TicketTable({ rows, queue, label, openNumber, selected, onSelect, onSelectAll }: ListProps) {
  const t = useT()
  const { appearance } = useAppearance()
  const shown = new Set(columns.filter((column) => !appearance.hiddenColumns.includes(column)))
  const all = rows.length > 0 && rows.every((row) => selected.has(row.id))
  const some = !all && rows.some((row) => selected.has(row.id))
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current) box.current.indeterminate = some
  }, [some])
  return (
    <RowLinks>
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="border-line border-b">
            <th scope="col" className="w-10 ps-4">
              <input
                ref={box}
                type="checkbox"
                checked={all}
                onChange={(event) => onSelectAll(event.target.checked)}
                aria-label={t('agent.list.selectAll')}
                className="block size-4 accent-accent"
              />
            </th>
            {shown.has('number') ? (
              <HeadCell className={classNames('w-20', giveWay.number)}>{t('agent.list.number')}</HeadCell>
            ) : null}
            <HeadCell>{t('agent.list.subject')}</HeadCell>
            {shown.has('requester') ? <HeadCell className="w-36">{t('agent.list.requester')}</HeadCell> : null}
            {shown.has('assignee') ? (
              <HeadCell className={classNames('w-28', giveWay.assignee)}>{t('agent.list.assignee')}</HeadCell>
            ) : null}
            {shown.has('status') ? (
              <HeadCell className={classNames('w-43', giveWay.status)}>{t('agent.list.status')}</HeadCell>
            ) : null}
            {shown.has('priority') ? (
              <HeadCell className={classNames('w-22', giveWay.priority)}>{t('agent.list.priority')}</HeadCell>
            ) : null}
            {shown.has('due') ? <HeadCell className="w-30">{t('agent.list.due')}</HeadCell> : null}
            {shown.has('last') ? <HeadCell className="w-30 pe-4 text-end!">{t('agent.list.last')}</HeadCell> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow
              key={row.id}
              row={row}
              queue={queue}
              shown={shown}
              open={row.number === openNumber}
              selected={selected.has(row.id)}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </RowLinks>
  )
}

function HeadCell({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <th scope="col" className={classNames('h-9 truncate px-2 text-start font-medium text-ink-faint text-small', className)}>
      {children}
    </th>
  )
}

interface RowProps {
  row: TicketRow
  queue: string
  open: boolean
  selected: boolean
  onSelect(id: number, selected: boolean): void
}

const TableRow = memo(function TableRow({ row, queue, shown, open, selected, onSelect }: RowProps & { shown: Set<Column> }) {
  const t = useT()
  return (
    <tr
      className={classNames(
        'relative h-(--row) border-line border-b focus-within:bg-hover hover:bg-hover',
        (selected || open) && 'bg-selected! ',
      )}
    >
      <td className="ps-4">
        <SelectBox row={row} selected={selected} onSelect={onSelect} />
      </td>
      {shown.has('number') ? (
        <td className={classNames('tabular truncate px-2 text-ink-faint', giveWay.number)}>{row.number}</td>
      ) : null}
      <td className="px-2">
        <div className="flex min-w-0 items-center gap-2">
          <UnreadMark unread={row.unread} />
          <RowLink row={row} queue={queue} className="min-w-0 truncate">
            <span className={row.unread ? 'font-semibold' : 'font-medium'}>{row.subject}</span>
            <span className="ms-2 text-ink-faint">{row.preview}</span>
          </RowLink>
          <RowMarks row={row} />
          <ViewerMarks viewers={row.viewers} />
        </div>
      </td>
      {shown.has('requester') ? (
        <td className="truncate px-2" title={row.requester.address}>
          {row.requester.name}
        </td>
      ) : null}
      {shown.has('assignee') ? (
        <td className={classNames('truncate px-2 text-ink-muted', giveWay.assignee)}>
          {row.assignee?.name ?? <span className="text-ink-faint">{t('agent.list.unassigned')}</span>}
        </td>
      ) : null}
      {shown.has('status') ? (
        <td className={classNames('truncate px-2 text-ink-muted', giveWay.status)}>
          <StatusMark status={row.status} plain />
        </td>
      ) : null}
      {shown.has('priority') ? (
        <td className={classNames('truncate px-2', giveWay.priority)}>
          <PriorityMark priority={row.priority} />
        </td>
      ) : null}
      {shown.has('due') ? <td className="truncate px-2">{row.dueAt ? <DueMark at={row.dueAt} /> : null}</td> : null}
      {shown.has('last') ? (
        <td className="truncate px-2 pe-4 text-end text-ink-muted">
          <Moment at={row.lastMessageAt} style="short" />
        </td>
      ) : null}
    </tr>
  )
})

/** The list beside an open ticket, and on narrow screens: two lines a ticket. */
export function TicketColumn({ rows, queue, label, openNumber, selected, onSelect }: ListProps) {
  return (
    <RowLinks>
      <ul aria-label={label}>
        {rows.map((row) => (
          <ColumnRow
            key={row.id}
            row={row}
            queue={queue}
            open={row.number === openNumber}
            selected={selected.has(row.id)}
            onSelect={onSelect}
          />
        ))}
      </ul>
    </RowLinks>
  )
}

const ColumnRow = memo(function ColumnRow({ row, queue, open, selected, onSelect }: RowProps) {
  const { appearance } = useAppearance()
  return (
    <li
      className={classNames(
        'relative border-line border-b px-3 focus-within:bg-hover hover:bg-hover',
        appearance.density === 'compact' ? 'py-1.5' : appearance.density === 'roomy' ? 'py-3.5' : 'py-2.5',
        (selected || open) && 'bg-selected!',
      )}
    >
      <div className="flex min-w-0 items-start gap-2.5">
        <div className="flex h-5 items-center">
          <SelectBox row={row} selected={selected} onSelect={onSelect} />
        </div>
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline gap-2">
            <span className="min-w-0 flex-1 truncate text-ink-muted text-small">{row.requester.name}</span>
            <ViewerMarks viewers={row.viewers} />
            <Moment at={row.lastMessageAt} style="short" className="shrink-0 text-ink-faint text-small" />
          </div>
          <div className="flex items-center gap-1.5">
            <UnreadMark unread={row.unread} />
            <RowLink row={row} queue={queue} open={open} className="min-w-0 truncate">
              <span className={row.unread ? 'font-semibold' : 'font-medium'}>{row.subject}</span>
            </RowLink>
          </div>
          {appearance.density === 'roomy' ? <p className="truncate text-ink-faint">{row.preview}</p> : null}
          <div className="mt-0.5 flex min-w-0 items-center gap-2 text-ink-faint text-small">
            <span className="tabular shrink-0">{row.number}</span>
            <StatusMark status={row.status} plain />
            {row.priority.urgency < 3 ? <PriorityMark priority={row.priority} signOnly /> : null}
            {row.dueAt ? <DueMark at={row.dueAt} className="ms-auto shrink-0" /> : null}
          </div>
          {row.tags.length > 0 || row.snoozedUntil ? (
            <div className="mt-1 flex min-w-0">
              <RowMarks row={row} />
            </div>
          ) : null}
        </div>
      </div>
    </li>
  )
})

/** Its tags, the first two of them, and until when it sleeps. */
function RowMarks({ row }: { row: TicketRow }) {
  const t = useT()
  if (row.tags.length === 0 && !row.snoozedUntil) return null
  const more = row.tags.slice(2)
  return (
    <span className="flex max-w-full shrink-0 items-center gap-1 overflow-hidden">
      {row.snoozedUntil ? (
        <Badge tone="info">
          {t('agent.further.snoozedMark')} <Moment at={row.snoozedUntil} style="short" />
        </Badge>
      ) : null}
      {row.tags.slice(0, 2).map((tag) => (
        <Badge key={tag.id} tone={tag.colour} className="max-w-24 shrink-0" title={tag.name}>
          <span className="truncate">{tag.name}</span>
        </Badge>
      ))}
      {more.length > 0 ? <Badge title={more.map((tag) => tag.name).join(', ')}>+{more.length}</Badge> : null}
    </span>
  )
}

/** Keeps its place when there is nothing to say, so that subjects stand in one line. */
function UnreadMark({ unread }: { unread: boolean }) {
  const t = useT()
  return unread ? <Dot label={t('agent.list.unread')} /> : <span className="size-2 shrink-0" />
}

/**
 * The whole row can be pressed: the link's own box reaches over it. It is a plain link, of which a list may hold hundreds; that it
 * leads on within the page, and that its page is fetched when it is pointed at, is seen to once for all of them (`RowLinks`).
 */
function RowLink({
  row,
  queue,
  open,
  className,
  children,
}: {
  row: TicketRow
  queue: string
  open?: boolean
  className?: string
  children: ReactNode
}) {
  return (
    <a
      id={rowLinkId(row.number)}
      href={href(row, queue)}
      aria-current={open ? 'true' : undefined}
      className={classNames(
        'after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2',
        className,
      )}
    >
      {children}
    </a>
  )
}

function SelectBox({
  row,
  selected,
  onSelect,
}: {
  row: TicketRow
  selected: boolean
  onSelect(id: number, selected: boolean): void
}) {
  const t = useT()
  return (
    <input
      type="checkbox"
      checked={selected}
      onChange={(event) => onSelect(row.id, event.target.checked)}
      aria-label={t('agent.list.select', { number: row.number })}
      className="relative z-1 block size-4 shrink-0 accent-accent"
    />
  )
}

const rowLinkIn = (target: EventTarget | null): HTMLAnchorElement | null => {
  const link = target instanceof Element ? target.closest('a') : null
  return link?.id.startsWith('ticket-') ? link : null
}

/** Around a list: its links lead on within the page, and a ticket is fetched while it is still being pointed at. */
function RowLinks({ children }: { children: ReactNode }) {
  const navigate = useNavigate()
  const [wanted, setWanted] = useState<string | null>(null)
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const want = (target: EventTarget | null) => {
    const link = rowLinkIn(target)
    clearTimeout(waiting.current)
    // A pointer that only passes over fetches nothing.
    if (link) waiting.current = setTimeout(() => setWanted(link.pathname + link.search), 80)
  }
  useEffect(() => () => clearTimeout(waiting.current), [])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is heard here comes from the links inside
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
    <div
      className="contents"
      onClick={(event) => {
        const link = rowLinkIn(event.target)
        // With a key held, or another button, it opens where the browser says.
        if (
          !link ||
          event.defaultPrevented ||
          event.button !== 0 ||
          event.metaKey ||
          event.ctrlKey ||
          event.shiftKey ||
          event.altKey
        )
          return
        event.preventDefault()
        navigate(link.pathname + link.search)
      }}
      onPointerOver={(event) => want(event.target)}
      onFocus={(event) => want(event.target)}
    >
      {children}
      {wanted ? <PrefetchPageLinks key={wanted} page={wanted} /> : null}
    </div>
  )
}

/** Moves the focus along the rows; returns the number of the row that has it now, or null at the end. */
export function useRowFocus(rows: TicketRow[]): {
  move(step: 1 | -1): void
  focused(): TicketRow | null
  onKeyDown(event: KeyboardEvent): void
} {
  const latest = useRef(rows)
  latest.current = rows
  const lastAt = useRef(-1)
  const focused = useCallback((): TicketRow | null => {
    const id = document.activeElement?.closest('tr,li')?.querySelector('a[id^="ticket-"]')?.id
    return latest.current.find((row) => rowLinkId(row.number) === id) ?? null
  }, [])
  const move = useCallback(
    (step: 1 | -1) => {
      const list = latest.current
      if (list.length === 0) return
      const now = focused()
      const open = list.findIndex(
        (row) => document.getElementById(rowLinkId(row.number))?.getAttribute('aria-current') === 'true',
      )
      const from = now
        ? list.indexOf(now)
        : open >= 0
          ? open
          : step === 1
            ? Math.min(lastAt.current, list.length - 1)
            : list.length
      const next = Math.max(0, Math.min(list.length - 1, from + step))
      lastAt.current = next
      const link = document.getElementById(rowLinkId(list[next]!.number))
      link?.focus()
      link?.scrollIntoView({ block: 'nearest' })
    },
    [focused],
  )
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        if (!(event.target instanceof HTMLAnchorElement)) return
        event.preventDefault()
        move(event.key === 'ArrowDown' ? 1 : -1)
      }
    },
    [move],
  )
  return { move, focused, onKeyDown }
}
