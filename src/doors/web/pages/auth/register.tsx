import { useT } from '#i18n/react.tsx'
import { RegisterInput, register } from '#sign-in/mailed-links.ts'
import { pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/register.ts'
import { LookIntoMail } from './look-into-mail.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export const loader = ({ context }: Route.LoaderArgs) => ({ title: pageOf(context).t('portal.register.title') })

export const action = (args: Route.ActionArgs) =>
  answerForm(args, RegisterInput, async (ctx, input) => {
    await register(ctx, input)
    return { sent: true }
  })

export default function Register({ actionData }: Route.ComponentProps) {
  const t = useT()
  if (actionData && 'sent' in actionData) return <LookIntoMail text={t('portal.register.sent')} />
  return (
    <Page width="narrow" title={t('portal.register.title')} intro={t('portal.register.intro')}>
      <Form answer={actionData}>
        <Stack>
          <TextField name="name" label={t('portal.account.name')} autoComplete="name" maxLength={120} required />
          <TextField name="email" type="email" label={t('portal.signIn.email')} autoComplete="username" required />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('portal.register.submit')}
          </Button>
        </FormActions>
      </Form>
    </Page>
  )
}
