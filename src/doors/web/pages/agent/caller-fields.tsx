import { useEffect, useId, useRef, useState } from 'react'
import { useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import type { Caller } from '#tickets/find-people.ts'
import { classNames } from '../../ui/class-names.ts'
import { TextField } from '../../ui/field.tsx'

export interface CallerTyped {
  email: string
  name: string
  phone: string
}

/** Who rang: found by any part they say of themselves, or added by what was typed. The three fields below are what counts. */
export function CallerFields({ initial, onPicked }: { initial: CallerTyped; onPicked(): void }) {
  const t = useT()
  const [typed, setTyped] = useState(initial)
  const change = (key: keyof CallerTyped) => (event: { target: { value: string } }) =>
    setTyped((held) => ({ ...held, [key]: event.target.value }))
  const emailRef = useRef<HTMLInputElement>(null)
  return (
    <div className="flex flex-col gap-4">
      <Finder
        onPick={(person) => {
          setTyped({ email: person.address, name: person.name, phone: person.phone ?? '' })
          onPicked()
        }}
        onAdd={(text) => {
          setTyped(readAs(text))
          emailRef.current?.focus()
        }}
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          ref={emailRef}
          name="requester.email"
          type="email"
          required
          label={t('agent.newTicket.email')}
          autoComplete="off"
          value={typed.email}
          onChange={change('email')}
        />
        <TextField
          name="requester.name"
          label={t('agent.newTicket.name')}
          optional={t('common.optional')}
          autoComplete="off"
          maxLength={120}
          value={typed.name}
          onChange={change('name')}
        />
        <TextField
          name="phone"
          type="tel"
          label={t('agent.newTicket.phone')}
          optional={t('common.optional')}
          autoComplete="off"
          maxLength={40}
          value={typed.phone}
          onChange={change('phone')}
        />
      </div>
    </div>
  )
}

/** What was typed of somebody unknown is their address, their number or their name. */
function readAs(text: string): CallerTyped {
  const trimmed = text.trim()
  if (trimmed.includes('@')) return { email: trimmed, name: '', phone: '' }
  if (/^\+?[\d\s()./-]{3,}$/.test(trimmed)) return { email: '', name: '', phone: trimmed }
  return { email: '', name: trimmed, phone: '' }
}

const PAUSE_MS = 120

/** A combobox (WAI-ARIA, editable with list): arrow keys move, Enter takes, Escape closes. */
function Finder({ onPick, onAdd }: { onPick(person: Caller): void; onAdd(text: string): void }) {
  const t = useT()
  const id = useId()
  const finder = useFetcher<{ query: string; people: Caller[] }>({ key: 'caller' })
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const trimmed = text.trim()
  const load = finder.load
  useEffect(() => {
    if (trimmed.length < 2) return
    const timer = setTimeout(() => load(`/agent/people?q=${encodeURIComponent(trimmed)}`), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [trimmed, load])
  const fresh = finder.data?.query === trimmed
  const people = trimmed.length >= 2 && fresh ? (finder.data?.people ?? []) : []
  const count = people.length + 1
  const shown = open && trimmed.length >= 2 && fresh
  const take = (index: number) => {
    setOpen(false)
    const person = people[index]
    if (person) onPick(person)
    else onAdd(text)
    setText('')
  }
  return (
    <div className="relative">
      <label htmlFor={id} className="mb-1 block font-medium">
        {t('agent.newTicket.find')}
      </label>
      <input
        id={id}
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-${at}` : undefined}
        aria-describedby={`${id}-hint`}
        autoComplete="off"
        // The page is opened to write at once, often by a key.
        // biome-ignore lint/a11y/noAutofocus: the first field of a page that exists to be filled in
        autoFocus
        className="control"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
          setOpen(true)
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            setOpen(true)
            if (shown) setAt((at + (event.key === 'ArrowDown' ? 1 : count - 1)) % count)
          } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
            // Enter in this field never sends the form.
            event.preventDefault()
            if (shown) take(at)
          } else if (event.key === 'Escape' && shown) {
            event.stopPropagation()
            setOpen(false)
          }
        }}
      />
      <p id={`${id}-hint`} className="mt-1 text-ink-faint text-small">
        {t('agent.newTicket.findHint')}
      </p>
      {shown ? (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t('agent.newTicket.found')}
          className="popup absolute inset-x-0 top-16 z-20 p-1"
        >
          {[...people, null].map((person, index) => (
            <div
              key={person?.id ?? 'add'}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={classNames(
                'flex min-h-9 cursor-default items-center gap-3 rounded-base px-2 pointer-coarse:min-h-11',
                index === at && 'bg-selected',
              )}
              onMouseEnter={() => setAt(index)}
              onMouseDown={(event) => {
                event.preventDefault()
                take(index)
              }}
            >
              {person ? (
                <>
                  <span className="min-w-0 flex-1 truncate">{person.name}</span>
                  <span className="min-w-0 truncate text-ink-muted text-small">
                    {[person.address, person.phone].filter(Boolean).join(' · ')}
                  </span>
                </>
              ) : (
                <span className="truncate">{t('agent.newTicket.add', { typed: trimmed })}</span>
              )}
            </div>
          ))}
        </div>
      ) : null}
    </div>
  )
}
