import { useEffect, useRef, useState } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { dateFormat } from '../../ui/formats.ts'
import { useRequest } from '../../ui/request.tsx'
import { FieldError, QuestionForm, useActForm } from './act-form.tsx'
import type { SnoozeChoice, TicketView } from './view.ts'

/** Until when one ticket is put off. */
export function SnoozeDialog({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const { send, errors, busy } = useActForm(ticket, 'snooze', onClose)
  return (
    <Times
      title={t('agent.further.snoozeTitle')}
      choices={ticket.snoozeChoices}
      busy={busy}
      error={errors['']}
      fieldError={errors.local ?? errors.until ?? errors.at}
      onClose={onClose}
      onChoose={(at) => send({ intent: 'snooze', at })}
      onType={(local) => send({ intent: 'snooze', local })}
    />
  )
}

/** Until when all that is ticked is put off. The usual times are asked for now: a list may have been open since yesterday. */
export function SnoozeMany({
  count,
  busy,
  fieldError,
  onClose,
  onChoose,
  onType,
}: {
  count: number
  busy: boolean
  fieldError: string | undefined
  onClose(): void
  onChoose(at: string): void
  onType(local: string): void
}) {
  const t = useT()
  const times = useFetcher<{ snoozeChoices: SnoozeChoice[] }>({ key: 'snooze-times' })
  const load = times.load
  useEffect(() => void load('/agent/bulk?times=snooze'), [load])
  return (
    <Times
      title={t('agent.bulk.snoozeTitle', { count })}
      choices={times.state === 'idle' ? (times.data?.snoozeChoices ?? []) : []}
      busy={busy}
      fieldError={fieldError}
      onClose={onClose}
      onChoose={onChoose}
      onType={onType}
    />
  )
}

function Times({
  title,
  choices,
  busy,
  error,
  fieldError,
  onClose,
  onChoose,
  onType,
}: {
  title: string
  choices: readonly SnoozeChoice[]
  busy: boolean
  error?: string | undefined
  fieldError: string | undefined
  onClose(): void
  /** An instant, ISO 8601. */
  onChoose(at: string): void
  /** A date and time as the reader's zone has it. */
  onType(local: string): void
}) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  const [local, setLocal] = useState('')
  const first = useRef<HTMLButtonElement>(null)
  const format = dateFormat(
    locale,
    { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    timeZone,
  )
  return (
    <QuestionForm
      title={title}
      description={t('agent.further.snoozeHint')}
      submit={t('agent.further.snoozeSet')}
      busy={busy}
      initialFocus={first}
      error={error}
      onClose={onClose}
      onSubmit={() => onType(local)}
    >
      <ul className="-mx-2 flex flex-col">
        {choices.map((choice, at) => (
          <li key={choice.key}>
            <button
              ref={at === 0 ? first : undefined}
              type="button"
              disabled={busy}
              onClick={() => onChoose(choice.at)}
              className="flex min-h-9 w-full items-center justify-between gap-4 rounded-base px-2 text-start hover:bg-hover pointer-coarse:min-h-11"
            >
              <span>{t.at(`agent.further.snoozeTimes.${choice.key}`)}</span>
              <span className="tabular text-ink-faint text-small">{format.format(new Date(choice.at))}</span>
            </button>
          </li>
        ))}
      </ul>
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.snoozeAt')}
        <input
          type="datetime-local"
          value={local}
          onChange={(event) => setLocal(event.target.value)}
          aria-invalid={fieldError ? true : undefined}
          aria-describedby="snooze-error"
          className="control font-normal"
        />
        <FieldError id="snooze-error" text={fieldError} />
      </label>
    </QuestionForm>
  )
}
