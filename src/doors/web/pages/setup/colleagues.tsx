import { redirect } from 'react-router'
import { z } from 'zod'
import { activeMailboxes } from '#channels/mailboxes.ts'
import { useT } from '#i18n/react.tsx'
import { finishSetup, inviteColleagues } from '#setup/set-up.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { TextAreaField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/colleagues.ts'
import { openStep, setupCookie } from './setup-link.ts'
import { StepPage } from './step-page.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const state = await openStep(ctx, request)
  if (!state.hasAdministrator || !ctx.actor.administrator) throw redirect('/setup/administrator')
  return {
    title: pageOf(context).t('setup.colleagues.title'),
    sends: (await activeMailboxes(ctx)).some((mailbox) => mailbox.sends),
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, z.object({ colleagues: z.string().max(50_000).default('') }), async (ctx, { colleagues }) => {
    await openStep(ctx, args.request)
    await inviteColleagues(ctx, colleagues)
    const { number } = await finishSetup(ctx)
    return redirect(`/agent/tickets/${number}`, { headers: { 'Set-Cookie': setupCookie(ctx, null) } })
  })

export default function Colleagues({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <StepPage title={t('setup.colleagues.title')} intro={t('setup.colleagues.intro')}>
      <Form answer={actionData}>
        <Stack>
          <TextAreaField
            name="colleagues"
            label={t('setup.colleagues.label')}
            optional={t('common.optional')}
            hint={t('setup.colleagues.hint')}
            rows={6}
            placeholder={'sam@example.com\nnoor@example.com'}
          />
          {loaderData.sends ? null : <Notice>{t('setup.colleagues.noMail')}</Notice>}
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('setup.colleagues.submit')}
          </Button>
        </FormActions>
      </Form>
    </StepPage>
  )
}
