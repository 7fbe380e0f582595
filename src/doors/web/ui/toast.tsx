import { X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Button, IconButton } from './button.tsx'
import { classNames } from './class-names.ts'

export interface ToastContent {
  text: string
  tone?: 'neutral' | 'success' | 'danger'
  /** One thing that can be done about it, mostly undoing. */
  action?: { label: string; run: () => void }
  /** How long it stays, in milliseconds; a toast with an error stays until closed. */
  stays?: number
  /** Replaces an earlier toast of the same key. */
  key?: string
  /** Shows the seconds left beside the action. */
  countdown?: boolean
}

interface Shown extends ToastContent {
  id: string
  until: number | null
}

let shown: readonly Shown[] = []
let count = 0
const listeners = new Set<() => void>()

function change(next: readonly Shown[]): void {
  shown = next
  for (const listener of listeners) listener()
}

/** Says something that needs no answer. Returns its key, for `dismissToast`. Browser only. */
export function toast(content: ToastContent): string {
  count += 1
  const id = content.key ?? `toast-${count}`
  const until = content.tone === 'danger' && content.stays === undefined ? null : Date.now() + (content.stays ?? 6000)
  change([...shown.filter((one) => one.id !== id), { ...content, id, until }].slice(-4))
  return id
}

export function dismissToast(id: string): void {
  change(shown.filter((one) => one.id !== id))
}

const none: readonly Shown[] = []

/** Where toasts appear; once, near the end of the page. */
export function Toaster({ label, dismissLabel, className }: { label: string; dismissLabel: string; className?: string }) {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
    () => none,
  )
  return (
    <section
      aria-label={label}
      aria-live="polite"
      className={classNames(
        'pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2 sm:inset-x-auto sm:start-4 sm:items-start',
        className,
      )}
    >
      {toasts.map((one) => (
        <ToastRow key={one.id} toast={one} dismissLabel={dismissLabel} />
      ))}
    </section>
  )
}

function ToastRow({ toast: one, dismissLabel }: { toast: Shown; dismissLabel: string }) {
  const [held, setHeld] = useState(false)
  const [left, setLeft] = useState(() => (one.until === null ? 0 : one.until - Date.now()))
  useEffect(() => {
    if (one.until === null) return
    const until = one.until
    const timer = setInterval(() => {
      const rest = until - Date.now()
      setLeft(rest)
      // A toast that is being read or about to be pressed stays, unless its time means something.
      if (rest <= 0 && (!held || one.countdown)) dismissToast(one.id)
    }, 250)
    return () => clearInterval(timer)
  }, [one, held])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only holds it back from leaving
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={classNames(
        'popup pointer-events-auto flex min-h-10 w-full max-w-md items-center gap-3 py-1.5 ps-3 pe-1.5 sm:w-auto sm:min-w-72',
        one.tone === 'danger' && 'border-danger border-s-4',
        one.tone === 'success' && 'border-success-ink border-s-4',
      )}
    >
      <p className="wrap-anywhere min-w-0 flex-1">{one.text}</p>
      {one.countdown ? (
        <span aria-hidden="true" className="tabular text-ink-faint">
          {Math.max(0, Math.ceil(left / 1000))}
        </span>
      ) : null}
      {one.action ? (
        <Button
          size="small"
          onClick={() => {
            dismissToast(one.id)
            one.action?.run()
          }}
        >
          {one.action.label}
        </Button>
      ) : null}
      <IconButton label={dismissLabel} size="small" onClick={() => dismissToast(one.id)}>
        <X className="size-4" aria-hidden="true" />
      </IconButton>
    </div>
  )
}
