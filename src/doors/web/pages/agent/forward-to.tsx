import { useId } from 'react'
import { useT } from '#i18n/react.tsx'

export interface ForwardChoice {
  /** As typed: addresses between commas, semicolons or spaces. */
  to: string
  include: 'all' | 'last' | 'none'
  files: boolean
}

export const emptyForward: ForwardChoice = { to: '', include: 'all', files: true }

/** The addresses of a typed list. */
export const addressesOf = (typed: string): string[] => typed.split(/[\s,;]+/).filter(Boolean)

/** To whom outside a ticket is forwarded, and what of it goes along. */
export function ForwardTo({ value, onChange }: { value: ForwardChoice; onChange(value: ForwardChoice): void }) {
  const t = useT()
  const id = useId()
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 pt-1.5 pb-1">
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-2">
        <label htmlFor={`${id}-to`} className="shrink-0 text-ink-muted text-small">
          {t('agent.composer.recipients')}
        </label>
        <input
          id={`${id}-to`}
          type="text"
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          value={value.to}
          onChange={(event) => onChange({ ...value, to: event.target.value })}
          placeholder={t('agent.composer.forwardToPlaceholder')}
          className="control min-w-0 flex-1"
        />
      </div>
      <div className="flex min-w-0 items-center gap-2">
        <label htmlFor={`${id}-include`} className="shrink-0 text-ink-muted text-small">
          {t('agent.composer.include')}
        </label>
        <select
          id={`${id}-include`}
          value={value.include}
          onChange={(event) => onChange({ ...value, include: event.target.value as ForwardChoice['include'] })}
          className="control min-w-0"
        >
          {(['all', 'last', 'none'] as const).map((one) => (
            <option key={one} value={one}>
              {t(`agent.composer.includes.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {value.include === 'none' ? null : (
        <label className="flex items-center gap-2 text-small">
          <input
            type="checkbox"
            checked={value.files}
            onChange={(event) => onChange({ ...value, files: event.target.checked })}
            className="size-4 accent-accent"
          />
          {t('agent.composer.withFiles')}
        </label>
      )}
      <p className="basis-full text-ink-muted text-small">{t('agent.composer.forwardHint')}</p>
    </div>
  )
}
