import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { PASSWORD_MIN } from '#sign-in/password.ts'
import { NewPasswordInput, readReset, resetPassword } from '#sign-in/passwords.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/reset.ts'
import { NewPasswordForm } from './new-password.tsx'
import { SpentLink } from './spent-link.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const token = new URL(request.url).searchParams.get('token') ?? ''
  const person = await readReset(ctxOf(context), token)
  return { title: pageOf(context).t('portal.reset.title'), token, account: person?.address ?? null, min: PASSWORD_MIN }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, NewPasswordInput.extend({ token: z.string() }), async (ctx, { token, ...input }) => {
    const session = await resetPassword(ctx, token, input, broughtToken(ctx, args.request))
    return redirect(session.as === 'agent' ? '/agent' : '/tickets', { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })

export default function Reset({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  if (loaderData.account === null) return <SpentLink again="/sign-in/forgot" />
  return (
    <Page width="narrow" title={t('portal.reset.title')} intro={t('portal.reset.intro')}>
      <NewPasswordForm
        answer={actionData}
        token={loaderData.token}
        account={loaderData.account}
        min={loaderData.min}
        label={t('portal.reset.submit')}
      />
    </Page>
  )
}
