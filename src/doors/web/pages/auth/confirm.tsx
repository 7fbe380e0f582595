import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { ConfirmInput, confirmRegistration, isLinkGood } from '#sign-in/mailed-links.ts'
import { PASSWORD_MIN } from '#sign-in/password.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Page } from '../../ui/page.tsx'
import type { Route } from './+types/confirm.ts'
import { SpentLink } from './spent-link.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const token = new URL(request.url).searchParams.get('token') ?? ''
  return {
    title: pageOf(context).t('portal.confirm.title'),
    token,
    isGood: await isLinkGood(ctxOf(context), 'confirm', token),
    min: PASSWORD_MIN,
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, ConfirmInput.extend({ token: z.string() }), async (ctx, { token, ...input }) => {
    const session = await confirmRegistration(ctx, token, input, broughtToken(ctx, args.request))
    return redirect('/tickets', { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })

export default function Confirm({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  if (!loaderData.isGood) return <SpentLink again="/sign-in/register" />
  return (
    <Page width="narrow" title={t('portal.confirm.title')} intro={t('portal.confirm.text')}>
      <Form answer={actionData}>
        <input type="hidden" name="token" value={loaderData.token} />
        <TextField
          name="password"
          type="password"
          label={t('portal.confirm.password')}
          optional={t('common.optional')}
          hint={t('portal.reset.passwordHint', { min: loaderData.min })}
          autoComplete="new-password"
        />
        <FormActions>
          <Button type="submit" variant="primary">
            {t('portal.confirm.submit')}
          </Button>
        </FormActions>
      </Form>
    </Page>
  )
}
