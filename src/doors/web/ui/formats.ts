/** Formatters are dear to make (a tenth of a millisecond and more) and cheap to use: each is made once. The memory is bounded. */
const held = new Map<string, unknown>()

/** A name for each set of options: those of a module are one object for ever, others are told apart by what they say. */
const names = new WeakMap<object, string>()

function nameOf(options: object): string {
  let name = names.get(options)
  if (name === undefined) {
    name = JSON.stringify(options)
    names.set(options, name)
  }
  return name
}

function once<T>(key: string, make: () => T): T {
  const known = held.get(key) as T | undefined
  if (known !== undefined) return known
  // Locales and zones are short lists, but both can come from a request.
  if (held.size > 300) held.clear()
  const made = make()
  held.set(key, made)
  return made
}

/** `timeZone` is an IANA name. */
export const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat =>
  once(`d ${locale} ${timeZone} ${nameOf(options)}`, () => new Intl.DateTimeFormat(locale, { ...options, timeZone }))

export const numberFormat = (locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  once(`n ${locale} ${nameOf(options)}`, () => new Intl.NumberFormat(locale, options))

export const relativeFormat = (locale: string, style: Intl.RelativeTimeFormatStyle): Intl.RelativeTimeFormat =>
  once(`r ${locale} ${style}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style }))
