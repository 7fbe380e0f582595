import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { banKinds } from '#people/ban-rules.ts'
import { BanInput, banAddress, listBans, unbanAddress } from '#people/bans.ts'
import { pageOf } from '../../context.ts'
import { idField } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/bans.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const { t } = pageOf(args.context)
  const rows = await listBans(requireAdmin(args))
  const asked = new URL(args.request.url).searchParams.get('address') ?? ''
  return {
    title: t('admin.bans.title'),
    asked: asked.slice(0, 254),
    kinds: banKinds.map((value) => ({ value, label: t(`admin.bans.kinds.${value}`) })),
    rows: rows.map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      lastHitAt: row.lastHitAt?.toISOString() ?? null,
    })),
  }
}

const Input = z.discriminatedUnion('act', [
  BanInput.extend({ act: z.literal('add') }),
  z.object({ act: z.literal('remove'), id: idField }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'add') await banAddress(ctx, { kind: input.kind, address: input.address, reason: input.reason })
    else await unbanAddress(ctx, input.id)
    return redirect('/admin/bans?done=saved')
  })

export default function Bans({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.bans.title')} intro={t('admin.bans.intro')}>
      <Form answer={actionData} className="mb-6">
        <input type="hidden" name="act" value="add" />
        <div className="flex flex-wrap items-start gap-3">
          <SelectField className="min-w-40" name="kind" label={t('admin.bans.what')} options={loaderData.kinds} />
          <TextField
            className="min-w-64 flex-1"
            name="address"
            label={t('admin.bans.address')}
            hint={t('admin.bans.addressHint')}
            defaultValue={loaderData.asked}
            autoComplete="off"
            spellCheck={false}
            required
          />
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
              <Head>{t('admin.bans.hits')}</Head>
              <Head>{t('admin.bans.since')}</Head>
              <Head>{t('admin.bans.by')}</Head>
              <ActionsHead />
            </>
          }
        >
          {loaderData.rows.map((row) => (
            <Row key={row.id}>
              <Cell className="wrap-anywhere">
                <span className={row.kind === 'pattern' ? 'font-mono' : 'font-medium'}>{row.value}</span>
                <span className="block text-ink-muted text-small">{t(`admin.bans.kinds.${row.kind}`)}</span>
              </Cell>
              <Cell className="wrap-anywhere">{row.reason}</Cell>
              <Cell>
                {row.hits}
                {row.lastHitAt ? (
                  <span className="block text-ink-muted text-small">
                    <Moment at={row.lastHitAt} />
                  </span>
                ) : null}
              </Cell>
              <Cell className="text-ink-muted">
                <Moment at={row.createdAt} />
              </Cell>
              <Cell className="text-ink-muted">{row.createdBy}</Cell>
              <Cell className="text-end">
                <Form>
                  <input type="hidden" name="act" value="remove" />
                  <input type="hidden" name="id" value={row.id} />
                  <Button type="submit" size="small" aria-label={`${t('admin.bans.remove')}: ${row.value}`}>
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
