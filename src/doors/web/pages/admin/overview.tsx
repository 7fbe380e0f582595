import { mailTrouble } from '#channels/mail-log.ts'
import { showMailboxes } from '#channels/show-mailboxes.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { exactTime } from '../../ui/moment.tsx'
import { Notice, type NoticeTone } from '../../ui/notice.tsx'
import type { Route } from './+types/overview.ts'
import { AdminPage } from './admin-page.tsx'
import { requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

interface Worry {
  tone: NoticeTone
  text: string
  to: string
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t, timeZone } = pageOf(args.context)
  const mailboxes = await showMailboxes(ctx)
  const trouble = await mailTrouble(ctx)
  const worries: Worry[] = []
  if (mailboxes.length === 0)
    worries.push({ tone: 'warning', text: t('admin.overview.noMailbox'), to: '/admin/mailboxes?edit=new' })
  for (const mailbox of mailboxes) {
    if (!mailbox.trouble || !mailbox.isActive) continue
    const problem = t.at(`mail.trouble.${mailbox.trouble.key}`, mailbox.trouble.params)
    const since = mailbox.troubleSince ? exactTime(mailbox.troubleSince.toISOString(), ctx.locale, timeZone) : ''
    worries.push({
      tone: 'danger',
      text: t('admin.overview.failing', { address: mailbox.address, since, problem }),
      to: `/admin/mailboxes?edit=${mailbox.id}`,
    })
  }
  if (trouble.held > 0)
    worries.push({
      tone: 'warning',
      text: t('admin.overview.held', { count: trouble.held }),
      to: '/admin/log?way=outbound&state=held',
    })
  if (trouble.parked > 0)
    worries.push({ tone: 'info', text: t('admin.overview.suspended', { count: trouble.parked }), to: '/admin/suspended' })
  if (trouble.failed > 0)
    worries.push({
      tone: 'info',
      text: t('admin.overview.failed', { count: trouble.failed }),
      to: '/admin/log?way=outbound&state=failed',
    })
  return { title: t('admin.overview.title'), worries }
}

export default function Overview({ loaderData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.overview.title')} intro={t('admin.overview.intro')} width="normal">
      {loaderData.worries.length === 0 ? (
        <EmptyState title={t('admin.overview.fine')} />
      ) : (
        <ul className="flex flex-col gap-3">
          {loaderData.worries.map((worry) => (
            <li key={worry.text}>
              <Notice
                tone={worry.tone}
                action={
                  <ButtonLink to={worry.to} size="small">
                    {t('admin.overview.fix')}
                  </ButtonLink>
                }
              >
                {worry.text}
              </Notice>
            </li>
          ))}
        </ul>
      )}
    </AdminPage>
  )
}
