import { Link, NavLink, Outlet, Form as PlainForm, useRouteLoaderData } from 'react-router'
import { portal } from '#i18n/en/portal.ts'
import { MessagesProvider, useT } from '#i18n/react.tsx'
import { ctxOf } from '../../context.ts'
import type { RootData } from '../../root.tsx'
import { classNames } from '../../ui/class-names.ts'
import { FormGuard } from '../../ui/form.tsx'
import { TileMark } from '../../ui/mark.tsx'
import { SkipLink } from '../../ui/skip-link.tsx'
import { SmallScript } from '../../ui/small-script.tsx'
import type { Route } from './+types/frame.ts'

export interface PortalViewer {
  kind: 'agent' | 'user' | 'guest'
  name: string
}

export function loader({ context }: Route.LoaderArgs): { viewer: PortalViewer } {
  const { actor } = ctxOf(context)
  return { viewer: { kind: actor.kind === 'agent' || actor.kind === 'user' ? actor.kind : 'guest', name: actor.name } }
}

const messages = { portal }

export default function PortalFrame({ loaderData }: Route.ComponentProps) {
  return (
    <MessagesProvider of={messages}>
      <Frame viewer={loaderData.viewer} />
    </MessagesProvider>
  )
}

function Frame({ viewer }: { viewer: PortalViewer }) {
  const t = useT()
  const root = useRouteLoaderData('root') as RootData | undefined
  const desk = root?.deskName ?? t('common.product')
  return (
    <div className="flex min-h-[calc(100dvh-var(--strip,0px))] flex-col">
      <SkipLink>{t('common.skipToContent')}</SkipLink>
      <header className="border-line border-b bg-surface">
        <div className="mx-auto flex w-full max-w-3xl flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2.5 sm:px-6">
          <Link to="/" className="me-auto flex min-h-8 min-w-0 items-center gap-2 font-semibold text-large">
            <TileMark />
            <span className="truncate">{desk}</span>
          </Link>
          <nav aria-label={t('portal.nav.label')} className="flex flex-wrap items-center gap-x-4 gap-y-1">
            {viewer.kind === 'user' ? (
              <>
                <Place to="/tickets">{t('portal.nav.mine')}</Place>
                <Place to="/account">{t('portal.nav.account')}</Place>
              </>
            ) : null}
            {viewer.kind === 'agent' ? <Place to="/agent">{t('portal.nav.workspace')}</Place> : null}
            {viewer.kind === 'guest' ? (
              <>
                <Place to="/check">{t('portal.nav.check')}</Place>
                <Place to="/sign-in">{t('portal.nav.signIn')}</Place>
              </>
            ) : (
              <PlainForm method="post" action="/sign-out" reloadDocument className="flex">
                <FormGuard />
                <button type="submit" className="min-h-8 text-ink-muted hover:text-ink">
                  {t('portal.nav.signOut')}
                </button>
              </PlainForm>
            )}
          </nav>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        {/* One left edge for narrow and wide pages: that of the header. */}
        <div className="mx-auto w-full max-w-3xl *:mx-0">
          <Outlet />
        </div>
      </main>
      <SmallScript />
      <footer className="mx-auto w-full max-w-3xl px-4 py-6 text-ink-faint text-small sm:px-6">
        {t('portal.footer', { desk })}
      </footer>
    </div>
  )
}

function Place({ to, children }: { to: string; children: string }) {
  return (
    <NavLink
      to={to}
      className={({ isActive }) =>
        classNames('flex min-h-8 items-center', isActive ? 'font-medium text-ink' : 'text-ink-muted hover:text-ink')
      }
    >
      {children}
    </NavLink>
  )
}
