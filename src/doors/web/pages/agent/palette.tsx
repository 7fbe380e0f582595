import { Dialog as Base } from '@base-ui/react/dialog'
import { Command } from 'cmdk'
import { useEffect, useRef, useState } from 'react'
import { useFetcher, useNavigate } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { type ActGroup, useAllActs } from './acts.tsx'
import { isApple, printKeys } from './keys.ts'
import type { TicketRow } from './view.ts'

const groups: ActGroup[] = ['ticket', 'list', 'go', 'view']

export interface FoundTickets {
  query: string
  rows: Pick<TicketRow, 'number' | 'subject' | 'requester' | 'status'>[]
}

const itemLook =
  'flex min-h-9 cursor-default select-none items-center gap-3 rounded-base px-2 data-[selected=true]:bg-selected pointer-coarse:min-h-11'

/** Every act that is possible here, with its key, and every ticket by number, subject, name or address. */
export default function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useT()
  const acts = useAllActs()
  const navigate = useNavigate()
  const finder = useFetcher<FoundTickets>({ key: 'palette' })
  const [query, setQuery] = useState('')
  const [marked, setMarked] = useState('')
  const trimmed = query.trim()
  const apple = isApple()
  const finalFocus = useReturnFocus(open)

  useEffect(() => {
    if (!open) setQuery('')
  }, [open])

  const load = finder.load
  useEffect(() => {
    if (trimmed.length < 2) return
    const timer = setTimeout(() => load(`/agent/find?q=${encodeURIComponent(trimmed)}`), 90)
    return () => clearTimeout(timer)
  }, [trimmed, load])

  const found = trimmed.length >= 2 && finder.data ? finder.data.rows : []
  // What was looked for arrives after the last line was marked for want of anything better.
  const moved = useRef(false)
  const first = found[0]?.number
  useEffect(() => {
    if (first !== undefined && !moved.current && (marked === '' || marked === 'search-all')) setMarked(`found:${first}`)
  }, [first, marked])

  const close = (then: () => void) => {
    onOpenChange(false)
    // The act may open something of its own, which must not lose its focus to the closing dialog.
    requestAnimationFrame(() => requestAnimationFrame(then))
  }

  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup
          finalFocus={finalFocus}
          aria-label={t('agent.palette.label')}
          className="popup fixed inset-x-0 top-[12vh] z-40 mx-auto flex max-h-[70vh] w-[calc(100vw-2rem)] max-w-xl flex-col overflow-hidden"
        >
          <Command
            label={t('agent.palette.label')}
            loop
            value={marked}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moved.current = true
            }}
            onValueChange={setMarked}
            filter={(value, search, keywords) => {
              if (value.startsWith('found:') || value === 'search-all') return 1
              const text = `${value} ${keywords?.join(' ') ?? ''}`.toLocaleLowerCase()
              const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
              if (!words.every((word) => text.includes(word))) return 0
              return text.startsWith(words[0] ?? '') ? 1 : 0.7
            }}
            className="flex min-h-0 flex-col"
          >
            <Command.Input
              value={query}
              onValueChange={(next) => {
                moved.current = false
                setQuery(next)
              }}
              placeholder={t('agent.palette.placeholder')}
              className="h-12 w-full border-line border-b bg-transparent px-4 text-large outline-none"
            />
            <Command.List className="min-h-0 overflow-y-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-ink-muted">
                {finder.state === 'loading' ? t('agent.palette.searching') : t('agent.palette.none')}
              </Command.Empty>
              {found.length > 0 ? (
                <Command.Group heading={t('agent.palette.tickets')} className="palette-group">
                  {found.map((row) => (
                    <Command.Item
                      key={row.number}
                      value={`found:${row.number}`}
                      onSelect={() => close(() => navigate(`/agent/tickets/${row.number}`))}
                      className={itemLook}
                    >
                      <span className="tabular w-16 shrink-0 text-ink-faint">{row.number}</span>
                      <span className="min-w-0 flex-1 truncate">{row.subject}</span>
                      <span className="max-w-40 shrink-0 truncate text-ink-muted max-sm:hidden">{row.requester.name}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              ) : null}
              {groups.map((group) => {
                const inGroup = acts.filter((act) => act.group === group && !act.keysOnly)
                if (inGroup.length === 0) return null
                return (
                  <Command.Group key={group} heading={t(`agent.palette.${group}`)} className="palette-group">
                    {inGroup.map((act) => {
                      const keys = Array.isArray(act.keys) ? act.keys[0] : act.keys
                      return (
                        <Command.Item
                          key={act.id}
                          value={act.label}
                          keywords={act.words ? [act.words] : []}
                          onSelect={() => close(act.run)}
                          className={itemLook}
                        >
                          <span className="min-w-0 flex-1 truncate">{act.label}</span>
                          {keys ? <Kbd keys={printKeys(keys, apple)} /> : null}
                        </Command.Item>
                      )
                    })}
                  </Command.Group>
                )
              })}
              {trimmed.length >= 2 ? (
                <Command.Group className="palette-group">
                  <Command.Item
                    value="search-all"
                    onSelect={() => close(() => navigate(`/agent/search?q=${encodeURIComponent(trimmed)}`))}
                    className={itemLook}
                  >
                    {t('agent.palette.searchAll', { query: trimmed })}
                  </Command.Item>
                </Command.Group>
              ) : null}
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
