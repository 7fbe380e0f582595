import { Form as GetForm } from 'react-router'
import { readAudit } from '#access/audit.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/audit.ts'
import { AdminPage } from './admin-page.tsx'
import { requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const query = new URL(args.request.url).searchParams
  const verb = (query.get('verb') ?? '').trim().slice(0, 60)
  const page = await orRefuse(readAudit(ctx, { verb, cursor: query.get('after') }))
  return {
    title: t('admin.audit.title'),
    verb,
    rows: page.rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      who: row.actor.name ?? `${t.at(`admin.audit.kinds.${row.actor.kind}`)}${row.actor.id === null ? '' : ` ${row.actor.id}`}`,
      verb: row.verb,
      subject: row.subject.id === 0 ? row.subject.kind : `${row.subject.kind} ${row.subject.id}`,
      data: JSON.stringify(row.data) === '{}' ? '' : JSON.stringify(row.data),
      address: row.address ?? '',
    })),
    next: page.next,
  }
}

export default function Audit({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { rows, verb, next } = loaderData
  return (
    <AdminPage title={t('admin.audit.title')} intro={t('admin.audit.intro')}>
      <GetForm method="get" className="mb-4 flex flex-wrap items-start gap-3">
        <TextField
          className="w-64"
          name="verb"
          label={t('admin.audit.filter')}
          hint={t('admin.audit.filterHint')}
          defaultValue={verb}
          autoComplete="off"
        />
        <Button type="submit" className="mt-6">
          {t('admin.audit.show')}
        </Button>
      </GetForm>
      {rows.length === 0 ? (
        <EmptyState title={t('admin.audit.empty')} />
      ) : (
        <Table
          caption={t('admin.audit.title')}
          head={
            <>
              <Head>{t('admin.audit.at')}</Head>
              <Head>{t('admin.audit.who')}</Head>
              <Head>{t('admin.audit.what')}</Head>
              <Head>{t('admin.audit.on')}</Head>
              <Head>{t('admin.audit.changes')}</Head>
              <Head>{t('admin.audit.address')}</Head>
            </>
          }
        >
          {rows.map((row) => (
            <Row key={row.id}>
              <Cell className="whitespace-nowrap text-ink-muted">
                <Moment at={row.at} style="exact" />
              </Cell>
              <Cell className="whitespace-nowrap">{row.who}</Cell>
              <Cell className="whitespace-nowrap font-mono text-small">{row.verb}</Cell>
              <Cell className="whitespace-nowrap">{row.subject}</Cell>
              <Cell className="wrap-anywhere min-w-64 max-w-lg font-mono text-ink-muted text-small">
                {row.data.length > 120 ? (
                  <details>
                    <summary>{row.data.slice(0, 100)}…</summary>
                    {row.data}
                  </details>
                ) : (
                  row.data
                )}
              </Cell>
              <Cell className="whitespace-nowrap text-ink-muted">{row.address}</Cell>
            </Row>
          ))}
        </Table>
      )}
      {next ? (
        <ButtonLink className="mt-4" to={`/admin/audit?${new URLSearchParams({ ...(verb ? { verb } : {}), after: next })}`}>
          {t('admin.audit.more')}
        </ButtonLink>
      ) : null}
    </AdminPage>
  )
}
