import { useEffect, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { classNames } from '../../ui/class-names.ts'
import { relativeFormat } from '../../ui/formats.ts'
import type { SaveState } from './use-draft.ts'

/** Whether the draft is safe, in a word. */
export function SaveMark({ state }: { state: SaveState }) {
  const t = useT()
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (state.is !== 'saved') return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 2_000)
    return () => clearInterval(timer)
  }, [state])
  const bad = state.is === 'failed' || state.is === 'offline'
  return (
    <span className={classNames('ms-auto truncate text-small', bad ? 'font-medium text-danger-ink' : 'text-ink-faint')}>
      <span role="status" className={state.is === 'saved' || state.is === 'saving' ? 'sr-only' : undefined}>
        {state.is === 'saved' ? t('common.saved') : null}
        {state.is === 'offline' ? t('agent.composer.offlineDraft') : null}
        {state.is === 'failed' ? t('agent.composer.notSaved', { reason: state.reason }) : null}
      </span>
      <span aria-hidden="true" className="tabular">
        {state.is === 'saving' ? t('agent.composer.saving') : null}
        {state.is === 'saved' ? t('agent.composer.saved', { ago: sayAgo(now - state.at, t.locale) }) : null}
      </span>
    </span>
  )
}

/** "2 minutes ago", in the reader's language. */
export function sayAgo(ms: number, locale: string, style: Intl.RelativeTimeFormatStyle = 'short'): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const format = relativeFormat(locale, style)
  if (seconds < 60) return format.format(-Math.max(1, seconds), 'second')
  return format.format(-Math.floor(seconds / 60), 'minute')
}
