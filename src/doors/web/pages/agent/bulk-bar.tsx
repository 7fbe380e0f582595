import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import { useFrame } from './frame-context.tsx'
import { StateSign } from './ticket-marks.tsx'
import type { TicketRow } from './view.ts'

export interface BulkAnswer {
  done: number[]
  failed: { number: string; reason: string }[]
}

/** What can be done with all that is ticked. It says exactly how many, and afterwards which were not changed and why. */
export function BulkBar({ selected, rows, onClear }: { selected: ReadonlySet<number>; rows: TicketRow[]; onClear: () => void }) {
  const t = useT()
  const { view } = useFrame()
  const { csrf } = useRequest()
  const fetcher = useFetcher<BulkAnswer>()
  const chosen = rows.filter((row) => selected.has(row.id))
  const working = fetcher.state !== 'idle'
  const announced = useRef<BulkAnswer | null>(null)

  useEffect(() => {
    if (!fetcher.data || fetcher.state !== 'idle' || announced.current === fetcher.data) return
    announced.current = fetcher.data
    const { done, failed } = fetcher.data
    if (!Array.isArray(done)) return
    if (failed.length === 0) toast({ text: t('agent.bulk.done', { count: done.length }), tone: 'success' })
    else {
      toast({
        tone: 'danger',
        text: t('agent.bulk.partly', {
          done: done.length,
          all: done.length + failed.length,
          failed: failed.map((one) => `${one.number} (${one.reason})`).join(', '),
        }),
      })
    }
    onClear()
  }, [fetcher.data, fetcher.state, onClear, t])

  const run = (fields: Record<string, string>) => {
    void fetcher.submit(
      { ...fields, tickets: chosen.map((row) => row.number).join(','), csrf, submission: newSubmission() },
      { method: 'post', action: '/agent/bulk' },
    )
  }

  return (
    <section
      aria-label={t('agent.bulk.label')}
      className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-line border-t bg-raised px-3 py-2"
    >
      <p role="status" className="tabular me-2 font-medium">
        {working ? t('agent.bulk.working', { count: chosen.length }) : t('agent.bulk.selected', { count: chosen.length })}
      </p>
      <Menu side="top" trigger={<Button pending={working}>{t('agent.bulk.assign')}</Button>}>
        <MenuItem onSelect={() => run({ intent: 'assign', agent: String(view.me.id) })}>{t('agent.ticket.assignToMe')}</MenuItem>
        <MenuItem onSelect={() => run({ intent: 'assign', agent: '' })}>{t('agent.ticket.unassign')}</MenuItem>
        <MenuSeparator />
        {view.agents
          .filter((agent) => agent.id !== view.me.id)
          .map((agent) => (
            <MenuItem key={agent.id} onSelect={() => run({ intent: 'assign', agent: String(agent.id) })}>
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
              onSelect={() => run({ intent: 'status', status: String(status.id) })}
            >
              {status.name}
            </MenuItem>
          ))}
      </Menu>
      <IconButton label={t('agent.bulk.clear')} onClick={onClear} className="ms-auto">
        <X className="size-4" aria-hidden="true" />
      </IconButton>
    </section>
  )
}
