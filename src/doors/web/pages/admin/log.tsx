import { Link, redirect } from 'react-router'
import { z } from 'zod'
import { landingWords } from '#channels/landing-words.ts'
import { inboundLog, outboundLog, retryOutbound } from '#channels/mail-log.ts'
import { instantOfWallTime } from '#core/wall-time.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { idField, orRefuse } from '../../forms.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form, FormMessage } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/log.ts'
import { AdminPage } from './admin-page.tsx'
import { failureText } from './mail-words.ts'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const inboundStates = ['received', 'posted', 'duplicate', 'parked', 'skipped'] as const
const outboundStates = ['waiting', 'sending', 'sent', 'failed', 'held', 'withdrawn'] as const
type State = (typeof inboundStates)[number] | (typeof outboundStates)[number]

interface LogRow {
  id: number
  at: string
  who: string
  subject: string
  state: State
  text: string
  detail: string | null
  ticket: string | null
  canRetry: boolean
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t, timeZone } = pageOf(args.context)
  const query = new URL(args.request.url).searchParams
  const way = query.get('way') === 'outbound' ? ('outbound' as const) : ('inbound' as const)
  const cursor = query.get('after')
  const asked = query.get('state')
  let rows: LogRow[]
  let next: string | null
  let state: State | null
  if (way === 'inbound') {
    const only = inboundStates.find((one) => one === asked) ?? null
    const page = await orRefuse(inboundLog(ctx, { state: only, cursor }))
    state = only
    next = page.next
    rows = page.rows.map((row) => ({
      id: row.id,
      at: row.receivedAt.toISOString(),
      who: row.summary?.from ?? row.mailbox ?? row.channel,
      subject: row.summary?.subject ?? '',
      state: row.state,
      text: landingWords(t, row.reason),
      detail: null,
      ticket: row.ticket,
      canRetry: false,
    }))
  } else {
    const only = outboundStates.find((one) => one === asked) ?? null
    const page = await orRefuse(outboundLog(ctx, { state: only, cursor, ...rangeOf(query, timeZone) }))
    state = only
    next = page.next
    rows = page.rows.map((row) => ({
      id: row.id,
      at: (row.sentAt ?? row.createdAt).toISOString(),
      who: row.to,
      subject: row.subject,
      state: row.state,
      text: [
        t(`admin.log.kinds.${row.kind}`),
        row.attempts > 1 ? t('admin.log.attempts', { count: row.attempts }) : '',
        failureText(t, row.failure),
      ]
        .filter(Boolean)
        .join(' · '),
      // Without a server there is none that could have said more.
      detail: row.failure === 'no_server' ? null : row.lastError,
      ticket: row.ticket,
      canRetry: row.state === 'held' || row.state === 'failed',
    }))
  }
  const search = { q: query.get('q') ?? '', from: query.get('from') ?? '', to: query.get('to') ?? '' }
  return {
    title: t('admin.log.title'),
    search,
    way,
    state,
    states: way === 'inbound' ? inboundStates : outboundStates,
    rows,
    next,
  }
}

/** What the search form asks for; days are whole ones of the reader's zone. */
function rangeOf(query: URLSearchParams, timeZone: string): { q: string | null; from: Date | null; to: Date | null } {
  const day = (name: string, time: string): Date | null => instantOfWallTime(`${query.get(name) ?? ''}T${time}`, timeZone)
  const last = day('to', '23:59:59')
  return { q: query.get('q'), from: day('from', '00:00'), to: last && new Date(last.getTime() + 1000) }
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, z.object({ id: idField }), async (ctx, { id }) => {
    await retryOutbound(ctx, id)
    return redirect('/admin/log?way=outbound&done=retried')
  })

const tones: Partial<Record<State, Tone>> = {
  posted: 'success',
  sent: 'success',
  parked: 'warning',
  held: 'warning',
  failed: 'danger',
}

export default function Log({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { way, state, states, rows, next, search } = loaderData
  const kept = way === 'outbound' ? Object.fromEntries(Object.entries(search).filter(([, value]) => value !== '')) : {}
  const isSearch = Object.keys(kept).length > 0
  const tab = (active: boolean): string =>
    classNames(
      '-mb-px flex min-h-9 items-center border-b-2',
      active ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink',
    )
  return (
    <AdminPage title={t('admin.log.title')} intro={t('admin.log.intro')} done={{ retried: t('admin.log.retried') }}>
      {actionData?.message ? <FormMessage>{actionData.message}</FormMessage> : null}
      <nav aria-label={t('admin.log.title')} className="mb-3 flex gap-4 border-line border-b">
        <Link to="/admin/log" aria-current={way === 'inbound' ? 'page' : undefined} className={tab(way === 'inbound')}>
          {t('admin.log.inbound')}
        </Link>
        <Link
          to="/admin/log?way=outbound"
          aria-current={way === 'outbound' ? 'page' : undefined}
          className={tab(way === 'outbound')}
        >
          {t('admin.log.outbound')}
        </Link>
      </nav>
      <nav aria-label={t('admin.log.state')} className="mb-4 flex flex-wrap gap-x-3 gap-y-1">
        {[null, ...states].map((one) => (
          <Link
            key={one ?? 'all'}
            to={`/admin/log?${new URLSearchParams({ way, ...kept, ...(one ? { state: one } : {}) })}`}
            aria-current={one === state ? 'true' : undefined}
            className={classNames(
              'min-h-6',
              one === state ? 'font-medium text-ink underline underline-offset-4' : 'text-ink-muted hover:text-ink',
            )}
          >
            {one ? t(`admin.log.states.${one}`) : t('admin.log.all')}
          </Link>
        ))}
      </nav>
      {way === 'outbound' ? (
        <form method="get" className="mb-4 flex flex-wrap items-end gap-3">
          <input type="hidden" name="way" value="outbound" />
          {state ? <input type="hidden" name="state" value={state} /> : null}
          <TextField
            className="min-w-0 flex-1 basis-56"
            type="search"
            name="q"
            label={t('admin.log.search')}
            placeholder={t('admin.log.searchHint')}
            defaultValue={search.q}
          />
          <TextField type="date" name="from" label={t('admin.log.dateFrom')} defaultValue={search.from} />
          <TextField type="date" name="to" label={t('admin.log.dateTo')} defaultValue={search.to} />
          <Button type="submit">{t('admin.log.find')}</Button>
        </form>
      ) : null}
      {rows.length === 0 ? (
        <EmptyState title={isSearch ? t('admin.log.nothing') : t('admin.log.empty')} />
      ) : (
        <Table
          caption={t('admin.log.title')}
          head={
            <>
              <Head>{t('admin.log.at')}</Head>
              <Head>{way === 'inbound' ? t('admin.log.from') : t('admin.log.to')}</Head>
              <Head>{t('admin.log.subject')}</Head>
              <Head>{t('admin.log.state')}</Head>
              <Head>{way === 'inbound' ? t('admin.log.reason') : t('admin.log.kind')}</Head>
              <Head>{t('admin.log.ticket')}</Head>
            </>
          }
        >
          {rows.map((row) => (
            <Row key={row.id}>
              <Cell className="whitespace-nowrap text-ink-muted">
                <Moment at={row.at} />
              </Cell>
              <Cell className="wrap-anywhere min-w-40">{row.who}</Cell>
              <Cell className="wrap-anywhere min-w-40 max-w-md">
                {way === 'inbound' ? (
                  <a className="link" href={`/admin/inbound/${row.id}/original`} title={t('admin.log.original')}>
                    {row.subject || t('admin.suspended.noSubject')}
                  </a>
                ) : (
                  <Link className="link" to={`/admin/log/${row.id}`}>
                    {row.subject || t('admin.suspended.noSubject')}
                  </Link>
                )}
              </Cell>
              <Cell>
                <Badge tone={tones[row.state] ?? 'neutral'}>{t(`admin.log.states.${row.state}`)}</Badge>
              </Cell>
              <Cell className="max-w-md text-ink-muted">
                {row.text}
                {row.detail ? <span className="wrap-anywhere block text-small">{row.detail}</span> : null}
                {row.canRetry ? (
                  <Form className="mt-1">
                    <input type="hidden" name="id" value={row.id} />
                    <Button type="submit" size="small">
                      {t('admin.log.retry')}
                    </Button>
                  </Form>
                ) : null}
              </Cell>
              <Cell>
                {row.ticket ? (
                  <Link className="link tabular" to={`/agent/tickets/${row.ticket}`}>
                    #{row.ticket}
                  </Link>
                ) : null}
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {next ? (
        <ButtonLink
          className="mt-4"
          to={`/admin/log?${new URLSearchParams({ way, ...kept, after: next, ...(state ? { state } : {}) })}`}
        >
          {t('admin.log.more')}
        </ButtonLink>
      ) : null}
    </AdminPage>
  )
}
