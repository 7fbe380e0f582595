import { accessDemo } from '#demo/look-as.ts'
import { WriteAsCustomerInput, writeAsCustomer } from '#demo/write-as-customer.ts'
import { useT } from '#i18n/react.tsx'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, orRefuse } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form, FormGuard } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/mail.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ context }: Route.LoaderArgs) {
  const { world } = await orRefuse((async () => accessDemo(ctxOf(context)))())
  return { title: pageOf(context).t('demo.mail.title'), writers: world.writers, mailboxes: world.mailboxes }
}

export async function action(args: Route.ActionArgs) {
  await orRefuse((async () => accessDemo(ctxOf(args.context)))())
  return answerForm(args, WriteAsCustomerInput, async (ctx, input) => {
    await writeAsCustomer(ctx, input)
    return { sent: true }
  })
}

export default function WriteMail({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const sent = actionData && 'sent' in actionData
  return (
    <Page title={t('demo.mail.title')} intro={t('demo.mail.intro')}>
      {sent ? (
        <Notice
          tone="success"
          className="mb-5"
          action={
            <form method="post" action="/demo/look-as">
              <FormGuard />
              <Button type="submit" name="role" value="agent" size="small">
                {t('demo.mail.seeQueue')}
              </Button>
            </form>
          }
        >
          {t('demo.mail.sent')}
        </Notice>
      ) : null}
      <Form answer={sent ? null : actionData}>
        <Stack>
          <SelectField
            name="from"
            label={t('demo.mail.from')}
            options={loaderData.writers.map((one) => ({ value: one.address, label: `${one.name} <${one.address}>` }))}
          />
          <SelectField
            name="to"
            label={t('demo.mail.to')}
            options={loaderData.mailboxes.map((one) => ({ value: one, label: one }))}
          />
          <TextField name="subject" label={t('demo.mail.subject')} hint={t('demo.mail.subjectHint')} maxLength={255} required />
          <TextAreaField name="message" label={t('demo.mail.message')} rows={8} required />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('demo.mail.send')}
          </Button>
          <ButtonLink to="/demo/outbox" variant="quiet">
            {t('demo.outbox')}
          </ButtonLink>
        </FormActions>
      </Form>
    </Page>
  )
}
