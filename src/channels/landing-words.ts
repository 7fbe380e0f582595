import type { Translate } from '#i18n/translate.ts'
import type { InboundReason } from './inbound-store.ts'

/** Why a mail landed where it did, in one sentence; '' when nothing is known. A key that this version does not know is shown as it is. */
export function landingWords(t: Translate, reason: InboundReason | null): string {
  if (!reason) return ''
  const key = `mail.landing.${reason.key}`
  if (!t.has(key)) return reason.key
  const how = `mail.match.${reason.params?.match ?? 'none'}`
  return t.at(key, { ...reason.params, how: t.has(how) ? t.at(how) : t('mail.match.none') })
}
