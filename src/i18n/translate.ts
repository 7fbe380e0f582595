import type { ReactNode } from 'react'
import { createTranslator, type ICUArgs, type ICUTags } from 'use-intl/core'
import type { Messages } from './messages.ts'

/** `portal.open.title`: the path of every message. */
export type MessageKey = Leaves<Messages>

type Leaves<T, Path extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Path}${K}` : Leaves<T[K], `${Path}${K}.`>
}[keyof T & string]

type At<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T
    ? At<T[Head], Rest>
    : never
  : Path extends keyof T
    ? T[Path]
    : never

interface Arguments {
  ICUArgument: string | number
  ICUNumberArgument: number
  ICUDateArgument: Date
}

type Loose = Record<string, string | number | Date>
type TagFunction = (chunks: ReactNode) => ReactNode

type Values<Text> = Text extends string ? (string extends Text ? Loose : ICUArgs<Text, Arguments>) : never
type Given<V> = [V] extends [never] ? [] : Record<never, never> extends V ? [values?: V] : [values: V]
type RichValues<Text> = Text extends string
  ? string extends Text
    ? Record<string, string | number | Date | TagFunction>
    : ICUArgs<Text, Arguments> & ICUTags<Text, TagFunction>
  : never

export interface Translate {
  <K extends MessageKey>(key: K, ...values: Given<Values<At<Messages, K>>>): string
  /** Messages with tags: each `<tag>` gets a function that draws it; `<at></at>` is a place for an element. */
  rich<K extends MessageKey>(key: K, ...values: Given<RichValues<At<Messages, K>>>): ReactNode
  /** Whether a key that comes from data is in the catalogue. */
  has(key: string): key is MessageKey
  /** For keys that come from data; check with `has` first. */
  at(key: string, values?: Loose): string
  readonly locale: string
}

const lookUp = (messages: object, key: string): string | undefined => {
  let node: unknown = messages
  for (const part of key.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return undefined
    node = (node as Record<string, unknown>)[part]
  }
  return typeof node === 'string' ? node : undefined
}

/** Apart from these four characters a message is what it says. */
const HAS_SYNTAX = /[{}<']/
/** Words and plain `{name}` arguments: filled in without the ICU machinery, which a list of fifty rows asks for hundreds of times. */
const ONLY_ARGUMENTS = /^[^{}<']*(?:\{\w+\}[^{}<']*)+$/

/** The text with its values put in, as ICU does for a plain argument; null when one needs a formatter (a date does). */
function filled(text: string, values: Record<string, unknown>): string | null {
  let plain = true
  const made = text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name]
    if (typeof value !== 'string' && typeof value !== 'number') plain = false
    return String(value)
  })
  return plain ? made : null
}

/**
 * A translator over the namespaces given. A missing message answers with its key, so that a page never fails over a word.
 * Dates inside messages are formatted in `timeZone` (IANA name).
 */
export function makeTranslate(locale: string, messages: Partial<Messages>, timeZone = 'UTC'): Translate {
  const plain = new Map<string, string | null>()
  const formatted = createTranslator({
    locale,
    messages: messages as Record<string, never>,
    timeZone,
    onError: () => {},
    getMessageFallback: ({ key }) => key,
  }) as unknown as ((key: string, values?: object) => string) & { rich(key: string, values?: object): ReactNode }
  const find = (key: string): string | null => {
    let text = plain.get(key)
    if (text === undefined) {
      const found = lookUp(messages, key)
      text = found === undefined ? key : HAS_SYNTAX.test(found) ? null : found
      plain.set(key, text)
    }
    return text
  }
  const simple = new Map<string, string | null>()
  const simpleText = (key: string): string | null => {
    let text = simple.get(key)
    if (text === undefined) {
      const found = lookUp(messages, key)
      text = found !== undefined && ONLY_ARGUMENTS.test(found) ? found : null
      simple.set(key, text)
    }
    return text
  }
  const translate = (key: string, values?: object): string => {
    const whole = find(key)
    if (whole !== null) return whole
    const text = values ? simpleText(key) : null
    return (text === null ? null : filled(text, values as Record<string, unknown>)) ?? formatted(key, values)
  }
  return Object.assign(translate, {
    rich: (key: string, values?: object): ReactNode => find(key) ?? formatted.rich(key, values),
    has: (key: string): key is MessageKey => lookUp(messages, key) !== undefined,
    at: translate,
    locale,
  }) as unknown as Translate
}

/** The sentence for an error's key; an unknown key gets the general one, so that a key is never shown. */
export function errorText(t: Translate, problem: { key: string; params?: Record<string, string | number> }): string {
  const seconds = problem.key === 'tooMany' ? Number(problem.params?.seconds) : 0
  if (seconds > 120) return t('errors.tooManyMinutes', { minutes: Math.ceil(seconds / 60) })
  const key = `errors.${problem.key}`
  return t.has(key) ? t.at(key, problem.params) : t('errors.unknown')
}
