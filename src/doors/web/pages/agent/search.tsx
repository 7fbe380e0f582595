import { Search as SearchSign } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Form as GetForm, useNavigation } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { searchTickets } from '#tickets/find-tickets.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { Route } from './+types/search.ts'
import { useActs } from './acts.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { useFrame } from './frame-context.tsx'
import { drawRows } from './load-list.ts'
import { NavButton } from './nav-button.tsx'
import { TicketColumn, TicketTable, useRowFocus } from './ticket-list.tsx'
import { useMedia } from './use-media.ts'

const MOST = 100

export async function loader({ context, request }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const { t, deskName } = pageOf(context)
  const query = (new URL(request.url).searchParams.get('q') ?? '').slice(0, 200).trim()
  const rows = query === '' ? [] : await drawRows(ctx, await searchTickets(ctx, query, MOST))
  return { query, rows, title: t('agent.title', { page: t('agent.search.title'), desk: deskName }) }
}

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title ?? 'Tessera' }]

export default function Search({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { query, rows } = loaderData
  const { view } = useFrame()
  const wide = useMedia('(min-width: 48rem)', !view.narrow)
  const field = useRef<HTMLInputElement>(null)
  const loading = useNavigation().state === 'loading'
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const { move, focused, onKeyDown } = useRowFocus(rows)
  useEffect(() => {
    if (query === '') field.current?.focus()
  }, [query])
  const onSelect = useCallback((id: number, on: boolean) => {
    setSelected((before) => {
      const after = new Set(before)
      if (on) after.add(id)
      else after.delete(id)
      return after
    })
  }, [])
  useActs('search', [
    { id: 'search', label: t('agent.acts.search'), group: 'go', keys: '/', run: () => field.current?.select() },
    { id: 'list-down', label: t('agent.acts.down'), group: 'list', keys: 'j', keysOnly: true, run: () => move(1) },
    { id: 'list-up', label: t('agent.acts.up'), group: 'list', keys: 'k', keysOnly: true, run: () => move(-1) },
    {
      id: 'list-select',
      label: t('agent.acts.select'),
      group: 'list',
      keys: 'x',
      keysOnly: true,
      run: () => {
        const row = focused()
        if (row) onSelect(row.id, !selected.has(row.id))
      },
    },
  ])
  const clear = useCallback(() => setSelected(new Set()), [])
  const props = {
    rows,
    queue: '',
    label: t('agent.search.title'),
    openNumber: null,
    selected,
    onSelect,
    onSelectAll: (on: boolean) => setSelected(on ? new Set(rows.map((row) => row.id)) : new Set()),
  }
  return (
    <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col bg-surface outline-none">
      <header className="flex shrink-0 flex-wrap items-center gap-2 border-line border-b px-3 py-2">
        <NavButton />
        <h1 className="sr-only">{t('agent.search.title')}</h1>
        <GetForm role="search" className="flex min-w-0 flex-1 gap-2">
          <div className="relative min-w-0 flex-1">
            <SearchSign
              className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-4 text-ink-faint"
              aria-hidden="true"
            />
            <input
              ref={field}
              key={query}
              type="search"
              name="q"
              defaultValue={query}
              aria-label={t('agent.search.label')}
              placeholder={t('agent.search.placeholder')}
              className="control ps-8!"
            />
          </div>
          <Button type="submit" variant="primary" pending={loading}>
            {t('agent.search.submit')}
          </Button>
        </GetForm>
      </header>
      <p role="status" className="px-4 pt-3 pb-1 text-ink-muted empty:hidden">
        {query === '' || rows.length === 0
          ? ''
          : rows.length >= MOST
            ? t('agent.search.many', { count: rows.length, query })
            : t('agent.search.results', { count: rows.length, query })}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is heard here comes from the links inside */}
      <div className="@container min-h-0 flex-1 overflow-y-auto" onKeyDown={onKeyDown} role="presentation">
        {query === '' ? (
          <EmptyState title={t('agent.search.start')}>{t('agent.search.hint')}</EmptyState>
        ) : rows.length === 0 ? (
          <EmptyState title={t('agent.search.none', { query })}>{t('agent.search.noneText')}</EmptyState>
        ) : wide ? (
          <TicketTable {...props} />
        ) : (
          <TicketColumn {...props} />
        )}
      </div>
      {selected.size > 0 ? (
        <BulkBar selected={selected} rows={rows} whole={rows.length >= MOST ? { words: query } : null} onClear={clear} />
      ) : null}
    </main>
  )
}
