import { admin } from './en/admin.ts'
import { agent } from './en/agent.ts'
import { common } from './en/common.ts'
import { demo } from './en/demo.ts'
import { errors } from './en/errors.ts'
import { mail } from './en/mail.ts'
import { portal } from './en/portal.ts'
import { setup } from './en/setup.ts'
import { makeTranslate, type Translate } from './translate.ts'

const en = { common, errors, portal, setup, admin, agent, mail, demo } as const

/** English is the shape that every other language fills. */
export type Messages = typeof en
export type Namespace = keyof Messages

const catalogues: Record<string, Messages> = { en }

/** All texts of a locale; English for one that has none. */
export const messagesFor = (locale: string): Messages => catalogues[locale] ?? catalogues[locale.split('-')[0] ?? 'en'] ?? en

const translators = new Map<string, Translate>()

/** The server's translator, made once per locale and time zone (IANA name). */
export function translatorFor(locale: string, timeZone = 'UTC'): Translate {
  const key = `${locale} ${timeZone}`
  const known = translators.get(key)
  if (known) return known
  // Locales and zones are short lists, but both can come from a request: keep the memory bounded.
  if (translators.size > 500) translators.clear()
  const made = makeTranslate(locale, messagesFor(locale), timeZone)
  translators.set(key, made)
  return made
}

export const locales: readonly string[] = Object.keys(catalogues)
