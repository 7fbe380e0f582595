import { redirect } from 'react-router'
import { z } from 'zod'
import { sealOsticketSalt } from '#channels/mail-keys.ts'
import { useT } from '#i18n/react.tsx'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { pageOf } from '../../context.ts'
import { ticked } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/incoming.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const settings = await readSettings(requireAdmin(args))
  return {
    title: pageOf(args.context).t('admin.incoming.title'),
    copies: settings['mail.copies'],
    formSenders: settings['mail.formSenders'],
    ownAddresses: settings['mail.ownAddresses'],
    agentForward: settings['mail.agentForward'],
    forwarderBecomes: settings['mail.forwarderBecomes'],
    catchAllDomain: settings['mail.catchAllDomain'],
    hasSalt: settings['mail.osticketSaltSealed'] !== '',
  }
}

const addresses = z
  .string()
  .max(20_000)
  .default('')
  .transform((text) => [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter(Boolean),
    ),
  ])
  .refine((list) => list.every((one) => /^[^@\s]+@[^@\s]+$/.test(one)), { params: { key: 'email' } })

const Input = z.object({
  copies: z.enum(['automatic', 'approval', 'never']),
  agentForward: z.enum(['original_sender', 'agent']),
  forwarderBecomes: z.enum(['assignee', 'collaborator', 'nothing']),
  formSenders: addresses,
  ownAddresses: addresses,
  catchAllDomain: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .default('')
    .transform((text) => text.replace(/^[*@.]+/, '')),
  // Named so that a form that is shown again does not show it.
  secretSalt: z.string().trim().max(500).default(''),
  forgetSalt: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    await changeSettings(ctx, {
      'mail.copies': input.copies,
      'mail.agentForward': input.agentForward,
      'mail.forwarderBecomes': input.forwarderBecomes,
      'mail.formSenders': input.formSenders,
      'mail.ownAddresses': input.ownAddresses,
      'mail.catchAllDomain': input.catchAllDomain || null,
      ...(input.forgetSalt
        ? { 'mail.osticketSaltSealed': '' }
        : input.secretSalt
          ? { 'mail.osticketSaltSealed': sealOsticketSalt(ctx, input.secretSalt) }
          : {}),
    })
    return redirect('/admin/incoming?done=saved')
  })

export default function Incoming({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.incoming.title')} intro={t('admin.incoming.intro')} width="normal">
      <Form answer={actionData}>
        <Section title={t('admin.incoming.people')}>
          <Stack>
            <SelectField
              name="copies"
              label={t('admin.incoming.copies')}
              hint={t('admin.incoming.copiesHint')}
              defaultValue={loaderData.copies}
              options={(['automatic', 'approval', 'never'] as const).map((value) => ({
                value,
                label: t(`admin.incoming.copiesAre.${value}`),
              }))}
            />
            <TextAreaField
              name="ownAddresses"
              label={t('admin.incoming.ownAddresses')}
              hint={t('admin.incoming.ownAddressesHint')}
              defaultValue={loaderData.ownAddresses.join('\n')}
              rows={3}
            />
            <TextAreaField
              name="formSenders"
              label={t('admin.incoming.formSenders')}
              hint={t('admin.incoming.formSendersHint')}
              defaultValue={loaderData.formSenders.join('\n')}
              rows={3}
            />
          </Stack>
        </Section>
        <Section title={t('admin.incoming.agents')}>
          <Stack>
            <SelectField
              name="agentForward"
              label={t('admin.incoming.agentForward')}
              hint={t('admin.incoming.agentForwardHint')}
              defaultValue={loaderData.agentForward}
              options={(['original_sender', 'agent'] as const).map((value) => ({
                value,
                label: t(`admin.incoming.forwardIs.${value}`),
              }))}
            />
            <SelectField
              name="forwarderBecomes"
              label={t('admin.incoming.forwarderBecomes')}
              defaultValue={loaderData.forwarderBecomes}
              options={(['assignee', 'collaborator', 'nothing'] as const).map((value) => ({
                value,
                label: t(`admin.incoming.becomes.${value}`),
              }))}
            />
          </Stack>
        </Section>
        <Section title={t('admin.incoming.threading')} intro={t('admin.incoming.threadingIntro')}>
          <Stack>
            <TextField
              name="catchAllDomain"
              label={t('admin.incoming.catchAll')}
              hint={t('admin.incoming.catchAllHint')}
              defaultValue={loaderData.catchAllDomain ?? ''}
              placeholder="reply.example.org"
            />
            <TextField
              name="secretSalt"
              label={t('admin.incoming.salt')}
              hint={loaderData.hasSalt ? t('admin.incoming.saltKept') : t('admin.incoming.saltHint')}
              autoComplete="off"
            />
            {loaderData.hasSalt ? <CheckboxField name="forgetSalt" label={t('admin.incoming.forgetSalt')} /> : null}
          </Stack>
        </Section>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('common.save')}
          </Button>
        </FormActions>
      </Form>
    </AdminPage>
  )
}
