import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { ticked } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/rules.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const settings = await readSettings(ctx)
  const { statuses } = await readWorkflow(ctx)
  return {
    title: pageOf(args.context).t('admin.rules.title'),
    settings,
    statuses: statuses
      .filter((status) => status.key && !status.isArchived)
      .map((status) => ({ value: status.key!, label: status.name, state: status.state })),
  }
}

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
const hours = z.coerce.number().min(0.25).max(1000)

const Input = z.object({
  undo: whole(0, 60),
  undoActs: whole(0, 1440),
  empty: whole(1, 3650),
  claim: ticked,
  statusAfter: z.string().min(1).max(40),
  agentAnswerIs: z.enum(['note', 'reply']),
  remind: whole(0, 60),
  resolve: whole(0, 120),
  opened: z.string().min(1).max(40),
  solved: z.string().min(1).max(40),
  closed: z.string().min(1).max(40),
  close: whole(0, 365),
  toResolved: z.enum(['reopen', 'new']),
  toClosed: z.enum(['reopen', 'by_age', 'new']),
  reopenedTo: z.enum(['last_agent', 'nobody']),
  reopen: whole(0, 3650),
  'first.urgent': hours,
  'first.high': hours,
  'first.normal': hours,
  'first.low': hours,
  'next.urgent': hours,
  'next.high': hours,
  'next.normal': hours,
  'next.low': hours,
  maxOpen: whole(0, 1000),
  perMinutes: whole(1, 1440),
  perDay: whole(1, 1000),
  plus: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    const targets = (kind: 'first' | 'next') => ({
      urgent: input[`${kind}.urgent`],
      high: input[`${kind}.high`],
      normal: input[`${kind}.normal`],
      low: input[`${kind}.low`],
    })
    await changeSettings(ctx, {
      'replies.undoSeconds': input.undo,
      'replies.claimUnassigned': input.claim,
      'tickets.undoMinutes': input.undoActs,
      'tickets.emptyPlacesAfterDays': input.empty,
      'replies.statusAfter': input.statusAfter,
      'mail.agentAnswerIs': input.agentAnswerIs,
      'tickets.remindAfterWorkingDays': input.remind,
      'tickets.resolveAfterReminderWorkingDays': input.resolve,
      'moves.opened': input.opened,
      'moves.solved': input.solved,
      'moves.closed': input.closed,
      'tickets.closeResolvedAfterDays': input.close,
      'tickets.reopenClosedWithinDays': input.reopen,
      'tickets.answerToResolved': input.toResolved,
      'tickets.answerToClosed': input.toClosed,
      'tickets.reopenedGoesTo': input.reopenedTo,
      'sla.firstResponseHours': targets('first'),
      'sla.nextResponseHours': targets('next'),
      'autoresponse.maxOpenRequests': input.maxOpen,
      'autoresponse.perAddressMinutes': input.perMinutes,
      'autoresponse.perAddressPerDay': input.perDay,
      'mail.plusAddressing': input.plus,
    })
    return redirect('/admin/rules?done=saved')
  })

const urgencies = ['urgent', 'high', 'normal', 'low'] as const

export default function Rules({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { settings, statuses } = loaderData
  const number = { inputMode: 'numeric' as const, required: true }
  return (
    <AdminPage title={t('admin.rules.title')} intro={t('admin.rules.intro')} width="normal">
      <Form answer={actionData}>
        <Section title={t('admin.rules.replies')}>
          <Stack>
            <TextField
              name="undo"
              label={t('admin.rules.undo')}
              hint={t('admin.rules.undoHint')}
              defaultValue={settings['replies.undoSeconds']}
              {...number}
            />
            <SelectField
              name="statusAfter"
              label={t('admin.rules.statusAfter')}
              hint={t('admin.rules.statusAfterHint')}
              defaultValue={settings['replies.statusAfter']}
              options={statuses}
            />
            <SelectField
              name="agentAnswerIs"
              label={t('admin.rules.agentMail')}
              hint={t('admin.rules.agentMailHint')}
              defaultValue={settings['mail.agentAnswerIs']}
              options={[
                { value: 'note', label: t('admin.rules.note') },
                { value: 'reply', label: t('admin.rules.reply') },
              ]}
            />
            <CheckboxField
              name="claim"
              label={t('admin.rules.claim')}
              hint={t('admin.rules.claimHint')}
              defaultChecked={settings['replies.claimUnassigned']}
            />
          </Stack>
        </Section>
        <Section title={t('admin.rules.desk')}>
          <Stack>
            <TextField
              name="undoActs"
              label={t('admin.rules.undoActs')}
              hint={t('admin.rules.undoActsHint')}
              defaultValue={settings['tickets.undoMinutes']}
              {...number}
            />
            <TextField
              name="empty"
              label={t('admin.rules.empty')}
              hint={t('admin.rules.emptyHint')}
              defaultValue={settings['tickets.emptyPlacesAfterDays']}
              {...number}
            />
          </Stack>
        </Section>
        <Section title={t('admin.rules.moves')} intro={t('admin.rules.movesIntro')}>
          <Stack>
            {(
              [
                ['opened', 'open', 'moves.opened'],
                ['solved', 'resolved', 'moves.solved'],
                ['closed', 'closed', 'moves.closed'],
              ] as const
            ).map(([name, state, setting]) => (
              <SelectField
                key={name}
                name={name}
                label={t(`admin.rules.moveTo.${name}`)}
                defaultValue={settings[setting]}
                options={statuses.filter((status) => status.state === state)}
              />
            ))}
            <TextField
              name="remind"
              label={t('admin.rules.remind')}
              hint={t('admin.rules.remindHint')}
              defaultValue={settings['tickets.remindAfterWorkingDays']}
              {...number}
            />
            <TextField
              name="resolve"
              label={t('admin.rules.resolve')}
              hint={t('admin.rules.resolveHint')}
              defaultValue={settings['tickets.resolveAfterReminderWorkingDays']}
              {...number}
            />
          </Stack>
        </Section>
        <Section title={t('admin.rules.closing')}>
          <Stack>
            <TextField
              name="close"
              label={t('admin.rules.close')}
              hint={t('admin.rules.closeHint')}
              defaultValue={settings['tickets.closeResolvedAfterDays']}
              {...number}
            />
            <SelectField
              name="toResolved"
              label={t('admin.rules.toResolved')}
              defaultValue={settings['tickets.answerToResolved']}
              options={(['reopen', 'new'] as const).map((value) => ({ value, label: t(`admin.rules.answer.${value}`) }))}
            />
            <SelectField
              name="toClosed"
              label={t('admin.rules.toClosed')}
              defaultValue={settings['tickets.answerToClosed']}
              options={(['by_age', 'reopen', 'new'] as const).map((value) => ({
                value,
                label: t(`admin.rules.answer.${value}`),
              }))}
            />
            <TextField
              name="reopen"
              label={t('admin.rules.reopen')}
              hint={t('admin.rules.reopenHint')}
              defaultValue={settings['tickets.reopenClosedWithinDays']}
              {...number}
            />
            <SelectField
              name="reopenedTo"
              label={t('admin.rules.reopenedTo')}
              hint={t('admin.rules.reopenedToHint')}
              defaultValue={settings['tickets.reopenedGoesTo']}
              options={(['last_agent', 'nobody'] as const).map((value) => ({ value, label: t(`admin.rules.goesTo.${value}`) }))}
            />
          </Stack>
        </Section>
        <Section title={t('admin.rules.times')} intro={t('admin.rules.timesIntro')}>
          <Stack>
            {(['first', 'next'] as const).map((kind) => (
              <fieldset key={kind}>
                <legend className="mb-2 font-medium">{t(`admin.rules.${kind}`)}</legend>
                <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
                  {urgencies.map((urgency) => (
                    <TextField
                      key={urgency}
                      name={`${kind}.${urgency}`}
                      label={t(`admin.rules.${urgency}`)}
                      defaultValue={settings[kind === 'first' ? 'sla.firstResponseHours' : 'sla.nextResponseHours'][urgency]}
                      inputMode="decimal"
                      required
                    />
                  ))}
                </div>
              </fieldset>
            ))}
          </Stack>
        </Section>
        <Section title={t('admin.rules.autoresponse')}>
          <Stack>
            <TextField
              name="perMinutes"
              label={t('admin.rules.perMinutes')}
              defaultValue={settings['autoresponse.perAddressMinutes']}
              {...number}
            />
            <TextField
              name="perDay"
              label={t('admin.rules.perDay')}
              defaultValue={settings['autoresponse.perAddressPerDay']}
              {...number}
            />
            <TextField
              name="maxOpen"
              label={t('admin.rules.maxOpen')}
              hint={t('admin.rules.maxOpenHint')}
              defaultValue={settings['autoresponse.maxOpenRequests']}
              {...number}
            />
          </Stack>
        </Section>
        <Section title={t('admin.nav.mail')}>
          <Stack>
            <CheckboxField
              name="plus"
              label={t('admin.rules.plus')}
              hint={t('admin.rules.plusHint')}
              defaultChecked={settings['mail.plusAddressing']}
            />
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
