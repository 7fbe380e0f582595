import { Dialog as Base } from '@base-ui/react/dialog'
import { Command } from 'cmdk'
import { type ReactNode, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { useReturnFocus } from '../../ui/return-focus.ts'

export interface Choice {
  value: string
  label: string
  note?: string
  sign?: ReactNode
  /** The sign says the label already. */
  signOnly?: boolean
  current?: boolean
}

/** One choice from a list, by typing a part of it or by the arrow keys. */
export default function Picker({
  open,
  onOpenChange,
  title,
  choices,
  placeholder,
  create,
  onPick,
}: {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  choices: Choice[]
  placeholder?: string
  /** What was typed and is no choice yet can become one. */
  create?: { label(typed: string): string; run(typed: string): void }
  onPick(value: string): void
}) {
  const t = useT()
  const finalFocus = useReturnFocus(open)
  const [typed, setTyped] = useState('')
  const fresh = typed.trim()
  const isNew = fresh !== '' && !choices.some((choice) => choice.label.toLocaleLowerCase() === fresh.toLocaleLowerCase())
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup
          finalFocus={finalFocus}
          className="popup fixed inset-x-0 top-[14vh] z-40 mx-auto flex max-h-[64vh] w-[calc(100vw-2rem)] max-w-md flex-col overflow-hidden"
        >
          <Base.Title className="px-4 pt-3 font-semibold">{title}</Base.Title>
          <Command label={title} loop className="flex min-h-0 flex-col">
            <Command.Input
              value={typed}
              onValueChange={setTyped}
              placeholder={placeholder ?? t('agent.ticket.filter')}
              className="h-11 w-full border-line border-b bg-transparent px-4 outline-none"
            />
            <Command.List className="min-h-0 overflow-y-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-ink-muted">{t('agent.ticket.nothingFound')}</Command.Empty>
              {choices.map((choice) => (
                <Command.Item
                  key={choice.value}
                  value={`${choice.label} ${choice.note ?? ''} ${choice.value}`}
                  onSelect={() => {
                    onOpenChange(false)
                    onPick(choice.value)
                  }}
                  className="flex min-h-9 cursor-default select-none items-center gap-2.5 rounded-base px-2 data-[selected=true]:bg-selected pointer-coarse:min-h-11"
                >
                  {choice.sign}
                  <span className={choice.signOnly ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{choice.label}</span>
                  {choice.note ? <span className="truncate text-ink-faint text-small">{choice.note}</span> : null}
                  {choice.current ? (
                    <span aria-hidden="true" className="text-accent-ink">
                      ✓
                    </span>
                  ) : null}
                </Command.Item>
              ))}
              {create && isNew ? (
                <Command.Item
                  forceMount
                  value={`create ${fresh}`}
                  onSelect={() => {
                    onOpenChange(false)
                    create.run(fresh)
                  }}
                  className="flex min-h-9 cursor-default select-none items-center gap-2.5 rounded-base px-2 data-[selected=true]:bg-selected pointer-coarse:min-h-11"
                >
                  {create.label(fresh)}
                </Command.Item>
              ) : null}
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
