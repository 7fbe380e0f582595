import { redirect } from 'react-router'
import { z } from 'zod'
import { fromNames } from '#channels/mailboxes.ts'
import { changeSending, showSending } from '#channels/sending-settings.ts'
import { notFound } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Form, FormMessage } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import type { Route } from './+types/sending.ts'
import { AdminPage, SaveOrCancel } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const idOf = (text: string | undefined): number => {
  if (!/^\d{1,15}$/.test(text ?? '')) throw notFound()
  return Number(text)
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const found = await orRefuse((async () => showSending(ctx, idOf(args.params.mailbox)))())
  return { title: t('admin.sending.title', { address: found.address }), found }
}

const emptyIsNull = z.preprocess((text) => (text === '' ? null : text), z.coerce.number().int().min(1).max(100_000).nullable())

export const action = (args: Route.ActionArgs) =>
  adminForm(
    args,
    z.object({
      fromName: z.enum(fromNames),
      replyTo: z.string().default(''),
      perMinute: emptyIsNull,
      connections: z.coerce.number().int().min(1).max(20),
    }),
    async (ctx, input) => {
      const id = idOf(args.params.mailbox)
      await changeSending(ctx, id, input)
      return redirect(`/admin/mailboxes/${id}/sending?done=saved`)
    },
  )

export default function Sending({ loaderData: { title, found }, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={title} intro={t('admin.sending.intro')} width="normal">
      {actionData?.message ? <FormMessage>{actionData.message}</FormMessage> : null}
      <Form answer={actionData}>
        <Stack>
          <SelectField
            name="fromName"
            label={t('admin.sending.fromName')}
            defaultValue={found.fromName}
            options={fromNames.map((value) => ({ value, label: t(`admin.sending.fromNames.${value}`) }))}
          />
          <TextField
            name="replyTo"
            type="email"
            label={t('admin.sending.replyTo')}
            hint={t('admin.sending.replyToHint')}
            defaultValue={found.replyTo}
            optional
          />
          <TextField
            name="perMinute"
            label={t('admin.sending.perMinute')}
            hint={t('admin.sending.perMinuteHint')}
            inputMode="numeric"
            defaultValue={found.perMinute ?? ''}
            optional
          />
          <TextField
            name="connections"
            label={t('admin.sending.connections')}
            inputMode="numeric"
            defaultValue={found.connections}
          />
        </Stack>
        <SaveOrCancel backTo="/admin/mailboxes" />
      </Form>
    </AdminPage>
  )
}
