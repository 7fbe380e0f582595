import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A page of reading width with a heading, what it is about in a sentence, and its acts. */
export function Page({
  title,
  intro,
  actions,
  width = 'normal',
  children,
}: {
  title: ReactNode
  intro?: ReactNode
  actions?: ReactNode
  width?: 'narrow' | 'normal' | 'wide'
  children: ReactNode
}) {
  return (
    <div
      className={classNames(
        'mx-auto w-full px-4 py-6 sm:px-6 lg:py-8',
        width === 'narrow' && 'max-w-lg',
        width === 'normal' && 'max-w-3xl',
        width === 'wide' && 'max-w-6xl',
      )}
    >
      <header className="mb-6 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="wrap-anywhere font-semibold text-title">{title}</h1>
          {intro ? <p className="mt-0.5 max-w-prose text-ink-muted">{intro}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

/** A part of a page: heading and sentence at the left, its content at the right on wide screens. No box around it. */
export function Section({
  title,
  intro,
  children,
  stacked,
}: {
  title: ReactNode
  intro?: ReactNode
  children: ReactNode
  /** Keeps the heading above the content on every width. */
  stacked?: boolean
}) {
  return (
    <section
      className={classNames(
        'border-line border-t py-6 first-of-type:border-t-0 first-of-type:pt-0',
        !stacked && 'md:grid md:grid-cols-3 md:gap-8',
      )}
    >
      <div className="mb-4">
        <h2 className="font-semibold text-large">{title}</h2>
        {intro ? <p className="mt-0.5 text-ink-muted">{intro}</p> : null}
      </div>
      <div className="min-w-0 md:col-span-2">{children}</div>
    </section>
  )
}

/** Fields above each other, at the rhythm of the house. */
export function Stack({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={classNames('flex flex-col gap-4', className)}>{children}</div>
}

/** The buttons that end a form. */
export function FormActions({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap items-center gap-2">{children}</div>
}

/** Names and values, side by side. */
export function Facts({ items }: { items: { label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-4 gap-y-1.5">
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts stand in a fixed order
        <div key={at} className="contents">
          <dt className="text-ink-faint">{item.label}</dt>
          <dd className="wrap-anywhere min-w-0">{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
