import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { banAddress, listBans, unbanAddress } from '#people/bans.ts'
import { pageOf } from '../../context.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/bans.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const rows = await listBans(requireAdmin(args))
  return {
    title: pageOf(args.context).t('admin.bans.title'),
    rows: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
  }
}

const Input = z.discriminatedUnion('act', [
  z.object({ act: z.literal('add'), address: z.string().trim().min(1).max(254), reason: z.string().trim().max(500).default('') }),
  z.object({ act: z.literal('remove'), address: z.string().min(1).max(254) }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'add') await banAddress(ctx, input.address, input.reason)
    else await unbanAddress(ctx, input.address)
    return redirect('/admin/bans?done=saved')
  })

export default function Bans({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.bans.title')} intro={t('admin.bans.intro')}>
      <Form answer={actionData} className="mb-6">
        <input type="hidden" name="act" value="add" />
        <div className="flex flex-wrap items-start gap-3">
          <TextField className="min-w-56 flex-1" name="address" label={t('admin.bans.address')} autoComplete="off" required />
          <TextField className="min-w-56 flex-1" name="reason" label={t('admin.bans.reason')} optional={t('common.optional')} />
          <Button type="submit" variant="primary" className="mt-6">
            {t('admin.bans.add')}
          </Button>
        </div>
      </Form>
      {loaderData.rows.length === 0 ? (
        <EmptyState title={t('admin.bans.empty')} />
      ) : (
        <Table
          caption={t('admin.bans.title')}
          head={
            <>
              <Head>{t('admin.bans.address')}</Head>
              <Head>{t('admin.bans.reason')}</Head>
              <Head>{t('admin.bans.since')}</Head>
              <ActionsHead />
            </>
          }
        >
          {loaderData.rows.map((row) => (
            <Row key={row.address}>
              <Cell className="wrap-anywhere font-medium">{row.address}</Cell>
              <Cell className="wrap-anywhere">{row.reason}</Cell>
              <Cell className="text-ink-muted">
                <Moment at={row.createdAt} />
              </Cell>
              <Cell className="text-end">
                <Form>
                  <input type="hidden" name="act" value="remove" />
                  <input type="hidden" name="address" value={row.address} />
                  <Button type="submit" size="small" aria-label={`${t('admin.bans.remove')}: ${row.address}`}>
                    {t('admin.bans.remove')}
                  </Button>
                </Form>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </AdminPage>
  )
}
