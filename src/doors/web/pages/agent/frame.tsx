import { Dialog } from '@base-ui/react/dialog'
import { DirectionProvider } from '@base-ui/react/direction-provider'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Outlet, type ShouldRevalidateFunctionArgs, useNavigate, useRouteLoaderData, useSubmit } from 'react-router'
import { agent } from '#i18n/en/agent.ts'
import { MessagesProvider, useT } from '#i18n/react.tsx'
import { LiveProvider } from '../../live/use-live.tsx'
import type { RootData } from '../../root.tsx'
import { ErrorPage } from '../../root.tsx'
import { AppearanceProvider, useAppearance } from '../../ui/appearance.tsx'
import { classNames } from '../../ui/class-names.ts'
import { DeskBars } from '../../ui/desk-bars.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { TileMark } from '../../ui/mark.tsx'
import { useRequest } from '../../ui/request.tsx'
import { SkipLink } from '../../ui/skip-link.tsx'
import { readAppearance } from '../../ui/theme.ts'
import { Toaster } from '../../ui/toast.tsx'
import type { Route } from './+types/frame.ts'
import { type Act, ActsProvider, useActs } from './acts.tsx'
import { FrameContext, useFrame } from './frame-context.tsx'
import { NavigationLine, OfflineBar } from './frame-signs.tsx'
import { loadFrame } from './load-frame.ts'
import { queueKeys, queueName, queuePath } from './queue-name.ts'
import { QueueNav } from './queue-nav.tsx'
import { requireAgent } from './require-agent.ts'
import { useUndoLast } from './use-undo-last.ts'
import type { FrameView } from './view.ts'

const messages = { agent }
const Palette = lazy(() => import('./palette.tsx'))
const KeySheet = lazy(() => import('./key-sheet.tsx').then((module) => ({ default: module.KeySheet })))

export const middleware = [requireAgent]

export function loader({ context, request }: Route.LoaderArgs): Promise<FrameView> {
  return loadFrame(context, request)
}

/**
 * The workspace is drawn by the browser from the data that comes with the document: an agent loads it once a day, and drawing fifty
 * rows twice cost the server three quarters of the page. What the portal sends is drawn here, for those without a script.
 */
export async function clientLoader({ serverLoader }: Route.ClientLoaderArgs) {
  return serverLoader()
}
clientLoader.hydrate = true as const

/** The shape of the workspace, for the moment until the browser has drawn it. */
export function HydrateFallback() {
  const root = useRouteLoaderData('root') as RootData | undefined
  return (
    <div className="flex h-[calc(100dvh-var(--strip,0px))]" aria-busy="true">
      <div className="flex w-56 shrink-0 flex-col gap-3 border-line border-e bg-canvas p-4 max-lg:hidden">
        <TileMark className="size-6" />
        {['w-28', 'w-20', 'w-24', 'w-32', 'w-16'].map((width) => (
          <div key={width} className={classNames('h-3 rounded bg-line', width)} />
        ))}
      </div>
      <main className="min-w-0 flex-1">
        <h1 className="sr-only">{root?.deskName}</h1>
        <div className="h-12 border-line border-b" />
        {['w-3/5', 'w-2/5', 'w-1/2', 'w-3/4', 'w-1/3', 'w-2/3'].map((width) => (
          <div key={width} className="flex h-10 items-center border-line border-b px-4">
            <div className={classNames('h-3 rounded bg-line', width)} />
          </div>
        ))}
      </main>
    </div>
  )
}

/** Moving between tickets and queues leaves the frame as it is; forms and live changes count again. */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  formMethod,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean {
  if (formMethod !== undefined) return defaultShouldRevalidate
  return currentUrl.href === nextUrl.href
}

export default function Frame({ loaderData }: Route.ComponentProps) {
  const root = useRouteLoaderData('root') as RootData | undefined
  return (
    <MessagesProvider of={messages}>
      <AppearanceProvider initial={root?.appearance ?? readAppearance(null)}>
        <DirectionProvider direction={isRightToLeft(root?.facts.locale) ? 'rtl' : 'ltr'}>
          <LiveProvider url="/live">
            <FrameBody view={loaderData} deskName={root?.deskName ?? ''} />
          </LiveProvider>
        </DirectionProvider>
      </AppearanceProvider>
    </MessagesProvider>
  )
}

const isRightToLeft = (locale = 'en'): boolean => ['ar', 'dv', 'fa', 'he', 'ps', 'ur'].includes(locale.split('-')[0] ?? '')

function FrameBody({ view, deskName }: { view: FrameView; deskName: string }) {
  const t = useT()
  const { appearance } = useAppearance()
  const [drawer, setDrawer] = useState(false)
  const navShown = appearance.panes.queues
  return (
    <ActsProvider letters={appearance.keys}>
      <FrameContext value={{ view, openNav: () => setDrawer(true), navShown }}>
        <SkipLink>{t('common.skipToContent')}</SkipLink>
        <NavigationLine />
        <div className="flex h-[calc(100dvh-var(--strip,0px))]">
          <div className={classNames('w-56 shrink-0 border-line border-e bg-canvas max-lg:hidden', !navShown && 'hidden')}>
            <QueueNav deskName={deskName} />
          </div>
          <div className="flex min-w-0 flex-1 flex-col">
            <OfflineBar />
            <DeskBars slim bars={view.bars} here="/agent" />
            <Outlet />
          </div>
        </div>
        {drawer ? (
          <Dialog.Root open onOpenChange={setDrawer}>
            <Dialog.Portal>
              <Dialog.Backdrop className="fixed inset-0 z-30 bg-scrim" />
              <Dialog.Popup
                aria-label={t('agent.nav.label')}
                className="fixed inset-y-0 start-0 z-30 w-72 max-w-[85vw] bg-canvas shadow-lift outline-none"
              >
                <QueueNav deskName={deskName} onNavigate={() => setDrawer(false)} />
              </Dialog.Popup>
            </Dialog.Portal>
          </Dialog.Root>
        ) : null}
        <FrameActs />
        <Toaster label={t('agent.toasts')} dismissLabel={t('common.close')} className="bottom-16!" />
      </FrameContext>
    </ActsProvider>
  )
}

function FrameActs() {
  const t = useT()
  const { view } = useFrame()
  const { appearance, change } = useAppearance()
  const navigate = useNavigate()
  const submit = useSubmit()
  const { csrf } = useRequest()
  const [palette, setPalette] = useState(false)
  const [sheet, setSheet] = useState(false)
  // The palette is fetched while nobody waits for it, and stays mounted once it was opened.
  const [paletteUsed, setPaletteUsed] = useState(false)
  const [sheetUsed, setSheetUsed] = useState(false)
  useEffect(() => {
    const fetchAhead = () => void import('./palette.tsx')
    if ('requestIdleCallback' in window) {
      const handle = requestIdleCallback(fetchAhead, { timeout: 4_000 })
      return () => cancelIdleCallback(handle)
    }
    const timer = setTimeout(fetchAhead, 2_000)
    return () => clearTimeout(timer)
  }, [])

  const undoLast = useUndoLast()
  const acts: Act[] = [
    { id: 'undo-last', label: t('agent.acts.undoLast'), group: 'view', keys: 'z', words: t('agent.words.undo'), run: undoLast },
    {
      id: 'palette',
      label: t('agent.acts.palette'),
      group: 'view',
      keys: 'mod+k',
      keysOnly: true,
      run: () => {
        setPaletteUsed(true)
        setPalette((open) => !open)
      },
    },
    { id: 'search', label: t('agent.acts.search'), group: 'go', keys: '/', run: () => navigate('/agent/search') },
    ...(view.may.create
      ? [
          {
            id: 'new-ticket',
            label: t('agent.acts.newTicket'),
            group: 'go' as const,
            keys: 'c',
            words: t('agent.words.newTicket'),
            run: () => navigate('/agent/tickets/new'),
          },
        ]
      : []),
    ...view.queues.map((queue): Act => {
      const keys = queueKeys[queue.key]
      return {
        id: `go-${queue.key}`,
        label: t('agent.acts.goQueue', { queue: queueName(t, queue.key) }),
        group: 'go',
        words: queue.key === 'overdue' || queue.key === 'due-today' ? t('agent.words.due') : t('agent.words.queue'),
        ...(keys ? { keys } : {}),
        run: () => navigate(queuePath(queue.key)),
      }
    }),
    { id: 'go-inbox', label: t('agent.acts.goInbox'), group: 'go', keys: 'g i', run: () => navigate('/agent/inbox') },
    {
      id: 'go-preferences',
      label: t('agent.acts.goPreferences'),
      group: 'go',
      keys: 'g p',
      run: () => navigate('/agent/preferences'),
    },
    ...(view.me.administrator
      ? [{ id: 'go-admin', label: t('agent.acts.goAdmin'), group: 'go' as const, run: () => navigate('/admin') }]
      : []),
    {
      id: 'keys',
      label: t('agent.acts.sheet'),
      group: 'view',
      keys: '?',
      run: () => {
        setSheetUsed(true)
        setSheet(true)
      },
    },
    {
      id: 'toggle-queues',
      label: t('agent.acts.toggleQueues'),
      group: 'view',
      keys: 'mod+b',
      run: () => change({ panes: { ...appearance.panes, queues: !appearance.panes.queues } }),
    },
    {
      id: 'dark',
      label: t('agent.acts.dark'),
      group: 'view',
      run: () => change({ theme: isDark(appearance.theme) ? 'light' : 'dark' }),
    },
    ...(['compact', 'normal', 'roomy'] as const).map(
      (density): Act => ({
        id: `density-${density}`,
        label: t(`agent.acts.${density}`),
        group: 'view',
        run: () => change({ density }),
      }),
    ),
    {
      id: 'sign-out',
      label: t('common.signOut'),
      group: 'go',
      run: () => void submit({ csrf, submission: newSubmission() }, { method: 'post', action: '/sign-out' }),
    },
  ]
  useActs('frame', acts)
  return (
    <Suspense>
      {paletteUsed ? <Palette open={palette} onOpenChange={setPalette} /> : null}
      {sheetUsed ? <KeySheet open={sheet} onOpenChange={setSheet} /> : null}
    </Suspense>
  )
}

const isDark = (theme: string): boolean =>
  theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <ErrorPage error={error} homeTo="/agent" />
}
