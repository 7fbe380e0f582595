import type { Translate } from '#i18n/translate.ts'

/** Why a mail did not leave, in words. */
export function failureText(t: Translate, failure: string | null): string {
  if (!failure) return ''
  const key = `mail.failure.${failure}`
  return t.has(key) ? t.at(key) : failure
}

/** Why the sender of a mail was judged so, in one sentence; '' when nobody judged. */
export function verdictText(t: Translate, reason: { key: string; domain: string | null } | null): string {
  const key = `mail.verdict.${reason?.key}`
  return reason && t.has(key) ? t.at(key, { domain: reason.domain ?? '' }) : ''
}
