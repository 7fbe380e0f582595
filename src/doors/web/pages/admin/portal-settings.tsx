import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { pageOf } from '../../context.ts'
import { ticked } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/portal-settings.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const settings = await readSettings(requireAdmin(args))
  return {
    title: pageOf(args.context).t('admin.portal.title'),
    guests: settings['portal.guestsMayAsk'],
    registration: settings['portal.registration'],
  }
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, z.object({ guests: ticked, registration: ticked }), async (ctx, input) => {
    await changeSettings(ctx, { 'portal.guestsMayAsk': input.guests, 'portal.registration': input.registration })
    return redirect('/admin/portal?done=saved')
  })

export default function PortalSettings({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.portal.title')} intro={t('admin.portal.intro')} width="normal">
      <Form answer={actionData}>
        <Stack>
          <CheckboxField
            name="guests"
            label={t('admin.portal.guests')}
            hint={t('admin.portal.guestsHint')}
            defaultChecked={loaderData.guests}
          />
          <CheckboxField
            name="registration"
            label={t('admin.portal.registration')}
            hint={t('admin.portal.registrationHint')}
            defaultChecked={loaderData.registration}
          />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('common.save')}
          </Button>
        </FormActions>
      </Form>
    </AdminPage>
  )
}
