import { Clock } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useFetcher, useParams } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { exactTime } from '../../ui/moment.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import type { TicketAnswer } from './ticket-answer.ts'
import type { EntryView } from './view.ts'

/** A reply that waits for its time: when it leaves, whether it is still right, and the two ways out of waiting. */
export function Scheduled({
  entry,
  scheduled,
  onUndo,
}: {
  entry: number
  scheduled: NonNullable<EntryView['scheduled']>
  onUndo(entry: number): void
}) {
  const t = useT()
  const { csrf, locale, timeZone } = useRequest()
  const { number } = useParams()
  const fetcher = useFetcher<TicketAnswer>({ key: `send-now-${entry}` })
  const handled = useRef<unknown>(null)
  useEffect(() => {
    const answer = fetcher.data
    if (!answer || fetcher.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    const text = answer.done ?? answer.message
    if (text) toast({ key: 'posted', text, ...(answer.done ? {} : { tone: 'danger' as const }) })
  }, [fetcher.data, fetcher.state])
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2 text-small">
      <span className="flex min-w-0 items-start gap-2">
        <Clock className="mt-0.5 size-4 shrink-0 text-ink-faint" aria-hidden="true" />
        <span className="tabular min-w-0 text-ink-muted">
          {t('agent.entry.scheduledFor', { when: exactTime(scheduled.for, locale, timeZone) })}
        </span>
      </span>
      <Button
        size="small"
        pending={fetcher.state !== 'idle'}
        onClick={() =>
          void fetcher.submit(
            { intent: 'send-now', entry: String(entry), csrf, submission: newSubmission() },
            { method: 'post', action: `/agent/tickets/${number}` },
          )
        }
      >
        {t('agent.entry.sendNow')}
      </Button>
      <Button size="small" onClick={() => onUndo(entry)}>
        {t('agent.entry.cancelSending')}
      </Button>
      {scheduled.answeredSince ? (
        <p className="basis-full font-medium text-warning-ink">{t('agent.entry.answeredSince')}</p>
      ) : null}
    </div>
  )
}
