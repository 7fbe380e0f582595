import type { ReactNode } from 'react'

/** One question of the wizard. */
export function StepPage({ title, intro, children }: { title: string; intro: string; children?: ReactNode }) {
  return (
    <>
      <h1 className="font-semibold text-display">{title}</h1>
      <p className="mt-1 mb-6 max-w-prose text-ink-muted text-large">{intro}</p>
      {children}
    </>
  )
}
