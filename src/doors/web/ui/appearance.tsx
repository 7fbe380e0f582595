import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { type Appearance, readAppearance, showAppearance, writeAppearance } from './theme.ts'

interface Held {
  appearance: Appearance
  change(patch: Partial<Appearance>): void
}

const AppearanceContext = createContext<Held>({ appearance: readAppearance(null), change: () => {} })

/** Starts from what the cookie said when the page was made; a change shows at once and is kept in the cookie. */
export function AppearanceProvider({ initial, children }: { initial: Appearance; children: ReactNode }) {
  const [appearance, setAppearance] = useState(initial)
  const change = useCallback((patch: Partial<Appearance>) => {
    setAppearance((before) => {
      const next = { ...before, ...patch }
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not everywhere yet
      document.cookie = writeAppearance(next)
      showAppearance(next)
      return next
    })
  }, [])
  const held = useMemo(() => ({ appearance, change }), [appearance, change])
  return <AppearanceContext value={held}>{children}</AppearanceContext>
}

export const useAppearance = (): Held => useContext(AppearanceContext)
