import { redirect } from 'react-router'
import { z } from 'zod'
import { AppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { changeSettings } from '#settings/change-settings.ts'
import { readWeek, writeSpans } from '#settings/hours-text.ts'
import { publicAddress, readSettings, weekdays } from '#settings/settings.ts'
import { testPublicAddress } from '#setup/self-test.ts'
import { pageOf } from '../../context.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { timeZones, weekFields } from '../../week-fields.ts'
import { WeekFields } from '../setup/week-fields-view.tsx'
import type { Route } from './+types/company.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const settings = await readSettings(ctx)
  return {
    title: pageOf(args.context).t('admin.company.title'),
    name: settings['desk.name'],
    address: await publicAddress(ctx),
    isFixed: ctx.site.baseUrlFixed,
    zone: settings['desk.timeZone'],
    zones: timeZones(),
    week: weekdays.map((day) => ({ day, text: writeSpans(settings['desk.hours'][day]) })),
    holidays: settings['desk.holidays'].join('\n'),
  }
}

const Input = z.object({
  name: z.string().trim().min(1).max(80),
  address: z.string().trim().max(500).default(''),
  force: z.string().optional(),
  zone: z.string().max(64),
  holidays: z.string().max(20_000).default(''),
  ...weekFields,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, { name, address, force, zone, holidays, ...week }) => {
    const read = readWeek(week)
    const days = [
      ...new Set(
        holidays
          .split(/[\n,;]/)
          .map((line) => line.trim())
          .filter(Boolean),
      ),
    ].sort()
    const problems = [
      ...(timeZones().includes(zone) ? [] : [{ pointer: '/zone', key: 'timeZone' }]),
      ...('wrong' in read ? read.wrong.map((day) => ({ pointer: `/${day}`, key: 'hours' })) : []),
      ...(days.every((day) => z.iso.date().safeParse(day).success) ? [] : [{ pointer: '/holidays', key: 'dates' }]),
    ]
    const to = address.replace(/\/+$/, '')
    if (!ctx.site.baseUrlFixed && to !== (await publicAddress(ctx))) {
      const test = await testPublicAddress(ctx, to)
      if (test === 'not_an_address') problems.push({ pointer: '/address', key: 'addressNotWeb' })
      else if (test !== 'reached' && !force)
        problems.push({ pointer: '/address', key: test === 'unreachable' ? 'addressUnreachable' : 'addressOtherSite' })
    }
    if (problems.length > 0 || 'wrong' in read) throw new AppError('invalid', 'invalid', { problems })
    await changeSettings(ctx, {
      'desk.name': name,
      'desk.timeZone': zone,
      'desk.hours': read.hours,
      'desk.holidays': days,
      ...(ctx.site.baseUrlFixed ? {} : { 'desk.publicAddress': to }),
    })
    return redirect('/admin/company?done=saved')
  })

export default function Company({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage title={t('admin.company.title')} width="normal">
      <Form answer={actionData}>
        <Section title={t('admin.company.general')} intro={t('admin.company.generalIntro')}>
          <Stack>
            <TextField
              name="name"
              label={t('admin.company.name')}
              hint={t('admin.company.nameHint')}
              defaultValue={loaderData.name}
              maxLength={80}
              required
            />
            <TextField
              name="address"
              type="url"
              label={t('admin.company.address')}
              hint={loaderData.isFixed ? t('admin.company.addressFixed') : t('admin.company.addressHint')}
              defaultValue={loaderData.address}
              readOnly={loaderData.isFixed}
              required
            />
            <SelectField
              name="zone"
              label={t('admin.company.zone')}
              hint={t('admin.company.zoneHint')}
              defaultValue={loaderData.zone}
              options={loaderData.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
            />
          </Stack>
        </Section>
        <Section title={t('admin.company.hours')} intro={t('admin.company.hoursIntro')}>
          <Stack>
            <WeekFields
              week={loaderData.week}
              names={(day) => t(`setup.hours.days.${day}`)}
              hint={t('admin.company.hoursHint')}
            />
            <TextAreaField
              name="holidays"
              label={t('admin.company.holidays')}
              hint={t('admin.company.holidaysHint')}
              defaultValue={loaderData.holidays}
              rows={4}
            />
          </Stack>
        </Section>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('common.save')}
          </Button>
          {actionData?.errors?.address ? (
            <Button type="submit" name="force" value="yes">
              {t('setup.desk.force')}
            </Button>
          ) : null}
        </FormActions>
      </Form>
    </AdminPage>
  )
}
