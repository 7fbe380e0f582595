import { useRef, useState } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { FieldError, QuestionForm, useActForm } from './act-form.tsx'
import type { MergePreviewView } from './merge-preview.ts'
import type { TicketView } from './view.ts'

/** Which tickets come into this one, shown before it is done; people are put on copy only when that is ticked. */
export function MergeDialog({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const preview = useFetcher<MergePreviewView>({ key: `merge-preview-${ticket.id}` })
  const { send, errors, busy } = useActForm(ticket, 'merge', onClose)
  const [typed, setTyped] = useState('')
  const [looked, setLooked] = useState('')
  const [add, setAdd] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const numbers = typed.split(/[\s,]+/).filter(Boolean)
  const known = looked === typed && preview.state === 'idle' ? preview.data : undefined
  const ready = known !== undefined && known.problem === null && known.tickets.length > 0
  const look = () => {
    if (numbers.length === 0) {
      field.current?.focus()
      return
    }
    setLooked(typed)
    void preview.load(`/agent/tickets/${ticket.number}/merge?tickets=${encodeURIComponent(numbers.join(','))}`)
  }
  const problem = known?.problem ?? Object.values(errors)[0]
  return (
    <QuestionForm
      title={t('agent.further.mergeTitle', { number: ticket.number })}
      description={t('agent.further.mergeHint')}
      submit={ready ? t('agent.further.mergeGo', { count: known.tickets.length }) : t('agent.further.mergeLook')}
      busy={busy || preview.state !== 'idle'}
      initialFocus={field}
      onClose={onClose}
      onSubmit={() =>
        ready
          ? send({
              intent: 'merge',
              tickets: known.tickets.map((one) => one.number).join(','),
              ...(add ? { addPeople: 'on' } : {}),
            })
          : look()
      }
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.mergeNumbers')}
        <input
          ref={field}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          aria-invalid={problem ? true : undefined}
          aria-describedby="merge-error"
          className="control tabular font-normal"
        />
        <FieldError id="merge-error" text={problem} />
      </label>
      {ticket.others.length > 0 ? (
        <div className="flex flex-wrap gap-1.5">
          {ticket.others.slice(0, 4).map((other) => (
            <Button
              key={other.number}
              size="small"
              title={other.subject}
              onClick={() =>
                setTyped((before) => [...new Set([...before.split(/[\s,]+/).filter(Boolean), other.number])].join(' '))
              }
            >
              <span className="tabular">{other.number}</span>
              <span className="max-w-40 truncate font-normal text-ink-muted">{other.subject}</span>
            </Button>
          ))}
        </div>
      ) : null}
      {ready ? (
        <div role="status" className="flex flex-col gap-2">
          <ul className="flex flex-col gap-1">
            {known.tickets.map((one) => (
              <li key={one.number} className="flex gap-3">
                <span className="tabular shrink-0 font-medium">{one.number}</span>
                <span className="min-w-0 truncate">{one.subject}</span>
              </li>
            ))}
          </ul>
          {known.people.length > 0 ? (
            <>
              <p className="text-ink-muted">{t('agent.further.mergePeople', { count: known.people.length })}</p>
              <ul className="text-ink-muted">
                {known.people.map((person) => (
                  <li key={person.address} className="wrap-anywhere">
                    {person.name} · {person.address}
                  </li>
                ))}
              </ul>
              <label className="flex items-center gap-2">
                <input
                  type="checkbox"
                  checked={add}
                  onChange={(event) => setAdd(event.target.checked)}
                  className="size-4 accent-accent"
                />
                {t('agent.further.mergeAdd', { count: known.people.length })}
              </label>
            </>
          ) : null}
        </div>
      ) : null}
    </QuestionForm>
  )
}
