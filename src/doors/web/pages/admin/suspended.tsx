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
import { dateFormat } from '../../ui/formats.ts'
import { Moment } from '../../ui/moment.tsx'
import { useRequest } from '../../ui/request.tsx'
import type { Route } from './+types/suspended.ts'
import { AdminPage } from './admin-page.tsx'
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
        <ul className="divide-y divide-line overflow-hidden rounded-base border border-line bg-surface">
          {rows.map((row) => (
            <Mail key={row.id} row={row} />
          ))}
        </ul>
      )}
      {next ? (
        <ButtonLink className="mt-4" to={`?after=${next}`}>
          {t('admin.log.more')}
        </ButtonLink>
      ) : null}
    </AdminPage>
  )
}

type MailView = Awaited<ReturnType<typeof loader>>['rows'][number]

/** What it is and who says to have sent it, why it waits, and what to do with it; one column on narrow screens. */
function Mail({ row }: { row: MailView }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  return (
    <li className="flex flex-col gap-x-6 gap-y-2 px-4 py-3 lg:flex-row lg:items-start">
      <div className="min-w-0 lg:w-72 lg:shrink-0">
        <a className="link wrap-anywhere font-medium" href={`/admin/inbound/${row.id}/original`} title={t('admin.log.original')}>
          {row.subject}
        </a>
        <p className="wrap-anywhere">{row.from}</p>
        <p className="text-ink-muted text-small">
          <Moment at={row.receivedAt} /> ·{' '}
          {t('admin.suspended.kept', {
            at: dateFormat(locale, { dateStyle: 'medium' }, timeZone).format(new Date(row.keptUntil)),
          })}
        </p>
      </div>
      <div className="min-w-0 flex-1">
        <p>{row.reason}</p>
        {row.verdict ? <p className="mt-0.5 text-ink-muted text-small">{row.verdict}</p> : null}
      </div>
      <Form className="-ms-2.5 flex flex-wrap gap-2 max-lg:ms-0 lg:max-w-80 lg:justify-end" aria-label={row.subject}>
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
    </li>
  )
}
