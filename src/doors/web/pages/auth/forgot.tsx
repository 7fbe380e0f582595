import { useT } from '#i18n/react.tsx'
import { AskLinkInput, askForReset } from '#sign-in/mailed-links.ts'
import { pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Page } from '../../ui/page.tsx'
import type { Route } from './+types/forgot.ts'
import { LookIntoMail } from './look-into-mail.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export const loader = ({ context }: Route.LoaderArgs) => ({ title: pageOf(context).t('portal.forgot.title') })

export const action = (args: Route.ActionArgs) =>
  answerForm(args, AskLinkInput, async (ctx, input) => {
    await askForReset(ctx, input)
    return { sent: true }
  })

export default function Forgot({ actionData }: Route.ComponentProps) {
  const t = useT()
  if (actionData && 'sent' in actionData) return <LookIntoMail text={t('portal.forgot.sent')} />
  return (
    <Page width="narrow" title={t('portal.forgot.title')} intro={t('portal.forgot.intro')}>
      <Form answer={actionData}>
        <TextField name="email" type="email" label={t('portal.signIn.email')} autoComplete="username" required />
        <FormActions>
          <Button type="submit" variant="primary">
            {t('portal.forgot.submit')}
          </Button>
        </FormActions>
      </Form>
    </Page>
  )
}
