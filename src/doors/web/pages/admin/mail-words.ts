import type { Translate } from '#i18n/translate.ts'

/** Why a mail did not leave, in words. */
export function failureText(t: Translate, failure: string | null): string {
  if (!failure) return ''
  const key = `mail.failure.${failure}`
  return t.has(key) ? t.at(key) : failure
}
