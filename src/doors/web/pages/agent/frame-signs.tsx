import { useEffect, useState } from 'react'
import { useNavigation } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useLiveState } from '../../live/use-live.tsx'

/** A line along the top while a page is on its way; what comes within a sixth of a second shows none. */
export function NavigationLine() {
  const busy = useNavigation().state !== 'idle'
  return busy ? (
    <div aria-hidden="true" className="fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden">
      <div className="h-full origin-left animate-[grow-along_6s_150ms_cubic-bezier(0.1,0.7,0.1,1)_both] bg-accent rtl:origin-right" />
    </div>
  ) : null
}

const PATIENCE_MS = 4_000

/** Said once the connection has been gone for a moment: what is on the screen may be old, what is written is kept. */
export function OfflineBar() {
  const t = useT()
  const state = useLiveState()
  const [gone, setGone] = useState(false)
  useEffect(() => {
    if (state !== 'off') {
      setGone(false)
      return
    }
    const timer = setTimeout(() => setGone(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [state])
  return (
    <p role="status" className="shrink-0 bg-warning-tint px-4 py-1 text-center text-small text-warning-ink empty:hidden">
      {gone ? t('common.offline') : null}
    </p>
  )
}
