import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useState } from 'react'
import { IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import { useReturnFocus } from './return-focus.ts'

/** A question that must be answered or left before anything else. Escape and a press beside it leave it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  closeLabel,
  width = 'normal',
  initialFocus,
  children,
  footer,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  description?: ReactNode
  closeLabel: string
  width?: 'small' | 'normal' | 'wide'
  initialFocus?: RefObject<HTMLElement | null>
  children?: ReactNode
  footer?: ReactNode
}) {
  const finalFocus = useReturnFocus(open)
  const [used, setUsed] = useState(open)
  if (open && !used) setUsed(true)
  // A page may hold many; one that was never opened costs nothing.
  if (!used) return null
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          {...(initialFocus ? { initialFocus } : {})}
          finalFocus={finalFocus}
          className={classNames(
            'popup fixed inset-x-0 top-[12vh] z-40 mx-auto flex max-h-[76vh] w-[calc(100vw-2rem)] flex-col',
            width === 'small' && 'max-w-sm',
            width === 'normal' && 'max-w-lg',
            width === 'wide' && 'max-w-3xl',
          )}
        >
          <header className="flex items-start gap-3 px-4 pt-3 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-semibold text-large">{title}</Base.Title>
              {description ? <Base.Description className="text-ink-muted">{description}</Base.Description> : null}
            </div>
            <Base.Close
              render={
                <IconButton label={closeLabel}>
                  <X className="size-4" aria-hidden="true" />
                </IconButton>
              }
            />
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable) */}
          <div tabIndex={0} className="min-h-0 overflow-y-auto px-4 pb-4 focus-visible:-outline-offset-2">
            {children}
          </div>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-4 py-3">{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
