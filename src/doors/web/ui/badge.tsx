import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type Tone = 'neutral' | 'accent' | 'danger' | 'warning' | 'success' | 'info'

const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink-muted',
  accent: 'bg-accent-tint text-accent-ink',
  danger: 'bg-danger-tint text-danger-ink',
  warning: 'bg-warning-tint text-warning-ink',
  success: 'bg-success-tint text-success-ink',
  info: 'bg-info-tint text-info-ink',
}

/** A short word on a tint. Its meaning is in the word; the colour only helps. */
export function Badge({
  tone = 'neutral',
  children,
  className,
  title,
}: {
  tone?: Tone
  children: ReactNode
  className?: string
  title?: string
}) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex max-w-full items-center gap-1 truncate rounded-small px-1.5 py-px font-medium text-small',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  )
}

/** A figure beside a name: how many wait in a queue. */
export function Count({ children, strong }: { children: ReactNode; strong?: boolean }) {
  return (
    <span className={classNames('tabular text-small', strong ? 'font-semibold text-ink' : 'text-ink-faint')}>{children}</span>
  )
}

const dots: Record<Tone, string> = {
  neutral: 'bg-ink-faint',
  accent: 'bg-accent',
  danger: 'bg-danger',
  warning: 'bg-warning-ink',
  success: 'bg-success-ink',
  info: 'bg-info-ink',
}

export function Dot({ tone = 'accent', label }: { tone?: Tone; label?: string }) {
  return (
    <span
      className={classNames('inline-block size-2 shrink-0 rounded-full', dots[tone])}
      {...(label ? { role: 'img', 'aria-label': label, title: label } : { 'aria-hidden': true })}
    />
  )
}
