import { classNames } from './class-names.ts'

/** Holds the place of text that is under way. Say "loading" once, in words, beside a group of them. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames('block h-3.5 animate-[pulse-soft_1.4s_ease-in-out_infinite] rounded-small bg-line', className)}
    />
  )
}

export function SkeletonRows({ rows = 8, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col">
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have no other name
        <div key={at} className="flex h-(--row) items-center gap-3 border-line border-b px-4">
          <Skeleton className="w-14" />
          <Skeleton className={at % 3 === 0 ? 'w-1/2' : 'w-2/3'} />
          <Skeleton className="ms-auto w-16" />
        </div>
      ))}
    </div>
  )
}
