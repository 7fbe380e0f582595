import type { ReactNode } from 'react'

/** What a place says when nothing is in it: a sentence, and what can be done. */
export function EmptyState({
  title,
  children,
  action,
  mark,
}: {
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  mark?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-2 px-6 py-16 text-center">
      {mark ? <div className="mb-1 text-ink-faint">{mark}</div> : null}
      <p className="font-medium text-large">{title}</p>
      {children ? <div className="text-ink-muted">{children}</div> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  )
}
