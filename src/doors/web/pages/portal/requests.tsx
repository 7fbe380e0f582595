import { Link, redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { listRequests } from '#tickets/show-request.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Form } from '../../ui/form.tsx'
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
  const search = (query.get('q') ?? '').trim().slice(0, 100)
  const page = await orRefuse(listRequests(ctx, { show, search, cursor: query.get('after') }))
  return {
    title: pageOf(context).t('portal.mine.title'),
    show,
    search,
    rows: page.rows.map((row) => ({ ...row, lastMessageAt: row.lastMessageAt.toISOString() })),
    next: page.next,
  }
}

export default function Requests({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { rows, show, next, search } = loaderData
  const pathOf = (one: string) => {
    const query = new URLSearchParams({ ...(one === 'all' ? {} : { show: one }), ...(search ? { q: search } : {}) }).toString()
    return query ? `/tickets?${query}` : '/tickets'
  }
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
      <Form method="get" role="search" className="mb-4 flex gap-2">
        {show === 'all' ? null : <input type="hidden" name="show" value={show} />}
        <input
          type="search"
          name="q"
          defaultValue={search}
          maxLength={100}
          aria-label={t('portal.mine.search')}
          placeholder={t('portal.mine.search')}
          className="control"
        />
        <Button type="submit">{t('portal.mine.searchSubmit')}</Button>
      </Form>
      <nav aria-label={t('portal.mine.filter')} className="mb-3 flex gap-4 border-line border-b">
        {(['all', 'open', 'done'] as const).map((one) => (
          <Link
            key={one}
            to={pathOf(one)}
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
        <EmptyState
          title={
            search
              ? t('portal.mine.noneFound', { query: search })
              : show === 'open'
                ? t('portal.mine.noneOpen')
                : show === 'done'
                  ? t('portal.mine.noneDone')
                  : t('portal.mine.empty')
          }
          {...(search || show !== 'all' ? { action: <ButtonLink to="/tickets">{t('portal.mine.showAll')}</ButtonLink> } : {})}
        >
          {search ? t('portal.mine.noneFoundText') : show === 'all' ? t('portal.mine.emptyText') : null}
        </EmptyState>
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
        <ButtonLink
          className="mt-4"
          to={`/tickets?${new URLSearchParams({ show, ...(search ? { q: search } : {}), after: next })}`}
        >
          {t('portal.mine.more')}
        </ButtonLink>
      ) : null}
    </Page>
  )
}
