import { useRef } from 'react'

/** Where the keyboard was when a dialog opened; from a menu, which is gone by then, the button that had opened the menu. */
function openerNow(): HTMLElement | null {
  const active = document.activeElement
  const opener = active?.closest('[role="menu"]')
    ? document.querySelector<HTMLElement>('[aria-haspopup="menu"][aria-expanded="true"]')
    : active
  return opener instanceof HTMLElement && opener !== document.body && !opener.closest('[role="dialog"]') ? opener : null
}

/**
 * Where the focus goes when a dialog closes, for its `finalFocus`: back to where it was, and when that is gone to what the page is
 * about (`data-focus-home`, else the content). It is never lost.
 */
export function useReturnFocus(open: boolean): () => HTMLElement | false {
  const wasOpen = useRef(false)
  const opener = useRef<HTMLElement | null>(null)
  if (open && !wasOpen.current && typeof document !== 'undefined') opener.current = openerNow()
  wasOpen.current = open
  return () => {
    // One dialog may have led to the next, which has the focus by now.
    if (document.querySelector('[role="dialog"][data-open]')) return false
    if (opener.current?.isConnected) return opener.current
    return document.querySelector<HTMLElement>('[data-focus-home]') ?? document.getElementById('content') ?? false
  }
}
