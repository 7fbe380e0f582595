import type { Translate } from '#i18n/translate.ts'

/** Why a mail landed where it did, in words. */
export function reasonText(t: Translate, reason: { key: string; params?: Record<string, string | number> } | null): string {
  if (!reason) return ''
  const key = `mail.landing.${reason.key}`
  return t.has(key) ? t.at(key, reason.params) : reason.key
}

/** Why a mail did not leave, in words. */
export function failureText(t: Translate, failure: string | null): string {
  if (!failure) return ''
  const key = `mail.failure.${failure}`
  return t.has(key) ? t.at(key) : failure
}
