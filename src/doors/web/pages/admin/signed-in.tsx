import { redirect } from 'react-router'
import { completeSignIn } from '#channels/mailbox-sign-in.ts'
import { showMailbox } from '#channels/show-mailboxes.ts'
import { isAppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { errorText } from '#i18n/translate.ts'
import { pageOf } from '../../context.ts'
import { refusalText } from '../../oauth-form.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Route } from './+types/signed-in.ts'
import { AdminPage } from './admin-page.tsx'
import { requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

/** Where a provider sends the browser back to. What it brings is worth something once, for who began, and within minutes. */
export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  let mailbox: number
  try {
    mailbox = await completeSignIn(ctx, new URL(args.request.url).search.slice(1))
  } catch (error) {
    if (!isAppError(error)) throw error
    return {
      title: t('admin.oauth.failed'),
      problem: error.key === 'providerRefused' ? refusalText(t, error.detail) : errorText(t, error),
    }
  }
  const provider = (await showMailbox(ctx, mailbox)).grant?.settings.provider ?? 'other'
  throw redirect(`/admin/mailboxes/oauth/${provider}?edit=${mailbox}&done=signedIn`)
}

export default function SignedIn({ loaderData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={loaderData.title} width="normal">
      <Notice
        tone="danger"
        title={loaderData.problem}
        action={
          <ButtonLink to="/admin/mailboxes" size="small">
            {t('admin.oauth.back')}
          </ButtonLink>
        }
      />
    </AdminPage>
  )
}
