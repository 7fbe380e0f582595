import { redirect } from 'react-router'
import { z } from 'zod'
import { AppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { readWeek, writeSpans } from '#settings/hours-text.ts'
import { readSettings, weekdays } from '#settings/settings.ts'
import { setUpDesk } from '#setup/set-up.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import { timeZones, weekFields } from '../../week-fields.ts'
import type { Route } from './+types/hours.ts'
import { openStep, setupToken } from './setup-link.ts'
import { StepPage } from './step-page.tsx'
import { WeekFields } from './week-fields-view.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const state = await openStep(ctx, request)
  const settings = await readSettings(ctx)
  return {
    title: pageOf(context).t('setup.hours.title'),
    zone: settings['desk.timeZone'],
    zones: timeZones(),
    week: weekdays.map((day) => ({ day, text: writeSpans(settings['desk.hours'][day]) })),
    next: state.hasAdministrator ? 'mailbox' : 'administrator',
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, z.object({ zone: z.string().min(1).max(64), ...weekFields }), async (ctx, { zone, ...week }) => {
    const read = readWeek(week)
    const problems = [
      ...(timeZones().includes(zone) ? [] : [{ pointer: '/zone', key: 'timeZone' }]),
      ...('wrong' in read ? read.wrong.map((day) => ({ pointer: `/${day}`, key: 'hours' })) : []),
    ]
    if (problems.length > 0 || 'wrong' in read) throw new AppError('invalid', 'invalid', { problems })
    await setUpDesk(ctx, setupToken(ctx, args.request), { 'desk.timeZone': zone, 'desk.hours': read.hours })
    const { hasAdministrator } = await openStep(ctx, args.request)
    return redirect(hasAdministrator ? '/setup/mailbox' : '/setup/administrator')
  })

export default function Hours({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <StepPage title={t('setup.hours.title')} intro={t('setup.hours.intro')}>
      <Form answer={actionData}>
        <Stack>
          <SelectField
            name="zone"
            label={t('setup.hours.zone')}
            defaultValue={loaderData.zone}
            data-guess="time-zone"
            options={loaderData.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
          />
          <WeekFields week={loaderData.week} names={(day) => t(`setup.hours.days.${day}`)} hint={t('setup.hours.hint')} />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('setup.next')}
          </Button>
        </FormActions>
      </Form>
    </StepPage>
  )
}
