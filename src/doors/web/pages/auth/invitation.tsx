import { redirect, useRouteLoaderData } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { acceptInvitation, readInvitation } from '#sign-in/invitations.ts'
import { PASSWORD_MIN } from '#sign-in/password.ts'
import { NewPasswordInput } from '#sign-in/passwords.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import type { RootData } from '../../root.tsx'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/invitation.ts'
import { NewPasswordForm } from './new-password.tsx'
import { SpentLink } from './spent-link.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const page = pageOf(context)
  const token = new URL(request.url).searchParams.get('token') ?? ''
  const card = await readInvitation(ctxOf(context), token)
  return {
    title: page.t('portal.invitation.title', { desk: page.deskName }),
    token,
    account: card?.email ?? null,
    min: PASSWORD_MIN,
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, NewPasswordInput.extend({ token: z.string() }), async (ctx, { token, ...input }) => {
    const session = await acceptInvitation(ctx, token, input, broughtToken(ctx, args.request))
    return redirect('/agent', { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })

export default function Invitation({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const root = useRouteLoaderData('root') as RootData | undefined
  if (loaderData.account === null) return <SpentLink again="/sign-in/forgot" />
  return (
    <Page
      width="narrow"
      title={t('portal.invitation.title', { desk: root?.deskName ?? '' })}
      intro={t('portal.invitation.intro', { address: loaderData.account })}
    >
      <NewPasswordForm
        answer={actionData}
        token={loaderData.token}
        account={loaderData.account}
        min={loaderData.min}
        label={t('portal.invitation.submit')}
      />
    </Page>
  )
}
