import { redirect } from 'react-router'
import { z } from 'zod'
import { AppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { readSettings, settingsSchema } from '#settings/settings.ts'
import { isLoopback, testPublicAddress } from '#setup/self-test.ts'
import { setUpDesk } from '#setup/set-up.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/desk.ts'
import { openStep, setupToken } from './setup-link.ts'
import { StepPage } from './step-page.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  await openStep(ctx, request)
  const settings = await readSettings(ctx)
  const address = ctx.site.baseUrlFixed ? ctx.site.baseUrl : (settings['desk.publicAddress'] ?? new URL(request.url).origin)
  return {
    title: pageOf(context).t('setup.desk.title'),
    // The default is no name: the desk's own is asked for.
    name: settings['desk.name'] === settingsSchema.shape['desk.name'].parse(undefined) ? '' : settings['desk.name'],
    address,
    isFixed: ctx.site.baseUrlFixed,
    isLoopback: isLoopback(address),
  }
}

const problems = { unreachable: 'addressUnreachable', other_site: 'addressOtherSite', not_an_address: 'addressNotWeb' } as const

export const action = (args: Route.ActionArgs) =>
  answerForm(
    args,
    z.object({
      name: z.string().trim().min(1).max(80),
      address: z.string().trim().max(500).default(''),
      force: z.string().optional(),
    }),
    async (ctx, input) => {
      const token = setupToken(ctx, args.request)
      const address = (ctx.site.baseUrlFixed ? ctx.site.baseUrl : input.address).replace(/\/+$/, '')
      await setUpDesk(ctx, token, { 'desk.name': input.name })
      const test = await testPublicAddress(ctx, address)
      // A mistyped address cannot be forced: links could not even be written with it.
      if (test === 'not_an_address' || (test !== 'reached' && !input.force)) {
        throw new AppError('invalid', 'invalid', { problems: [{ pointer: '/address', key: problems[test] }] })
      }
      if (!ctx.site.baseUrlFixed) await setUpDesk(ctx, token, { 'desk.publicAddress': address })
      return redirect('/setup/hours')
    },
  )

export default function Desk({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const failed = actionData?.errors?.address !== undefined
  return (
    <StepPage title={t('setup.desk.title')} intro={t('setup.desk.intro')}>
      <Form answer={actionData}>
        <Stack>
          <TextField
            name="name"
            label={t('setup.desk.name')}
            hint={t('setup.desk.nameHint')}
            defaultValue={loaderData.name}
            maxLength={80}
            autoComplete="organization"
            required
          />
          <TextField
            name="address"
            type="url"
            label={t('setup.desk.address')}
            hint={loaderData.isFixed ? t('setup.desk.addressFixed') : t('setup.desk.addressHint')}
            defaultValue={loaderData.address}
            readOnly={loaderData.isFixed}
            autoComplete="off"
            required
          />
          {loaderData.isLoopback ? <Notice tone="warning">{t('setup.desk.loopback')}</Notice> : null}
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('setup.next')}
          </Button>
          {failed ? (
            <Button type="submit" size="large" name="force" value="yes">
              {t('setup.desk.force')}
            </Button>
          ) : null}
        </FormActions>
      </Form>
    </StepPage>
  )
}
