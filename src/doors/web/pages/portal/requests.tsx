import { Link, redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { listRequests } from '#tickets/show-request.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/requests.ts'
import { StatusBadge } from './status-badge.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const shows = ['open', 'done', 'all'] as const

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  if (ctx.actor.kind === 'agent') throw redirect('/agent')
  if (ctx.actor.kind !== 'user') throw redirect('/sign-in?next=/tickets')
  const query = new URL(request.url).searchParams
  const show = shows.find((one) => one === query.get('show')) ?? 'all'
  const page = await orRefuse(listRequests(ctx, { show, cursor: query.get('after') }))
  return {
    title: pageOf(context).t('portal.mine.title'),
    show,
    rows: page.rows.map((row) => ({ ...row, lastMessageAt: row.lastMessageAt.toISOString() })),
    next: page.next,
  }
}

export default function Requests({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { rows, show, next } = loaderData
  return (
    <Page
      title={t('portal.mine.title')}
      intro={t('portal.mine.intro')}
      actions={
        <ButtonLink to="/open" variant="primary">
          {t('portal.nav.open')}
        </ButtonLink>
      }
    >
      <nav aria-label={t('portal.mine.filter')} className="mb-3 flex gap-4 border-line border-b">
        {(['all', 'open', 'done'] as const).map((one) => (
          <Link
            key={one}
            to={one === 'all' ? '/tickets' : `/tickets?show=${one}`}
            aria-current={one === show ? 'page' : undefined}
            className={classNames(
              '-mb-px flex min-h-9 items-center border-b-2',
              one === show ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink',
            )}
          >
            {t(`portal.mine.${one}`)}
          </Link>
        ))}
      </nav>
      {rows.length === 0 ? (
        <EmptyState title={t('portal.mine.empty')} />
      ) : (
        <ul className="divide-y divide-line">
          {rows.map((row) => (
            <li key={row.number}>
              <Link
                to={`/tickets/${row.number}`}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-1 py-3 hover:bg-hover"
              >
                <span className="tabular text-ink-faint">#{row.number}</span>
                <span className="wrap-anywhere min-w-0 flex-1 basis-52 font-medium">{row.subject}</span>
                <span className="flex flex-wrap items-center gap-2">
                  {row.isCopy ? <Badge>{t('portal.mine.onCopy')}</Badge> : null}
                  <StatusBadge status={row.status} />
                  <Moment at={row.lastMessageAt} className="text-ink-muted text-small" />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {next ? (
        <ButtonLink className="mt-4" to={`/tickets?${new URLSearchParams({ show, after: next })}`}>
          {t('portal.mine.more')}
        </ButtonLink>
      ) : null}
    </Page>
  )
}
