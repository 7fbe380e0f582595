import type { ReactNode } from 'react'
import { NavButton } from './nav-button.tsx'

/** A page of the workspace that is no list and no ticket: scrolls by itself, with a bar where the queues can be opened from. */
export function Shell({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col bg-surface outline-none">
      <div className="flex h-12 shrink-0 items-center gap-2 border-line border-b px-3 lg:hidden">
        <NavButton />
        <span aria-hidden="true" className="truncate font-semibold">
          {title}
        </span>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </main>
  )
}
