import { redirect } from 'react-router'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import { useT } from '#i18n/react.tsx'
import { defaultDepartment } from '#people/directory.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { MailboxForm, mailboxInput, mailboxVerb, testProblems } from '../../mailbox-form.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions } from '../../ui/page.tsx'
import { MailboxFields } from '../admin/mailbox-fields.tsx'
import type { Route } from './+types/mailbox.ts'
import { openStep } from './setup-link.ts'
import { StepPage } from './step-page.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const state = await openStep(ctx, request)
  if (!state.hasAdministrator || !ctx.actor.administrator) throw redirect('/setup/administrator')
  return { title: pageOf(context).t('setup.mailbox.title'), deskName: pageOf(context).deskName }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, MailboxForm, async (ctx, form) => {
    await openStep(ctx, args.request)
    const input = mailboxInput(form, (await defaultDepartment(ctx)).id)
    if (!form.force) {
      const failed = testProblems(pageOf(args.context).t, await mailboxVerb(() => testMailbox(ctx, input)))
      if (failed) throw failed
    }
    await mailboxVerb(() => addMailbox(ctx, input))
    return redirect('/setup/colleagues')
  })

export default function Mailbox({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <StepPage title={t('setup.mailbox.title')} intro={t('setup.mailbox.intro')}>
      <Form answer={actionData}>
        <MailboxFields name={loaderData.deskName} isNew />
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('setup.mailbox.submit')}
          </Button>
          {actionData?.errors?.imapHost || actionData?.errors?.smtpHost ? (
            <Button type="submit" size="large" name="force" value="yes">
              {t('setup.mailbox.force')}
            </Button>
          ) : null}
          <ButtonLink to="/setup/colleagues" variant="quiet" size="large">
            {t('setup.later')}
          </ButtonLink>
        </FormActions>
      </Form>
    </StepPage>
  )
}
