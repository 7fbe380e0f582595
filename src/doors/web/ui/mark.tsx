import { classNames } from './class-names.ts'

/** Tessera's mark: one rounded tile with a ticket's notch, in the accent colour. */
export function TileMark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={classNames('size-6 shrink-0 text-accent', className)}
      fill="currentColor"
      aria-hidden="true"
    >
      <path d="M7 2h10a5 5 0 0 1 5 5v2.25a2.75 2.75 0 0 0 0 5.5V17a5 5 0 0 1-5 5H7a5 5 0 0 1-5-5V7a5 5 0 0 1 5-5Z" />
    </svg>
  )
}
