import { X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useFetcher, useRevalidator } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Act, useActs } from './acts.tsx'
import { useFrame } from './frame-context.tsx'
import { MergeSelected, MOST_MERGED } from './merge-dialog.tsx'
import { SnoozeMany } from './snooze-dialog.tsx'
import { StateSign } from './ticket-marks.tsx'
import type { TicketRow } from './view.ts'

export interface BulkAnswer {
  run?: number
  total?: number
  done?: number
  changed?: number
  isOver?: boolean
  canUndo?: boolean
  refused?: { number: string; reason: string }[]
  /** So many were erased. */
  emptied?: number
  message?: string
  errors?: Record<string, string>
}

type ActFields = Record<string, unknown>

/** Begins an act on many, follows it to its end, and says what came of it, with the way back. */
export function useBulkRun(onOver: () => void) {
  const t = useT()
  const { csrf } = useRequest()
  const starter = useFetcher<BulkAnswer>({ key: 'bulk-start' })
  const poller = useFetcher<BulkAnswer>({ key: 'bulk-run' })
  const { revalidate } = useRevalidator()
  const [running, setRunning] = useState<BulkAnswer | null>(null)
  const [report, setReport] = useState<BulkAnswer | null>(null)
  const submit = starter.submit
  const post = useCallback(
    (fields: Record<string, string>) =>
      void submit({ ...fields, csrf, submission: newSubmission() }, { method: 'post', action: '/agent/bulk' }),
    [submit, csrf],
  )
  const over = useRef(onOver)
  over.current = onOver
  const finish = useCallback(
    (answer: BulkAnswer) => {
      setRunning(null)
      void revalidate()
      const refused = answer.refused ?? []
      const undo =
        answer.canUndo && answer.run
          ? { action: { label: t('agent.composer.undo'), run: () => post({ intent: 'undo', run: String(answer.run) }) } }
          : {}
      if (refused.length === 0) {
        over.current()
        toast({
          key: 'bulk',
          text: t('agent.bulk.done', { count: answer.changed ?? 0 }),
          tone: 'success',
          stays: 12_000,
          ...undo,
        })
      } else {
        setReport(answer)
        toast({
          key: 'bulk',
          tone: 'danger',
          text: t('agent.bulk.partlyShort', { done: answer.changed ?? 0, all: answer.total ?? 0 }),
          ...undo,
        })
      }
    },
    [post, revalidate, t],
  )
  const handled = useRef<unknown>(null)
  const take = useCallback(
    (answer: BulkAnswer | undefined) => {
      if (!answer || handled.current === answer) return
      handled.current = answer
      // What is wrong with a time is said at its field, in the question that is still open.
      if (answer.errors?.local) return
      if (answer.message) toast({ key: 'bulk', text: answer.message, tone: 'danger' })
      else if (answer.emptied !== undefined) {
        toast({ key: 'bulk', text: t('agent.bulk.emptied', { count: answer.emptied }), tone: 'success' })
        void revalidate()
      } else if (answer.isOver) finish(answer)
      else if (answer.run) setRunning(answer)
    },
    [finish, revalidate, t],
  )
  useEffect(() => {
    if (starter.state === 'idle') take(starter.data)
  }, [starter.data, starter.state, take])
  useEffect(() => {
    if (poller.state === 'idle') take(poller.data)
  }, [poller.data, poller.state, take])
  const load = poller.load
  useEffect(() => {
    if (!running?.run || poller.state !== 'idle') return
    const timer = setTimeout(() => load(`/agent/bulk?run=${running.run}`), 500)
    return () => clearTimeout(timer)
  }, [running, poller.state, load])
  const start = useCallback(
    (act: ActFields, selection: unknown, extra: Record<string, string> = {}) => {
      setReport(null)
      post({ intent: 'start', act: JSON.stringify(act), selection: JSON.stringify(selection), ...extra })
    },
    [post],
  )
  const reportDialog = (
    <Dialog
      open={report !== null}
      onOpenChange={(open) => {
        if (open) return
        setReport(null)
        // Only now: the list that the report stands over forgets it with the selection.
        over.current()
      }}
      title={t('agent.bulk.reportTitle')}
      description={t('agent.bulk.partlyShort', { done: report?.changed ?? 0, all: report?.total ?? 0 })}
      closeLabel={t('common.close')}
    >
      <ul className="flex flex-col gap-1">
        {(report?.refused ?? []).map((one) => (
          <li key={`${one.number}${one.reason}`} className="flex gap-3 border-line border-b py-1.5 last:border-b-0">
            <span className="tabular shrink-0 font-medium">{one.number}</span>
            <span className="wrap-anywhere min-w-0 text-ink-muted">{one.reason}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
  return {
    start,
    post,
    running,
    working: starter.state !== 'idle' || running !== null,
    timeError: starter.data?.errors?.local,
    isReporting: report !== null,
    reportDialog,
  }
}

/**
 * What can be done with all that is ticked, or with all of the queue or search. It says exactly how many, asks before what is hard to
 * oversee, and afterwards says which were not changed and why.
 */
export function BulkBar({
  selected,
  rows,
  whole,
  onClear,
}: {
  selected: ReadonlySet<number>
  rows: TicketRow[]
  /** All that the list is a part of; null when it is all shown. */
  whole: { queue: string } | { words: string } | null
  onClear: () => void
}) {
  const t = useT()
  const { view } = useFrame()
  const counter = useFetcher<{ count: number; isMore: boolean }>({ key: 'bulk-count' })
  const [all, setAll] = useState(false)
  const [asking, setAsking] = useState<{ title: string; act: ActFields } | null>(null)
  const chosen = rows.filter((row) => selected.has(row.id))
  const [snoozing, setSnoozing] = useState(false)
  // As they were when asked: the list forgets a merged row before the answer is drawn.
  const [merging, setMerging] = useState<TicketRow[] | null>(null)
  const { start, running, working, timeError, isReporting, reportDialog } = useBulkRun(onClear)
  useEffect(() => {
    if (running || isReporting) setSnoozing(false)
  }, [running, isReporting])
  const complete = chosen.length > 0 && chosen.length === rows.length
  const load = counter.load
  useEffect(() => {
    if (!all || !whole) return
    load('queue' in whole ? `/agent/bulk?queue=${whole.queue}` : `/agent/bulk?q=${encodeURIComponent(whole.words)}`)
  }, [all, whole, load])
  useEffect(() => {
    if (!complete) setAll(false)
  }, [complete])
  const count = all ? (counter.data?.count ?? null) : chosen.length
  const selection = all && whole ? whole : { tickets: chosen.map((row) => row.number) }
  // What one cannot see in one look is asked for once more.
  const run = (title: string, act: ActFields) => {
    if (all || act.kind === 'move') setAsking({ title, act })
    else start(act, selection)
  }
  const mayMerge = view.may.merge && !all && chosen.length > 1
  const askMerge = () => {
    if (chosen.length > MOST_MERGED + 1)
      toast({ key: 'bulk', text: t('agent.bulk.mergeMost', { max: MOST_MERGED + 1 }), tone: 'danger' })
    else setMerging(chosen)
  }
  const acts: Act[] =
    chosen.length === 0
      ? []
      : [
          {
            id: 'bulk-mine',
            label: t('agent.ticket.assignToMe'),
            group: 'list',
            keys: 'm',
            run: () => run(t('agent.ticket.assignToMe'), { kind: 'assign', agent: view.me.id }),
          },
          {
            id: 'bulk-spam',
            label: t('agent.ticket.spam'),
            group: 'list',
            keys: '!',
            run: () => run(t('agent.ticket.spam'), { kind: 'move', place: 'spam' }),
          },
          { id: 'bulk-snooze', label: t('agent.further.snooze'), group: 'list', keys: 'h', run: () => setSnoozing(true) },
          ...(mayMerge
            ? [{ id: 'bulk-merge', label: t('agent.bulk.merge'), group: 'list', keys: '&', run: askMerge } as const]
            : []),
        ]
  useActs('bulk', acts)
  const place = rows.find((row) => selected.has(row.id))?.place ?? 'desk'
  const preview = chosen.slice(0, 5)

  return (
    <section
      aria-label={t('agent.bulk.label')}
      className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-line border-t bg-raised px-3 py-2"
    >
      <p role="status" className="tabular me-1 font-medium">
        {running
          ? t('agent.bulk.progress', { done: running.done ?? 0, all: running.total ?? 0 })
          : working
            ? t('agent.bulk.working', { count: count ?? 0 })
            : count === null
              ? t('common.loading')
              : all
                ? t('agent.bulk.allSelected', { count })
                : t('agent.bulk.selected', { count })}
      </p>
      {complete && whole && !all && !working ? (
        <Button size="small" variant="quiet" onClick={() => setAll(true)}>
          {'queue' in whole ? t('agent.bulk.takeQueue') : t('agent.bulk.takeSearch')}
        </Button>
      ) : null}
      <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.assign')}</Button>}>
        <MenuItem onSelect={() => run(t('agent.ticket.assignToMe'), { kind: 'assign', agent: view.me.id })} keys="M">
          {t('agent.ticket.assignToMe')}
        </MenuItem>
        <MenuItem onSelect={() => run(t('agent.ticket.unassign'), { kind: 'assign', agent: null })}>
          {t('agent.ticket.unassign')}
        </MenuItem>
        <MenuSeparator />
        {view.agents
          .filter((agent) => agent.id !== view.me.id)
          .map((agent) => (
            <MenuItem
              key={agent.id}
              onSelect={() => run(t('agent.bulk.assignTo', { name: agent.name }), { kind: 'assign', agent: agent.id })}
            >
              {agent.name}
              {agent.away ? <span className="ms-1.5 text-ink-faint">({t('agent.ticket.away')})</span> : null}
            </MenuItem>
          ))}
      </Menu>
      <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.status')}</Button>}>
        {view.statuses
          .filter((status) => !status.asksReason)
          .map((status) => (
            <MenuItem
              key={status.id}
              icon={<StateSign state={status.state} />}
              onSelect={() => run(t('agent.bulk.statusTo', { status: status.name }), { kind: 'status', status: status.id })}
            >
              {status.name}
            </MenuItem>
          ))}
      </Menu>
      <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.priority')}</Button>}>
        {view.priorities.map((priority) => (
          <MenuItem
            key={priority.id}
            onSelect={() =>
              run(t('agent.bulk.priorityTo', { priority: priority.name }), { kind: 'priority', priority: priority.id })
            }
          >
            {priority.name}
          </MenuItem>
        ))}
      </Menu>
      {view.tags.length > 0 ? (
        <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.tag')}</Button>}>
          {view.tags.map((tag) => (
            <MenuItem
              key={tag.id}
              onSelect={() => run(t('agent.bulk.tagWith', { tag: tag.name }), { kind: 'tag', add: [tag.id] })}
            >
              <Badge tone={tag.colour}>{tag.name}</Badge>
            </MenuItem>
          ))}
        </Menu>
      ) : null}
      <Button pending={working} onClick={() => setSnoozing(true)}>
        {t('agent.bulk.snooze')}
      </Button>
      {mayMerge ? (
        <Button pending={working} onClick={askMerge}>
          {t('agent.bulk.merge')}
        </Button>
      ) : null}
      <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.more')}</Button>}>
        {view.departments.map((department) => (
          <MenuItem
            key={department.id}
            onSelect={() =>
              run(t('agent.bulk.transferTo', { department: department.name }), { kind: 'transfer', department: department.id })
            }
          >
            {t('agent.bulk.transferTo', { department: department.name })}
          </MenuItem>
        ))}
        <MenuSeparator />
        {place !== 'desk' ? (
          <MenuItem onSelect={() => run(t('agent.ticket.restore'), { kind: 'move', place: 'desk' })}>
            {t('agent.ticket.restore')}
          </MenuItem>
        ) : null}
        {place !== 'spam' ? (
          <MenuItem onSelect={() => run(t('agent.ticket.spam'), { kind: 'move', place: 'spam' })} keys="!">
            {t('agent.ticket.spam')}
          </MenuItem>
        ) : null}
        {view.may.remove && place !== 'trash' ? (
          <MenuItem onSelect={() => run(t('agent.ticket.trash'), { kind: 'move', place: 'trash' })} tone="danger">
            {t('agent.ticket.trash')}
          </MenuItem>
        ) : null}
      </Menu>
      <IconButton label={t('agent.bulk.clear')} onClick={onClear} className="ms-auto">
        <X className="size-4" aria-hidden="true" />
      </IconButton>
      <Dialog
        open={asking !== null}
        onOpenChange={(open) => {
          if (!open) setAsking(null)
        }}
        title={asking?.title ?? ''}
        description={count === null ? t('common.loading') : t('agent.bulk.sure', { count })}
        closeLabel={t('common.close')}
        footer={
          <>
            <Button onClick={() => setAsking(null)}>{t('common.cancel')}</Button>
            <Button
              variant="primary"
              pending={count === null}
              onClick={() => {
                if (asking) start(asking.act, selection)
                setAsking(null)
              }}
            >
              {t('agent.bulk.go', { count: count ?? 0 })}
            </Button>
          </>
        }
      >
        <ul className="flex flex-col gap-1 text-ink-muted">
          {preview.map((row) => (
            <li key={row.id} className="flex gap-3">
              <span className="tabular shrink-0">{row.number}</span>
              <span className="min-w-0 truncate">{row.subject}</span>
            </li>
          ))}
          {count !== null && count > preview.length ? (
            <li>{t('agent.bulk.andMore', { count: count - preview.length })}</li>
          ) : null}
        </ul>
      </Dialog>
      {snoozing ? (
        <SnoozeMany
          count={count ?? chosen.length}
          busy={working}
          fieldError={timeError}
          onClose={() => setSnoozing(false)}
          onChoose={(until) => start({ kind: 'snooze', until }, selection)}
          onType={(local) => start({ kind: 'snooze' }, selection, { local })}
        />
      ) : null}
      {merging ? <MergeSelected rows={merging} onDone={onClear} onClose={() => setMerging(null)} /> : null}
      {reportDialog}
    </section>
  )
}
