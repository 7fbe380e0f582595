import { type ReactNode, useContext } from 'react'
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  type ShouldRevalidateFunctionArgs,
  useMatches,
  useRouteLoaderData,
} from 'react-router'
import { common } from '#i18n/en/common.ts'
import { demo } from '#i18n/en/demo.ts'
import { errors } from '#i18n/en/errors.ts'
import { MessagesProvider, useT } from '#i18n/react.tsx'
import type { Route } from './+types/root.ts'
import { ctxOf, pageOf } from './context.ts'
import { demoStripOf } from './demo-strip.ts'
import './ui/app.css'
import { ButtonLink } from './ui/button.tsx'
import { DemoStrip, type DemoStripView } from './ui/demo-strip.tsx'
import { TileMark } from './ui/mark.tsx'
import { NonceContext } from './ui/nonce.ts'
import { type RequestFacts, RequestProvider } from './ui/request.tsx'
import { type Appearance, readAppearance } from './ui/theme.ts'

/**
 * What a route may say of itself:
 * `script: false` on the deepest route sends the page without any script (it then works by links and forms alone).
 */
export interface RouteHandle {
  script?: boolean
}

export interface RootData {
  facts: RequestFacts
  appearance: Appearance
  deskName: string
  /** The request's id, which an error page shows so that the log can be found. */
  reference: string
  /** What the strip of a demonstration shows; null on every other desk. */
  demo: DemoStripView | null
}

export function loader({ request, context }: Route.LoaderArgs): RootData {
  const ctx = ctxOf(context)
  const page = pageOf(context)
  return {
    facts: { csrf: page.csrf, locale: ctx.locale, timeZone: page.timeZone, now: ctx.clock.now().toISOString() },
    appearance: readAppearance(request.headers.get('cookie')),
    deskName: page.deskName,
    reference: ctx.request?.id ?? '',
    demo: demoStripOf(ctx),
  }
}

/** The session, and with it the token, changes only through a form. */
export function shouldRevalidate({ formMethod, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs): boolean {
  return formMethod !== undefined && formMethod !== 'GET' ? defaultShouldRevalidate : false
}

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.deskName ?? 'Tessera' }]

const baseMessages = { common, errors, demo }
const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useContext(NonceContext)
  const data = useRouteLoaderData('root') as RootData | undefined
  const facts = data?.facts ?? { csrf: '', locale: 'en', timeZone: 'UTC', now: '1970-01-01T00:00:00.000Z' }
  const withScript = (useMatches().at(-1)?.handle as RouteHandle | undefined)?.script !== false
  return (
    <html
      lang={facts.locale}
      dir={rightToLeft.has(facts.locale.split('-')[0] ?? '') ? 'rtl' : 'ltr'}
      data-theme={data && data.appearance.theme !== 'system' ? data.appearance.theme : undefined}
      // What a full-height screen leaves free at the top.
      className={data?.demo ? '[--strip:2.5rem] max-sm:[--strip:4.25rem]' : undefined}
      data-density={data && data.appearance.density !== 'normal' ? data.appearance.density : undefined}
      suppressHydrationWarning
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/tile.svg" type="image/svg+xml" />
        <Meta />
        <Links nonce={nonce} />
      </head>
      <body className="min-h-dvh bg-canvas text-ink">
        <RequestProvider facts={facts}>
          <MessagesProvider of={baseMessages} locale={facts.locale} timeZone={facts.timeZone}>
            {data?.demo ? <DemoStrip view={data.demo} /> : null}
            {children}
          </MessagesProvider>
        </RequestProvider>
        {withScript ? (
          <>
            <ScrollRestoration nonce={nonce} />
            <Scripts nonce={nonce} />
          </>
        ) : null}
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

/** Whatever went wrong, in words. A page that does not exist and one that may not be seen read the same. */
export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <ErrorPage error={error} />
}

export function ErrorPage({ error, homeTo = '/' }: { error: unknown; homeTo?: string }) {
  const t = useT()
  const data = useRouteLoaderData('root') as RootData | undefined
  const gone = isRouteErrorResponse(error) && (error.status === 404 || error.status === 403)
  return (
    <main
      id="content"
      className="mx-auto flex min-h-[70dvh] max-w-md flex-col items-center justify-center gap-3 px-6 text-center"
    >
      <TileMark className="size-8" />
      <h1 className="font-semibold text-title">{gone ? t('common.notFound.title') : t('common.somethingBroke.title')}</h1>
      <p className="text-ink-muted">
        {gone ? t('common.notFound.text') : t('common.somethingBroke.text', { reference: data?.reference || '–' })}
      </p>
      <ButtonLink to={homeTo} className="mt-2">
        {t('common.back')}
      </ButtonLink>
    </main>
  )
}
