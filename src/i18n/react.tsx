import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Messages } from './messages.ts'
import { makeTranslate, type Translate } from './translate.ts'

interface Held {
  locale: string
  timeZone: string
  messages: Partial<Messages>
  t: Translate
}

const empty: Held = { locale: 'en', timeZone: 'UTC', messages: {}, t: makeTranslate('en', {}) }
const MessagesContext = createContext<Held>(empty)

/**
 * Adds namespaces for everything below it; those of an outer provider stay. `of` should be a constant of the module.
 * `locale` and `timeZone` (IANA name) come from the root once.
 */
export function MessagesProvider({
  of,
  locale,
  timeZone,
  children,
}: {
  of: Partial<Messages>
  locale?: string
  timeZone?: string
  children: ReactNode
}) {
  const outer = useContext(MessagesContext)
  const held = useMemo<Held>(() => {
    const messages = { ...outer.messages, ...of }
    const next = { locale: locale ?? outer.locale, timeZone: timeZone ?? outer.timeZone, messages }
    return { ...next, t: makeTranslate(next.locale, messages, next.timeZone) }
  }, [outer, of, locale, timeZone])
  return <MessagesContext value={held}>{children}</MessagesContext>
}

/** The translator of the namespaces around this component. */
export const useT = (): Translate => useContext(MessagesContext).t
