import type { ReactNode } from 'react'

/** One part of what stands beside the conversation. */
export function ContextBlock({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-3.5 last:border-b-0">
      <h2 className="mb-2 font-semibold text-ink-faint text-small">{title}</h2>
      {children}
    </section>
  )
}
