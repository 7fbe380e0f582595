import type { ReactNode } from 'react'
import { Link, redirect, useRouteLoaderData } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { hoursInWords } from '#settings/hours-text.ts'
import { readSettings } from '#settings/settings.ts'
import { readSetup } from '#setup/set-up.ts'
import { ctxOf } from '../../context.ts'
import type { Route } from './+types/home.ts'
import type { PortalViewer } from './frame.tsx'

export const handle = { script: false }

export async function loader({ context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  // Whoever starts a new desk often opens its address before the link that was printed.
  const { isComplete, hasAdministrator } = await readSetup(ctx, null)
  if (!isComplete && !hasAdministrator) throw redirect('/setup')
  const settings = await readSettings(ctx)
  return {
    hours: hoursInWords(settings['desk.hours'], ctx.locale).join(', '),
    zone: settings['desk.timeZone'].replaceAll('_', ' '),
  }
}

export default function Home({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const frame = useRouteLoaderData('pages/portal/frame') as { viewer: PortalViewer } | undefined
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6 sm:py-16">
      <h1 className="font-semibold text-display">{t('portal.home.title')}</h1>
      <p className="mt-1 text-ink-muted text-large">{t('portal.home.intro')}</p>
      <ul className="mt-8 divide-y divide-line border-line border-y">
        <Way to="/open" title={t('portal.home.open.title')}>
          {t('portal.home.open.text')}
        </Way>
        {frame?.viewer.kind === 'user' ? (
          <Way to="/tickets" title={t('portal.home.mine.title')}>
            {t('portal.home.mine.text')}
          </Way>
        ) : (
          <Way to="/check" title={t('portal.home.check.title')}>
            {t('portal.home.check.text')}
          </Way>
        )}
      </ul>
      {loaderData.hours ? (
        <p className="mt-6 text-ink-faint">{t('portal.home.hours', { hours: loaderData.hours, zone: loaderData.zone })}</p>
      ) : null}
    </div>
  )
}

function Way({ to, title, children }: { to: string; title: string; children: ReactNode }) {
  return (
    <li>
      <Link to={to} className="group flex items-center gap-4 px-1 py-5">
        <span className="min-w-0 flex-1">
          <span className="block font-semibold text-accent-ink text-large group-hover:underline">{title}</span>
          <span className="block text-ink-muted">{children}</span>
        </span>
        <svg
          viewBox="0 0 16 16"
          className="size-5 shrink-0 text-ink-faint transition-transform duration-100 group-hover:translate-x-0.5 rtl:-scale-x-100"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeLinejoin="round"
          aria-hidden="true"
        >
          <path d="m6 3.5 4.5 4.5L6 12.5" />
        </svg>
      </Link>
    </li>
  )
}
