import { redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { FirstAdministratorInput, makeFirstAdministrator } from '#setup/set-up.ts'
import { PASSWORD_MIN } from '#sign-in/password.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/administrator.ts'
import { openStep, setupToken } from './setup-link.ts'
import { StepPage } from './step-page.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const state = await openStep(ctxOf(context), request)
  if (state.hasAdministrator) throw redirect('/setup/mailbox')
  return { title: pageOf(context).t('setup.administrator.title'), min: PASSWORD_MIN }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, FirstAdministratorInput, async (ctx, input) => {
    const session = await makeFirstAdministrator(ctx, setupToken(ctx, args.request), input, broughtToken(ctx, args.request))
    return redirect('/setup/mailbox', { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })

export default function Administrator({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { min } = loaderData
  return (
    <StepPage title={t('setup.administrator.title')} intro={t('setup.administrator.intro')}>
      <Form answer={actionData}>
        <Stack>
          <TextField name="name" label={t('setup.administrator.name')} autoComplete="name" maxLength={120} required />
          <TextField name="email" type="email" label={t('setup.administrator.email')} autoComplete="username" required />
          <div>
            <TextField
              name="password"
              type="password"
              label={t('setup.administrator.password')}
              hint={t('setup.administrator.passwordHint', { min })}
              autoComplete="new-password"
              data-strength={JSON.stringify({
                min,
                label: t('setup.administrator.strength.label'),
                short: t('setup.administrator.strength.short'),
                fair: t('setup.administrator.strength.fair'),
                good: t('setup.administrator.strength.good'),
              })}
              required
            />
          </div>
          <TextField name="again" type="password" label={t('setup.administrator.again')} autoComplete="new-password" required />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('setup.administrator.submit')}
          </Button>
        </FormActions>
      </Form>
    </StepPage>
  )
}
