import { PanelLeft, SlidersHorizontal } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Outlet, type ShouldRevalidateFunctionArgs, useFetcher, useNavigate, useNavigation, useParams } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Menu, MenuChoice, MenuLabel, MenuSeparator, MenuToggle } from '../../ui/menu.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import type { Route } from './+types/desk.ts'
import { type Act, useActs } from './acts.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { DeskContext } from './desk-context.ts'
import { EmptyPlace } from './empty-place.tsx'
import { useFrame } from './frame-context.tsx'
import { loadList } from './load-list.ts'
import { NavButton } from './nav-button.tsx'
import { emptyWords, queueName, queuePath } from './queue-name.ts'
import { columns, rowLinkId, TicketColumn, TicketTable, useRowFocus } from './ticket-list.tsx'
import { useHeldRows } from './use-held-rows.ts'
import { useMedia } from './use-media.ts'
import { usePresenceMarks } from './use-presence.ts'
import type { ListView, TicketRow } from './view.ts'

const queueIn = (params: { queue?: string | undefined }, url: URL): string | null => {
  return params.queue ?? url.searchParams.get('queue')
}

export async function loader({ context, params, request }: Route.LoaderArgs): Promise<ListView | null> {
  const queue = queueIn(params as { queue?: string }, new URL(request.url))
  return queue === null ? null : loadList(context, queue, null)
}

/** Opening a ticket from the list leaves the list as it is. */
export function shouldRevalidate({
  currentUrl,
  currentParams,
  nextUrl,
  nextParams,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean {
  if (formMethod !== undefined) return defaultShouldRevalidate
  return currentUrl.href === nextUrl.href || queueIn(currentParams, currentUrl) !== queueIn(nextParams, nextUrl)
}

export default function Desk({ loaderData }: Route.ComponentProps) {
  const { number } = useParams()
  const openNumber = number ?? null
  if (!loaderData) {
    return (
      <DeskContext value={{ queue: null, rows: [], listShown: false }}>
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 outline-none">
          <Outlet />
        </main>
      </DeskContext>
    )
  }
  return <DeskWithList key={loaderData.queue} view={loaderData} openNumber={openNumber} />
}

function DeskWithList({ view, openNumber }: { view: ListView; openNumber: string | null }) {
  const t = useT()
  const navigate = useNavigate()
  const navigation = useNavigation()
  const { appearance, change } = useAppearance()
  const { view: frame } = useFrame()
  const wide = useMedia('(min-width: 48rem)', !frame.narrow)
  const [extra, setExtra] = useState<TicketRow[]>([])
  const [next, setNext] = useState(view.next)
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const pager = useFetcher<ListView>()

  const merged = useMemo<ListView>(() => {
    const ids = new Set(view.rows.map((row) => row.id))
    return { ...view, rows: [...view.rows, ...extra.filter((row) => !ids.has(row.id))] }
  }, [view, extra])
  useEffect(() => {
    if (extra.length === 0) setNext(view.next)
  }, [view.next, extra.length])
  useEffect(() => {
    if (!pager.data) return
    const page = pager.data
    setExtra((before) => [...before, ...page.rows])
    setNext(page.next)
  }, [pager.data])

  const held = useHeldRows(merged, openNumber)
  // What was opened is read, before the server has said so; a later message makes it unread again.
  const [opened, setOpened] = useState<ReadonlyMap<string, string>>(new Map())
  const openedRow = held.rows.find((row) => row.number === openNumber)
  useEffect(() => {
    if (openedRow) setOpened((before) => new Map(before).set(openedRow.number, openedRow.lastMessageAt))
  }, [openedRow])
  const read = useMemo(
    () =>
      held.rows.map((row) => {
        const at = row.unread ? opened.get(row.number) : undefined
        return at !== undefined && at >= row.lastMessageAt ? { ...row, unread: false } : row
      }),
    [held.rows, opened],
  )
  const rows = usePresenceMarks(read)
  const { move, focused, onKeyDown } = useRowFocus(rows)
  const name = queueName(t, view.queue)
  const holder = useRef<HTMLDivElement>(null)

  const onSelect = useCallback((id: number, on: boolean) => {
    setSelected((before) => {
      const after = new Set(before)
      if (on) after.add(id)
      else after.delete(id)
      return after
    })
  }, [])
  const onSelectAll = useCallback(
    (on: boolean) => setSelected(on ? new Set(held.rows.map((row) => row.id)) : new Set()),
    [held.rows],
  )
  const clear = useCallback(() => setSelected(new Set()), [])

  // The open ticket is in sight in the list beside it.
  const shownBefore = useRef(false)
  useEffect(() => {
    if (openNumber === null) return
    document.getElementById(rowLinkId(openNumber))?.scrollIntoView({ block: shownBefore.current ? 'nearest' : 'center' })
    shownBefore.current = true
  }, [openNumber])

  const open = openNumber !== null
  const listShown = !open || appearance.panes.list
  const acts: Act[] = [
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
    ...(held.fresh > 0
      ? [{ id: 'list-fresh', label: t('agent.acts.showNew'), group: 'list' as const, run: held.showFresh }]
      : []),
    ...(open
      ? [
          {
            id: 'toggle-list',
            label: t('agent.acts.toggleList'),
            group: 'view' as const,
            run: () => change({ panes: { ...appearance.panes, list: !appearance.panes.list } }),
          },
        ]
      : []),
  ]
  useActs('desk', acts)

  const loading = navigation.state === 'loading' && navigation.location.pathname.startsWith('/agent/queues/')
  const asTable = !open && wide
  // The page is about the ticket once one is open.
  const ListTitle = open ? 'h2' : 'h1'
  const listProps = {
    rows,
    queue: view.queue,
    label: t('agent.list.label', { queue: name }),
    openNumber,
    selected,
    onSelect,
    onSelectAll,
  }

  return (
    <DeskContext value={{ queue: view.queue, rows, listShown }}>
      <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 outline-none">
        <section
          aria-label={t('agent.list.label', { queue: name })}
          className={classNames(
            'flex min-h-0 flex-col bg-surface',
            open ? 'w-80 shrink-0 border-line border-e max-[89.9rem]:hidden 2xl:w-96' : 'min-w-0 flex-1',
            !listShown && 'hidden',
          )}
        >
          <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b px-4">
            <NavButton />
            <ListTitle className="min-w-0 truncate font-semibold text-large">{name}</ListTitle>
            <div className="ms-auto flex items-center gap-1">
              {held.fresh > 0 ? (
                <Button size="small" variant="primary" className="rounded-full!" onClick={held.showFresh}>
                  {t('agent.list.fresh', { count: held.fresh })}
                </Button>
              ) : null}
              {!open && (view.queue === 'spam' || view.queue === 'trash') && frame.may.remove && rows.length > 0 ? (
                <EmptyPlace place={view.queue} />
              ) : null}
              {open ? (
                <IconButton label={t('agent.list.hide')} onClick={() => change({ panes: { ...appearance.panes, list: false } })}>
                  <PanelLeft className="size-4 rtl:-scale-x-100" aria-hidden="true" />
                </IconButton>
              ) : (
                <ViewMenu />
              )}
            </div>
          </header>
          <p role="status" className="sr-only">
            {held.fresh > 0 ? t('agent.list.fresh', { count: held.fresh }) : t('agent.list.shown', { count: rows.length })}
          </p>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: what is heard here comes from the links inside */}
          <div
            ref={holder}
            {...held.holder}
            onKeyDown={onKeyDown}
            role="presentation"
            className={classNames('@container min-h-0 flex-1 overflow-y-auto', loading && 'opacity-60')}
          >
            {rows.length === 0 ? (
              <EmptyState
                title={emptyWords(t, view.queue)}
                action={
                  view.queue === 'open' ? undefined : <ButtonLink to={queuePath('open')}>{t('agent.empty.next')}</ButtonLink>
                }
              />
            ) : asTable ? (
              <TicketTable {...listProps} />
            ) : (
              <TicketColumn {...listProps} />
            )}
            {pager.state === 'loading' ? <SkeletonRows rows={4} label={t('common.loading')} /> : null}
            {next && rows.length > 0 ? (
              <div className="flex justify-center p-4">
                <Button
                  pending={pager.state !== 'idle'}
                  onClick={() =>
                    pager.load(`/agent/list?queue=${encodeURIComponent(view.queue)}&cursor=${encodeURIComponent(next)}`)
                  }
                >
                  {t('agent.list.more')}
                </Button>
              </div>
            ) : null}
          </div>
          {selected.size > 0 ? (
            <BulkBar selected={selected} rows={rows} whole={next ? { queue: view.queue } : null} onClear={clear} />
          ) : null}
        </section>
        <Outlet />
      </main>
      <BackAct active={open} onBack={() => navigate(queuePath(view.queue))} />
    </DeskContext>
  )
}

function BackAct({ active, onBack }: { active: boolean; onBack: () => void }) {
  const t = useT()
  useActs('desk-back', active ? [{ id: 'back', label: t('agent.acts.back'), group: 'ticket', keys: 'u', run: onBack }] : [])
  return null
}

function ViewMenu() {
  const t = useT()
  const { appearance, change } = useAppearance()
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="quiet" icon={<SlidersHorizontal className="size-4" aria-hidden="true" />}>
          {t('agent.list.view')}
        </Button>
      }
    >
      <MenuChoice
        label={t('agent.nav.density')}
        value={appearance.density}
        onChange={(density) => change({ density })}
        options={[
          { value: 'compact', label: t('agent.nav.densities.compact') },
          { value: 'normal', label: t('agent.nav.densities.normal') },
          { value: 'roomy', label: t('agent.nav.densities.roomy') },
        ]}
      />
      <MenuSeparator />
      <MenuLabel>{t('agent.list.columns')}</MenuLabel>
      {columns.map((column) => (
        <MenuToggle
          key={column}
          checked={!appearance.hiddenColumns.includes(column)}
          onChange={(on) =>
            change({
              hiddenColumns: on
                ? appearance.hiddenColumns.filter((one) => one !== column)
                : [...appearance.hiddenColumns, column],
            })
          }
        >
          {t(`agent.list.${column}`)}
        </MenuToggle>
      ))}
    </Menu>
  )
}
