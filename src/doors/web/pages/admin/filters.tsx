import { data, Link, redirect } from 'react-router'
import { z } from 'zod'
import { parseInput } from '#core/parse.ts'
import { useT } from '#i18n/react.tsx'
import { readDirectory } from '#people/directory.ts'
import type { TicketFilter } from '#routing/filters.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { changeTicketFilter, readTicketFilters, saveTicketFilter, TicketFilterInput } from '#routing/ticket-filters.ts'
import { tryFilter } from '#tickets/try-filter.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { idField } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Section } from '../../ui/page.tsx'
import type { Route } from './+types/filters.ts'
import { AdminPage } from './admin-page.tsx'
import { type Choices, FilterEditor } from './filter-form.tsx'
import { FilterForm } from './filter-input.ts'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const choicesOf = (all: readonly { id: number; name: string; isArchived: boolean }[]): Choices['topics'] =>
  all.filter((one) => !one.isArchived).map((one) => ({ value: String(one.id), label: one.name }))

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [filters, topics, { departments, agents, teams }, { priorities }] = await Promise.all([
    readTicketFilters(ctx),
    readHelpTopics(ctx),
    readDirectory(ctx),
    readWorkflow(ctx),
  ])
  const edit = editOf(args.request)
  return {
    title: pageOf(args.context).t('admin.filters.title'),
    filters,
    choices: {
      departments: choicesOf(departments),
      priorities: choicesOf(priorities),
      topics: choicesOf(topics),
      agents: choicesOf(agents),
      teams: choicesOf(teams),
    },
    edit: edit === 'new' ? ('new' as const) : (filters.find((one) => one.id === edit) ?? null),
  }
}

const Input = z.union([
  z.object({ id: idField, act: z.enum(['on', 'off', 'up', 'down', 'remove']) }),
  z.looseObject({ id: z.union([z.literal('new'), idField]), act: z.enum(['save', 'try']) }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input, form) => {
    if (input.act !== 'save' && input.act !== 'try') {
      await changeTicketFilter(ctx, input.id as number, input.act as 'on' | 'off' | 'up' | 'down' | 'remove')
      return redirect('/admin/filters?done=saved')
    }
    const given = parseInput(FilterForm, input as never)
    if (input.act === 'save') {
      await saveTicketFilter(ctx, input.id === 'new' ? null : input.id, given)
      return redirect('/admin/filters?done=saved')
    }
    const trial = await tryFilter(ctx, parseInput(TicketFilterInput, given))
    return data({
      errors: {},
      values: form.typed,
      trial: { ...trial, touched: trial.touched.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() })) },
    })
  })

export default function Filters({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { filters, choices, edit } = loaderData
  const trial = actionData && 'trial' in actionData ? actionData.trial : null
  if (edit) {
    const filter = edit === 'new' ? null : edit
    return (
      <AdminPage
        title={filter ? t('admin.filters.edit', { name: filter.name }) : t('admin.filters.add')}
        intro={t('admin.filters.editIntro')}
      >
        {trial ? (
          <Section title={t('admin.filters.touched', { count: trial.touched.length, tried: trial.tried })}>
            <ul className="flex max-h-80 flex-col gap-1 overflow-y-auto">
              {trial.touched.map((one) => (
                <li key={one.number} className="flex gap-3">
                  <Link className="link tabular" to={`/agent/tickets/${one.number}`}>
                    #{one.number}
                  </Link>
                  <span className="min-w-0 flex-1 truncate">{one.subject}</span>
                  <Moment at={one.createdAt} className="text-ink-faint text-small" />
                </li>
              ))}
            </ul>
          </Section>
        ) : null}
        <FilterEditor filter={filter} choices={choices} answer={actionData ?? undefined} />
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.filters.title')}
      intro={t('admin.filters.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.filters.add')}
        </ButtonLink>
      }
    >
      {filters.length === 0 ? (
        <EmptyState title={t('admin.filters.empty')} />
      ) : (
        <ol className="flex flex-col gap-2">
          {filters.map((filter, at) => (
            <li
              key={filter.id}
              className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-base border border-line bg-surface p-3"
            >
              <div className="min-w-0 flex-1 basis-72">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {filter.name} {filter.isOn ? null : <Badge>{t('admin.filters.off')}</Badge>}
                </p>
                <Sentence filter={filter} choices={choices} />
              </div>
              <div className="flex flex-wrap gap-1.5">
                <Act filter={filter} act="up" disabled={at === 0} />
                <Act filter={filter} act="down" disabled={at === filters.length - 1} />
                <Act filter={filter} act={filter.isOn ? 'off' : 'on'} />
                <ButtonLink to={`?edit=${filter.id}`} size="small" aria-label={t('admin.filters.edit', { name: filter.name })}>
                  {t('common.edit')}
                </ButtonLink>
                <Act filter={filter} act="remove" />
              </div>
            </li>
          ))}
        </ol>
      )}
    </AdminPage>
  )
}

function Act({
  filter,
  act,
  disabled = false,
}: {
  filter: Pick<TicketFilter, 'id' | 'name'>
  act: 'on' | 'off' | 'up' | 'down' | 'remove'
  disabled?: boolean
}) {
  const t = useT()
  const label = t(`admin.filters.acts.${act}`)
  return (
    <Form>
      <input type="hidden" name="id" value={filter.id} />
      <Button
        type="submit"
        name="act"
        value={act}
        size="small"
        variant={act === 'remove' ? 'quiet' : 'secondary'}
        disabled={disabled}
        aria-label={`${label}: ${filter.name}`}
      >
        {label}
      </Button>
    </Form>
  )
}

/** The filter in words: what it asks, then what it does. */
function Sentence({ filter, choices }: { filter: TicketFilter; choices: Choices }) {
  const t = useT()
  const nameOf = (list: Choices['topics'], id: number | null): string =>
    list.find((one) => one.value === String(id))?.label ?? '?'
  const { actions } = filter
  const does = [
    ...(actions.department === null
      ? []
      : [`${t('admin.filters.department')}: ${nameOf(choices.departments, actions.department)}`]),
    ...(actions.priority === null ? [] : [`${t('admin.filters.priority')}: ${nameOf(choices.priorities, actions.priority)}`]),
    ...(actions.topic === null ? [] : [`${t('admin.filters.topic')}: ${nameOf(choices.topics, actions.topic)}`]),
    ...(actions.agent === null ? [] : [`${t('admin.filters.agent')}: ${nameOf(choices.agents, actions.agent)}`]),
    ...(actions.team === null ? [] : [`${t('admin.filters.team')}: ${nameOf(choices.teams, actions.team)}`]),
    ...(actions.noAutoresponse ? [t('admin.filters.noAutoresponse')] : []),
    ...(actions.sameTicketMinutes === null ? [] : [t('admin.filters.sameTicketIs', { minutes: actions.sameTicketMinutes })]),
    ...(actions.suspend === null ? [] : [t('admin.filters.suspendIs', { cause: actions.suspend })]),
  ]
  return (
    <>
      <p className="wrap-anywhere text-ink-muted text-small">
        {filter.criteria
          .map(
            (one) =>
              `${one.field === 'header' ? one.header : t(`admin.filters.fields.${one.field}`)} ${t(`admin.filters.tests.${one.test}`)} “${one.value}”`,
          )
          .join(filter.needs === 'all' ? t('admin.filters.and') : t('admin.filters.or'))}
      </p>
      <p className="text-small">{does.length > 0 ? `→ ${does.join(' · ')}` : t('admin.filters.doesNothing')}</p>
    </>
  )
}
