import { useT } from '#i18n/react.tsx'
import type { TicketFilter } from '#routing/filters.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, RadioGroup, SelectField, TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'

const FIELDS = [
  'sender',
  'sender_name',
  'recipient',
  'subject',
  'body',
  'header',
  'channel',
  'verdict',
  'spam',
  'automatic',
] as const
const TESTS = ['contains', 'not_contains', 'is', 'is_not', 'starts_with', 'ends_with', 'matches'] as const
/** Lines for criteria that a form offers. */
const LINES = 6

export interface Choices {
  departments: { value: string; label: string }[]
  priorities: { value: string; label: string }[]
  topics: { value: string; label: string }[]
  agents: { value: string; label: string }[]
  teams: { value: string; label: string }[]
}

/** One filter: what it asks, what it sets, and which tickets it would have touched. */
export function FilterEditor({
  filter,
  choices,
  answer,
}: {
  filter: TicketFilter | null
  choices: Choices
  answer: FormAnswer | undefined
}) {
  const t = useT()
  const lines = Math.max(LINES, (filter?.criteria.length ?? 0) + 2)
  const pick = (name: keyof TicketFilter['actions'] & string, label: string, options: { value: string; label: string }[]) => (
    <SelectField
      name={name}
      label={label}
      defaultValue={String(filter?.actions[name] ?? '')}
      options={[{ value: '', label: t('admin.filters.unchanged') }, ...options]}
    />
  )
  return (
    <Form answer={answer}>
      <input type="hidden" name="id" value={filter?.id ?? 'new'} />
      <div className="mb-6">
        <Stack>
          <TextField name="name" label={t('admin.filters.name')} defaultValue={filter?.name} maxLength={80} required />
          <CheckboxField name="on" label={t('admin.filters.on')} defaultChecked={filter?.isOn ?? true} />
        </Stack>
      </div>
      <Section title={t('admin.filters.criteria')} intro={t('admin.filters.criteriaIntro')}>
        <Stack>
          <RadioGroup
            name="needs"
            legend={t('admin.filters.needs')}
            defaultValue={filter?.needs ?? 'all'}
            options={(['all', 'any'] as const).map((value) => ({ value, label: t(`admin.filters.needsAre.${value}`) }))}
          />
          {Array.from({ length: lines }, (_, at) => {
            const one = filter?.criteria[at]
            const name = (part: string): string => `criteria.${at}.${part}`
            const hidden = { labelHidden: at > 0 }
            return (
              <fieldset
                key={name('field')}
                className="grid min-w-0 grid-cols-1 items-start gap-2 md:grid-cols-[8rem_7rem_8rem_minmax(0,1fr)] max-md:border-line max-md:border-b max-md:pb-4"
              >
                <legend className="sr-only">{t('admin.filters.line', { number: at + 1 })}</legend>
                <SelectField
                  name={name('field')}
                  label={t('admin.filters.field')}
                  {...hidden}
                  defaultValue={one?.field ?? 'subject'}
                  options={FIELDS.map((value) => ({ value, label: t(`admin.filters.fields.${value}`) }))}
                />
                <TextField
                  name={name('header')}
                  label={t('admin.filters.header')}
                  {...hidden}
                  defaultValue={one?.header}
                  placeholder="x-priority"
                  maxLength={100}
                />
                <SelectField
                  name={name('test')}
                  label={t('admin.filters.test')}
                  {...hidden}
                  defaultValue={one?.test ?? 'contains'}
                  options={TESTS.map((value) => ({ value, label: t(`admin.filters.tests.${value}`) }))}
                />
                <TextField
                  name={name('value')}
                  label={t('admin.filters.value')}
                  {...hidden}
                  defaultValue={one?.value}
                  maxLength={1000}
                />
              </fieldset>
            )
          })}
        </Stack>
      </Section>
      <Section title={t('admin.filters.actions')} intro={t('admin.filters.actionsIntro')}>
        <Stack>
          <div className="grid gap-3 sm:grid-cols-2">
            {pick('department', t('admin.filters.department'), choices.departments)}
            {pick('priority', t('admin.filters.priority'), choices.priorities)}
            {pick('topic', t('admin.filters.topic'), choices.topics)}
            {pick('agent', t('admin.filters.agent'), choices.agents)}
            {pick('team', t('admin.filters.team'), choices.teams)}
            <TextField
              name="sameTicketMinutes"
              label={t('admin.filters.sameTicket')}
              hint={t('admin.filters.sameTicketHint')}
              defaultValue={filter?.actions.sameTicketMinutes ?? ''}
              inputMode="numeric"
            />
          </div>
          <CheckboxField
            name="noAutoresponse"
            label={t('admin.filters.noAutoresponse')}
            defaultChecked={filter?.actions.noAutoresponse ?? false}
          />
          <TextField
            name="suspend"
            label={t('admin.filters.suspend')}
            hint={t('admin.filters.suspendHint')}
            defaultValue={filter?.actions.suspend ?? ''}
            maxLength={200}
          />
          <CheckboxField
            name="stops"
            label={t('admin.filters.stops')}
            hint={t('admin.filters.stopsHint')}
            defaultChecked={filter?.stops ?? false}
          />
        </Stack>
      </Section>
      <FormActions>
        <Button type="submit" name="act" value="save" variant="primary">
          {t('common.save')}
        </Button>
        <Button type="submit" name="act" value="try">
          {t('admin.filters.try')}
        </Button>
        <ButtonLink to="/admin/filters" variant="quiet">
          {t('common.cancel')}
        </ButtonLink>
      </FormActions>
    </Form>
  )
}
