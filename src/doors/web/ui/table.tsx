import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** Rows and columns; scrolls sideways inside itself on narrow screens. `caption` names it, for screen readers. */
export function Table({
  caption,
  head,
  children,
  className,
}: {
  caption: string
  head: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
      tabIndex={0}
      className={classNames('relative overflow-x-auto rounded-base border border-line bg-surface', className)}
    >
      <table className="w-full border-collapse text-start">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-line border-b">{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

export function Head({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames('h-9 whitespace-nowrap px-3 text-start font-medium text-ink-faint text-small', className)}
    />
  )
}

export function Row({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={classNames('h-(--row) border-line border-b last:border-b-0 hover:bg-hover', className)} />
}

export function Cell({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={classNames('px-3 py-1.5', className)} />
}
