import { Link, NavLink, Outlet, Form as PlainForm, useLocation, useRouteLoaderData } from 'react-router'
import { admin } from '#i18n/en/admin.ts'
import { setup } from '#i18n/en/setup.ts'
import { MessagesProvider, useT } from '#i18n/react.tsx'
import type { MessageKey } from '#i18n/translate.ts'
import { loadDeskBars } from '../../desk-bars.ts'
import type { RootData } from '../../root.tsx'
import { classNames } from '../../ui/class-names.ts'
import { type DeskBar, DeskBars } from '../../ui/desk-bars.tsx'
import { FormGuard } from '../../ui/form.tsx'
import { TileMark } from '../../ui/mark.tsx'
import { SkipLink } from '../../ui/skip-link.tsx'
import { SmallScript } from '../../ui/small-script.tsx'
import type { Route } from './+types/frame.ts'
import { requireAdmin } from './require-admin.ts'

export async function loader(args: Route.LoaderArgs): Promise<{ bars: DeskBar[] }> {
  requireAdmin(args)
  return { bars: await loadDeskBars(args.context) }
}

// The mailbox form is the wizard's.
const messages = { admin, setup }

export default function AdminFrame({ loaderData }: Route.ComponentProps) {
  return (
    <MessagesProvider of={messages}>
      <Frame bars={loaderData.bars} />
    </MessagesProvider>
  )
}

const groups: { label: MessageKey; places: { to: string; label: MessageKey }[] }[] = [
  {
    label: 'admin.nav.desk',
    places: [
      { to: '/admin/company', label: 'admin.nav.company' },
      { to: '/admin/portal', label: 'admin.nav.portal' },
      { to: '/admin/templates', label: 'admin.nav.templates' },
      { to: '/admin/alerts', label: 'admin.nav.alerts' },
    ],
  },
  {
    label: 'admin.nav.intake',
    places: [
      { to: '/admin/mailboxes', label: 'admin.nav.mailboxes' },
      { to: '/admin/incoming', label: 'admin.nav.incoming' },
      { to: '/admin/filters', label: 'admin.nav.filters' },
      { to: '/admin/topics', label: 'admin.nav.topics' },
      { to: '/admin/suspended', label: 'admin.nav.suspended' },
      { to: '/admin/senders', label: 'admin.nav.senders' },
      { to: '/admin/bans', label: 'admin.nav.bans' },
      { to: '/admin/signing', label: 'admin.nav.signing' },
    ],
  },
  {
    label: 'admin.nav.work',
    places: [
      { to: '/admin/rules', label: 'admin.nav.rules' },
      { to: '/admin/statuses', label: 'admin.nav.statuses' },
      { to: '/admin/canned', label: 'admin.nav.canned' },
    ],
  },
  {
    label: 'admin.nav.people',
    places: [
      { to: '/admin/agents', label: 'admin.nav.agents' },
      { to: '/admin/departments', label: 'admin.nav.departments' },
      { to: '/admin/teams', label: 'admin.nav.teams' },
      { to: '/admin/tags', label: 'admin.nav.tags' },
      { to: '/admin/roles', label: 'admin.nav.roles' },
    ],
  },
  {
    label: 'admin.nav.access',
    places: [
      { to: '/admin/tokens', label: 'admin.nav.tokens' },
      { to: '/account', label: 'admin.nav.sessions' },
    ],
  },
  {
    label: 'admin.nav.insight',
    places: [
      { to: '/admin/log', label: 'admin.nav.log' },
      { to: '/admin/audit', label: 'admin.nav.audit' },
    ],
  },
]

function Frame({ bars }: { bars: readonly DeskBar[] }) {
  const t = useT()
  const root = useRouteLoaderData('root') as RootData | undefined
  const { pathname } = useLocation()
  return (
    <div className="flex min-h-[calc(100dvh-var(--strip,0px))] flex-col">
      <SkipLink>{t('common.skipToContent')}</SkipLink>
      <header className="border-line border-b bg-surface">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
          <Link to="/admin" className="me-auto flex min-h-8 min-w-0 items-center gap-2 font-semibold">
            <TileMark />
            <span className="truncate">{root?.deskName}</span>
            <span className="text-ink-muted">{t('admin.title')}</span>
          </Link>
          <Link to="/agent" className="flex min-h-8 items-center text-ink-muted hover:text-ink">
            {t('admin.workspace')}
          </Link>
          <SignOut className="max-sm:hidden" />
        </div>
      </header>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <nav aria-label={t('admin.nav.label')} className="hidden w-56 shrink-0 border-line border-e px-3 py-4 lg:block">
          <Places />
        </nav>
        {/* On narrow screens the same menu folds away; closed again on every page. */}
        <details key={pathname} className="border-line border-b bg-surface lg:hidden">
          <summary className="flex min-h-10 items-center gap-2 px-4 font-medium">
            <svg
              viewBox="0 0 16 16"
              className="size-4"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              aria-hidden="true"
            >
              <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />
            </svg>
            {t('admin.menu')}
          </summary>
          <nav aria-label={t('admin.nav.label')} className="px-3 pb-4">
            <Places />
            <SignOut className="mt-4 px-2 sm:hidden" />
          </nav>
        </details>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          {/* The overview lists what is wrong with mail by itself. */}
          <DeskBars
            bars={pathname === '/admin' ? bars.filter((bar) => !/mailboxes|log/.test(bar.to ?? '')) : bars}
            here={pathname}
          />
          <Outlet />
        </main>
      </div>
      <SmallScript />
    </div>
  )
}

function SignOut({ className }: { className: string }) {
  const t = useT()
  return (
    <PlainForm method="post" action="/sign-out" className={classNames('flex', className)}>
      <FormGuard />
      <button type="submit" className="min-h-8 text-ink-muted hover:text-ink">
        {t('common.signOut')}
      </button>
    </PlainForm>
  )
}

function Places() {
  const t = useT()
  return (
    <ul className="flex flex-col gap-4">
      <li>
        <Place to="/admin" label={t('admin.nav.overview')} end />
      </li>
      {groups.map((group) => (
        <li key={group.label}>
          <p className="mb-1 px-2 font-medium text-ink-faint text-small">{t.at(group.label)}</p>
          <ul>
            {group.places.map((place) => (
              <li key={place.to}>
                <Place to={place.to} label={t.at(place.label)} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}

function Place({ to, label, end = false }: { to: string; label: string; end?: boolean }) {
  return (
    <NavLink
      to={to}
      end={end}
      className={({ isActive }) =>
        classNames(
          'flex min-h-8 items-center rounded-base px-2',
          isActive ? 'bg-selected font-medium' : 'text-ink-muted hover:bg-hover hover:text-ink',
        )
      }
    >
      {label}
    </NavLink>
  )
}
