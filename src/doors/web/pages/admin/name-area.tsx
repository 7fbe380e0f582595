import { type ChangeEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { nameAtCaret } from '#templates/unknown-names.ts'
import { classNames } from '../../ui/class-names.ts'
import { Field } from '../../ui/field.tsx'

const MOST = 8

/**
 * A text with names in double braces. While one is typed those that fit are offered: arrows choose, Enter or Tab takes one, Escape puts
 * the list away. The focus stays in the text, which names the marked one (aria-activedescendant).
 */
export function NameArea({
  name,
  label,
  hint,
  value,
  onChange,
  names,
  maxLength,
  singleLine,
}: {
  name: string
  label: string
  hint?: string
  value: string
  onChange: (value: string) => void
  names: readonly string[]
  maxLength: number
  singleLine?: boolean
}) {
  const t = useT()
  const listId = useId()
  const area = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState<number | null>(null)
  const [marked, setMarked] = useState(0)
  const typing = caret === null ? null : nameAtCaret(value, caret)
  const fitting = typing ? names.filter((one) => one.includes(typing.begun) && one !== typing.begun).slice(0, MOST) : []
  const open = fitting.length > 0
  const chosen = Math.min(marked, fitting.length - 1)

  // What was typed before the page's script came stands in the field, and nowhere else.
  const heard = useRef(onChange)
  heard.current = onChange
  useEffect(() => {
    if (area.current) heard.current(area.current.value)
  }, [])

  const take = (picked: string) => {
    if (!typing || caret === null || !area.current) return
    const after = value.slice(caret)
    const closed = /^\s*(\||-?\}\})/.test(after)
    const text = `${picked}${closed ? '' : ' }}'}`
    area.current.setRangeText(text, typing.from, caret, 'end')
    onChange(area.current.value)
    setCaret(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      setMarked((chosen + (event.key === 'ArrowDown' ? 1 : fitting.length - 1)) % fitting.length)
    } else if (open && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault()
      take(fitting[chosen]!)
    } else if (open && event.key === 'Escape') {
      event.preventDefault()
      setCaret(null)
    }
  }
  const common = {
    ref: area,
    name,
    defaultValue: value,
    maxLength,
    required: true,
    spellCheck: false,
    autoComplete: 'off',
    'aria-autocomplete': 'list' as const,
    'aria-haspopup': 'listbox' as const,
    'aria-controls': listId,
    'aria-activedescendant': open ? `${listId}-${chosen}` : undefined,
    className: classNames('control font-mono', !singleLine && 'field-sizing-content min-h-64'),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      onChange(event.target.value)
      setCaret(event.target.selectionStart)
      setMarked(0)
    },
    onBlur: () => setCaret(null),
    onKeyDown,
  }
  return (
    <Field name={name} label={label} hint={hint}>
      {(wiring) => (
        <div className="relative">
          {singleLine ? <input {...wiring} {...common} /> : <textarea {...wiring} {...common} rows={14} />}
          <div
            id={listId}
            role="listbox"
            aria-label={t('admin.templates.fitting')}
            className={classNames('popup absolute start-2 z-20 min-w-56 p-1', !open && 'hidden')}
          >
            {fitting.map((one, at) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text, which names the marked one
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard in the text
              <div
                key={one}
                id={`${listId}-${at}`}
                role="option"
                aria-selected={at === chosen}
                className={classNames(
                  'cursor-default rounded-small px-2 py-1 font-mono text-small',
                  at === chosen && 'bg-selected',
                )}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(one)}
              >
                {one}
              </div>
            ))}
          </div>
        </div>
      )}
    </Field>
  )
}
