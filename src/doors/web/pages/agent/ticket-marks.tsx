import { useT } from '#i18n/react.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { classNames } from '../../ui/class-names.ts'
import { exactTime, useNow } from '../../ui/moment.tsx'
import { useRequest } from '../../ui/request.tsx'
import { sayDuration } from './duration.ts'
import type { StatusChoice, Viewer } from './view.ts'

const tones: Record<StatusChoice['state'], Tone> = { open: 'accent', on_hold: 'warning', resolved: 'success', closed: 'neutral' }

/** A status: its word, and a sign whose shape differs by state. */
export function StatusMark({ status, plain }: { status: { name: string; state: StatusChoice['state'] }; plain?: boolean }) {
  if (plain) {
    return (
      <span className="inline-flex min-w-0 max-w-full items-center gap-1.5 align-middle">
        <StateSign state={status.state} />
        <span className="truncate">{status.name}</span>
      </span>
    )
  }
  return (
    <Badge tone={tones[status.state]}>
      <StateSign state={status.state} />
      <span className="truncate">{status.name}</span>
    </Badge>
  )
}

/** Open ring, half disc, tick, full disc: told apart without colour. */
export function StateSign({ state }: { state: StatusChoice['state'] }) {
  return (
    <svg
      viewBox="0 0 12 12"
      className={classNames(
        'size-3 shrink-0',
        state === 'open' && 'text-accent-ink',
        state === 'on_hold' && 'text-warning-ink',
        state === 'resolved' && 'text-success-ink',
        state === 'closed' && 'text-ink-faint',
      )}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {state === 'open' ? <circle cx="6" cy="6" r="4.25" /> : null}
      {state === 'on_hold' ? (
        <>
          <circle cx="6" cy="6" r="4.25" />
          <path d="M6 1.75a4.25 4.25 0 0 0 0 8.5Z" fill="currentColor" stroke="none" />
        </>
      ) : null}
      {state === 'resolved' ? <path d="m2 6.5 2.75 2.75L10 3.5" /> : null}
      {state === 'closed' ? <circle cx="6" cy="6" r="4.25" fill="currentColor" /> : null}
    </svg>
  )
}

/** One, two, three, four bars, each in one stroke of the pen: a list draws fifty of them. */
const bars = [1, 2, 3, 4].map((count) =>
  Array.from({ length: count }, (_, at) => `M${at * 3} ${9 - at * 2.5}h2v${3 + at * 2.5}h-2z`).join(''),
)

/** A priority: bars for its urgency beside its word. Normal is quiet, since most are. */
export function PriorityMark({ priority, signOnly }: { priority: { name: string; urgency: number }; signOnly?: boolean }) {
  const strength = Math.max(1, Math.min(4, 5 - priority.urgency))
  return (
    <span
      className={classNames(
        'inline-flex min-w-0 max-w-full items-center gap-1.5 align-middle',
        priority.urgency === 1 && 'font-medium text-danger-ink',
        priority.urgency === 2 && 'text-warning-ink',
        priority.urgency > 2 && 'text-ink-muted',
      )}
      title={signOnly ? priority.name : undefined}
    >
      <svg viewBox="0 0 12 12" className="size-3 shrink-0" fill="currentColor" aria-hidden="true">
        <path d={bars[strength - 1]} />
        <path d={bars[3]} opacity="0.25" />
      </svg>
      {signOnly ? <span className="sr-only">{priority.name}</span> : <span className="truncate">{priority.name}</span>}
    </span>
  )
}

/** When an answer is due: how long is left, or by how much it is late, said in words. */
export function DueMark({ at, className }: { at: string; className?: string }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  const now = useNow()
  const left = (Date.parse(at) - now) / 1000
  const late = left < 0
  return (
    <time
      dateTime={at}
      title={exactTime(at, locale, timeZone)}
      suppressHydrationWarning
      className={classNames(
        'tabular whitespace-nowrap',
        late ? 'font-medium text-danger-ink' : left < 3_600 ? 'font-medium text-warning-ink' : 'text-ink-muted',
        className,
      )}
    >
      {late
        ? t('agent.list.overdueBy', { by: sayDuration(left, locale) })
        : t('agent.context.left', { time: sayDuration(left, locale) })}
    </time>
  )
}

/** Colleagues who look at a ticket now; who writes has a pen. */
export function ViewerMarks({ viewers }: { viewers: Viewer[] }) {
  const t = useT()
  if (viewers.length === 0) return null
  return (
    <span className="inline-flex shrink-0 -space-x-1.5 rtl:space-x-reverse">
      {viewers.slice(0, 3).map((viewer) => (
        <Avatar
          key={viewer.id}
          name={viewer.name}
          size="small"
          label={t(viewer.doing === 'replying' ? 'agent.list.replying' : 'agent.list.viewing', { name: viewer.name })}
          className={classNames('ring-2', viewer.doing === 'replying' ? 'ring-warning-ink' : 'ring-surface')}
        />
      ))}
    </span>
  )
}
