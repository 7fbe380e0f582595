import { createContext, type ReactNode, useContext } from 'react'
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

/** Translators keep the formatters they have made, so each set of messages has one for the life of the process, not of a page. */
const made = new WeakMap<Partial<Messages>, WeakMap<Partial<Messages>, Map<string, Held>>>()

function heldOf(outer: Held, of: Partial<Messages>, locale: string, timeZone: string): Held {
  const inner = made.get(outer.messages) ?? new WeakMap<Partial<Messages>, Map<string, Held>>()
  made.set(outer.messages, inner)
  const known = inner.get(of) ?? new Map<string, Held>()
  inner.set(of, known)
  const key = `${locale} ${timeZone}`
  const found = known.get(key)
  if (found) return found
  const messages = known.values().next().value?.messages ?? { ...outer.messages, ...of }
  const held = { locale, timeZone, messages, t: makeTranslate(locale, messages, timeZone) }
  if (known.size > 500) known.clear()
  known.set(key, held)
  return held
}

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
  const held = heldOf(outer, of, locale ?? outer.locale, timeZone ?? outer.timeZone)
  return <MessagesContext value={held}>{children}</MessagesContext>
}

/** The translator of the namespaces around this component. */
export const useT = (): Translate => useContext(MessagesContext).t
