import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type NoticeTone = 'info' | 'warning' | 'danger' | 'success'

const looks: Record<NoticeTone, string> = {
  info: 'border-info-ink/30 bg-info-tint text-info-ink',
  warning: 'border-warning-ink/30 bg-warning-tint text-warning-ink',
  danger: 'border-danger-ink/30 bg-danger-tint text-danger-ink',
  success: 'border-success-ink/30 bg-success-tint text-success-ink',
}

/** Something the reader should know about this screen, with what can be done about it. */
export function Notice({
  tone = 'info',
  title,
  children,
  action,
  className,
  live,
}: {
  tone?: NoticeTone
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
  className?: string
  /** Announce it when it appears. */
  live?: boolean
}) {
  return (
    <div
      role={live ? (tone === 'danger' ? 'alert' : 'status') : undefined}
      className={classNames('flex flex-wrap items-center gap-x-4 gap-y-2 rounded-base border px-3 py-2', looks[tone], className)}
    >
      <div className="min-w-0 flex-1">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children ? <div className="wrap-anywhere">{children}</div> : null}
      </div>
      {action}
    </div>
  )
}
