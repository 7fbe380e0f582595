import { X } from 'lucide-react'
import { useCallback } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import type { FirstStep } from '#people/first-steps.ts'
import { IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { newSubmission } from '../../ui/form.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { useRequest } from '../../ui/request.tsx'
import { useFrame } from './frame-context.tsx'

const keysOf: Partial<Record<FirstStep, string>> = { canned: '::', undo: 'Z', assign: 'A', as_customer: 'V' }

/** Tells the desk what only this browser saw done. Nothing is sent once it is known. */
export function useMarkStep(): (step: 'why' | 'dismissed') => void {
  const { csrf } = useRequest()
  const { view } = useFrame()
  const { submit } = useFetcher({ key: 'first-steps' })
  const { steps } = view
  return useCallback(
    (step) => {
      if (steps === null || (step === 'why' && steps.why)) return
      void submit({ csrf, submission: newSubmission(), step }, { method: 'post', action: '/agent/steps' })
    },
    [csrf, steps, submit],
  )
}

/** What a new agent tries once, ticked off as it is really done; gone when all is done, or when it is put away. */
export function FirstSteps() {
  const t = useT()
  const { view } = useFrame()
  const mark = useMarkStep()
  const steps = view.steps === null ? [] : (Object.entries(view.steps) as [FirstStep, boolean][])
  const done = steps.filter(([, isDone]) => isDone).length
  if (done === steps.length) return null
  return (
    <section
      aria-label={t('agent.steps.title')}
      className="mx-3 mb-2 rounded-base border border-line bg-surface px-2.5 pt-1 pb-2"
    >
      <header className="flex items-center gap-2">
        <h2 className="min-w-0 flex-1 font-semibold text-small">{t('agent.steps.title')}</h2>
        <p className="tabular text-ink-muted text-small">{t('agent.steps.progress', { done, all: steps.length })}</p>
        <IconButton label={t('agent.steps.dismiss')} size="small" className="-me-1.5" onClick={() => mark('dismissed')}>
          <X className="size-3.5" aria-hidden="true" />
        </IconButton>
      </header>
      <ul>
        {steps.map(([step, isDone]) => (
          <li
            key={step}
            className={classNames('flex min-h-7 items-center gap-2 py-0.5 text-small leading-tight', isDone && 'text-ink-faint')}
          >
            <span aria-hidden="true" className={classNames('w-3 shrink-0', isDone && 'text-success-ink')}>
              {isDone ? '✓' : '○'}
            </span>
            <span className={classNames('min-w-0 flex-1', isDone && 'line-through')}>{t(`agent.steps.of.${step}`)}</span>
            {isDone ? <span className="sr-only">{t('agent.steps.done')}</span> : null}
            {keysOf[step] ? <Kbd keys={keysOf[step]} /> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
