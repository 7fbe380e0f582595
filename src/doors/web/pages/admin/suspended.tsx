import { redirect } from 'react-router'
import { z } from 'zod'
import { KEPT_SECONDS } from '#channels/expire-suspended.ts'
import { landingWords } from '#channels/landing-words.ts'
import { dropInbound, inboundLog } from '#channels/mail-log.ts'
import { useT } from '#i18n/react.tsx'
import { takeSuspended } from '#intake/take-suspended.ts'
import { pageOf } from '../../context.ts'
import { idField, orRefuse } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Form, FormMessage } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/suspended.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { verdictText } from './mail-words.ts'
import { adminForm, requireAdmin } from './require-admin.ts'

/** Causes that trust in the sender takes away; no trust helps a mail that its domain disowns. */
const trustable = new Set(['spam', 'remembered_spam'])

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const page = await orRefuse(inboundLog(ctx, { state: 'parked', cursor: new URL(args.request.url).searchParams.get('after') }))
  return {
    title: t('admin.suspended.title'),
    rows: page.rows.map((row) => ({
      id: row.id,
      from: row.summary?.from || t('admin.suspended.unknownSender'),
      subject: row.summary?.subject || t('admin.suspended.noSubject'),
      reason: landingWords(t, row.reason),
      verdict: verdictText(t, row.verdictReason),
      address: row.summary?.from ?? '',
      trusts: trustable.has(row.reason?.key ?? ''),
      keptUntil: new Date(row.receivedAt.getTime() + KEPT_SECONDS * 1000).toISOString(),
      receivedAt: row.receivedAt.toISOString(),
      mailbox: row.mailbox ?? row.channel,
    })),
    next: page.next,
  }
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, z.object({ act: z.enum(['take', 'trust', 'drop']), id: idField }), async (ctx, input) => {
    if (input.act === 'drop') await dropInbound(ctx, input.id)
    else await takeSuspended(ctx, input.id, { trust: input.act === 'trust' })
    return redirect(`/admin/suspended?done=${input.act === 'take' ? 'taken' : input.act === 'trust' ? 'trusted' : 'dropped'}`)
  })

export default function Suspended({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { rows, next } = loaderData
  return (
    <AdminPage
      title={t('admin.suspended.title')}
      intro={t('admin.suspended.intro')}
      done={{ taken: t('admin.suspended.taken'), trusted: t('admin.suspended.trusted'), dropped: t('admin.suspended.dropped') }}
    >
      {actionData?.message ? <FormMessage>{actionData.message}</FormMessage> : null}
      {rows.length === 0 ? (
        <EmptyState title={t('admin.suspended.empty')} />
      ) : (
        <Table
          caption={t('admin.suspended.title')}
          head={
            <>
              <Head>{t('admin.suspended.from')}</Head>
              <Head>{t('admin.suspended.subject')}</Head>
              <Head>{t('admin.suspended.reason')}</Head>
              <Head>{t('admin.suspended.received')}</Head>
              <ActionsHead />
            </>
          }
        >
          {rows.map((row) => (
            <Row key={row.id}>
              <Cell className="wrap-anywhere font-medium">{row.from}</Cell>
              <Cell className="wrap-anywhere">
                <a className="link" href={`/admin/inbound/${row.id}/original`} title={t('admin.log.original')}>
                  {row.subject}
                </a>
              </Cell>
              <Cell className="max-w-md">
                {row.reason}
                {row.verdict ? <span className="mt-0.5 block text-ink-muted text-small">{row.verdict}</span> : null}
              </Cell>
              <Cell className="whitespace-nowrap text-ink-muted">
                <Moment at={row.receivedAt} />
                <span className="block text-small">{t('admin.suspended.kept', { at: row.keptUntil.slice(0, 10) })}</span>
              </Cell>
              <Cell>
                <Form className="flex flex-wrap justify-end gap-2">
                  <input type="hidden" name="id" value={row.id} />
                  <Button type="submit" size="small" name="act" value="take">
                    {t('admin.suspended.take')}
                  </Button>
                  {row.trusts ? (
                    <Button type="submit" size="small" name="act" value="trust">
                      {t('admin.suspended.takeAndTrust')}
                    </Button>
                  ) : null}
                  {row.address ? (
                    <ButtonLink size="small" variant="quiet" to={`/admin/bans?address=${encodeURIComponent(row.address)}`}>
                      {t('admin.suspended.banSender')}
                    </ButtonLink>
                  ) : null}
                  <Button type="submit" size="small" variant="quiet" name="act" value="drop">
                    {t('admin.suspended.drop')}
                  </Button>
                </Form>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {next ? (
        <ButtonLink className="mt-4" to={`?after=${next}`}>
          {t('admin.log.more')}
        </ButtonLink>
      ) : null}
    </AdminPage>
  )
}
