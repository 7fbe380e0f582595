import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { FieldError, QuestionForm, useActForm } from './act-form.tsx'
import type { MergePreviewView } from './merge-preview.ts'
import type { TicketRow, TicketView } from './view.ts'

/** So many go into one at once, as the verb has it. */
export const MOST_MERGED = 20

/** Asks what merging some into a ticket would do; `known` answers for the numbers asked last alone. */
function useMergePreview(target: { id: number; number: string }) {
  const preview = useFetcher<MergePreviewView>({ key: `merge-preview-${target.id}` })
  const [asked, setAsked] = useState('')
  const load = preview.load
  return {
    loading: preview.state !== 'idle',
    look: (numbers: readonly string[]) => {
      setAsked(numbers.join(','))
      void load(`/agent/tickets/${target.number}/merge?tickets=${encodeURIComponent(numbers.join(','))}`)
    },
    knownOf: (numbers: readonly string[]) => (asked === numbers.join(',') && preview.state === 'idle' ? preview.data : undefined),
  }
}

const fieldsOf = (known: MergePreviewView, add: boolean) => ({
  intent: 'merge',
  tickets: known.tickets.map((one) => one.number).join(','),
  ...(add ? { addPeople: 'on' } : {}),
})

/** Which tickets come into this one, shown before it is done; people are put on copy only when that is ticked. */
export function MergeDialog({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const { loading, look, knownOf } = useMergePreview(ticket)
  const { send, errors, busy } = useActForm(ticket, 'merge', onClose)
  const [typed, setTyped] = useState('')
  const [add, setAdd] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const numbers = typed.split(/[\s,]+/).filter(Boolean)
  const known = knownOf(numbers)
  const ready = known !== undefined && known.problem === null && known.tickets.length > 0
  const problem = known?.problem ?? Object.values(errors)[0]
  return (
    <QuestionForm
      title={t('agent.further.mergeTitle', { number: ticket.number })}
      description={t('agent.further.mergeHint')}
      submit={ready ? t('agent.further.mergeGo', { count: known.tickets.length }) : t('agent.further.mergeLook')}
      busy={busy || loading}
      initialFocus={field}
      onClose={onClose}
      onSubmit={() => {
        if (ready) send(fieldsOf(known, add))
        else if (numbers.length > 0) look(numbers)
        else field.current?.focus()
      }}
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
      {ready ? <Outcome known={known} add={add} onAdd={setAdd} /> : null}
    </QuestionForm>
  )
}

/** Tickets ticked in a list become one: the oldest, unless another is chosen. `onDone` is told when they are. */
export function MergeSelected({ rows, onDone, onClose }: { rows: readonly TicketRow[]; onDone(): void; onClose(): void }) {
  const t = useT()
  const oldestFirst = [...rows].sort((a, b) => a.id - b.id)
  const [into, setInto] = useState(oldestFirst[0]!.number)
  const target = oldestFirst.find((row) => row.number === into) ?? oldestFirst[0]!
  return (
    // Another target is another question: nothing of the answer for the last one stays.
    <Into key={target.id} target={target} rows={oldestFirst} onDone={onDone} onClose={onClose}>
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.bulk.mergeInto')}
        <select value={target.number} onChange={(event) => setInto(event.target.value)} className="control font-normal">
          {oldestFirst.map((row) => (
            <option key={row.id} value={row.number}>
              {row.number} · {row.subject}
            </option>
          ))}
        </select>
      </label>
    </Into>
  )
}

function Into({
  target,
  rows,
  onDone,
  onClose,
  children,
}: {
  target: TicketRow
  rows: readonly TicketRow[]
  onDone(): void
  onClose(): void
  children: ReactNode
}) {
  const t = useT()
  const { loading, look, knownOf } = useMergePreview(target)
  const { send, errors, busy } = useActForm(target, 'merge', onDone)
  const [add, setAdd] = useState(false)
  const numbers = rows.filter((row) => row.id !== target.id).map((row) => row.number)
  const known = knownOf(numbers)
  const ready = known !== undefined && known.problem === null && known.tickets.length > 0
  const problem = known?.problem ?? Object.values(errors)[0]
  const ask = useRef(() => look(numbers))
  useEffect(() => ask.current(), [])
  return (
    <QuestionForm
      title={t('agent.bulk.mergeTitle', { count: rows.length })}
      description={t('agent.further.mergeHint')}
      submit={ready ? t('agent.further.mergeGo', { count: known.tickets.length }) : t('agent.further.mergeLook')}
      busy={busy || loading}
      error={problem ?? undefined}
      onClose={onClose}
      onSubmit={() => (ready ? send(fieldsOf(known, add)) : look(numbers))}
    >
      {children}
      {ready ? <Outcome known={known} add={add} onAdd={setAdd} /> : null}
    </QuestionForm>
  )
}

function Outcome({ known, add, onAdd }: { known: MergePreviewView; add: boolean; onAdd(on: boolean): void }) {
  const t = useT()
  return (
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
              onChange={(event) => onAdd(event.target.checked)}
              className="size-4 accent-accent"
            />
            {t('agent.further.mergeAdd', { count: known.people.length })}
          </label>
        </>
      ) : null}
    </div>
  )
}
