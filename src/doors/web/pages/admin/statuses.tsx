import type { ReactNode } from 'react'
import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { addPriority, addStatus, changePriority, changeStatusOrder } from '#workflow/edit-workflow.ts'
import { renamePriority, renameStatus } from '#workflow/rename.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { idField, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Section } from '../../ui/page.tsx'
import type { Route } from './+types/statuses.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const { statuses, priorities } = await readWorkflow(requireAdmin(args))
  return { title: pageOf(args.context).t('admin.statuses.title'), statuses, priorities }
}

const name = z.string().max(200)

const Input = z.union([
  z.object({ of: z.enum(['status', 'priority']), act: z.literal('rename'), id: idField, name }),
  z.object({ of: z.literal('status'), act: z.enum(['up', 'down', 'archive', 'restore', 'ask', 'ask-not']), id: idField }),
  z.object({ of: z.literal('priority'), act: z.enum(['default', 'archive', 'restore']), id: idField }),
  z.object({
    of: z.literal('status'),
    act: z.literal('add'),
    name,
    state: z.enum(['open', 'on_hold', 'resolved', 'closed']),
    asksReason: ticked,
  }),
  z.object({ of: z.literal('priority'), act: z.literal('add'), name, urgency: z.coerce.number().int().min(1).max(4) }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'rename') {
      if (input.of === 'status') await renameStatus(ctx, input.id, input.name)
      else await renamePriority(ctx, input.id, input.name)
    } else if (input.act === 'add') {
      if (input.of === 'status') await addStatus(ctx, input)
      else await addPriority(ctx, input)
    } else if (input.of === 'status') await changeStatusOrder(ctx, input.id, input.act)
    else await changePriority(ctx, input.id, input.act)
    return redirect('/admin/statuses?done=saved')
  })

export default function Statuses({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { statuses, priorities } = loaderData
  const answerFor = (of: string, id: number | null): FormAnswer | undefined =>
    actionData?.values?.of === of && (actionData.values.id ?? null) === (id === null ? null : String(id)) ? actionData : undefined
  return (
    <AdminPage width="wide" title={t('admin.statuses.title')} intro={t('admin.statuses.intro')}>
      <Section title={t('admin.statuses.statuses')}>
        <ul className="flex flex-col gap-3">
          {statuses.map((status, at) => (
            <li key={status.id}>
              <Line of="status" one={status} answer={answerFor('status', status.id)}>
                <Badge>{t(`admin.statuses.states.${status.state}`)}</Badge>
                {status.asksReason ? <Badge>{t('admin.statuses.asksReason')}</Badge> : null}
              </Line>
              <Acts
                of="status"
                one={status}
                acts={[
                  ...(at > 0 ? ['up' as const] : []),
                  ...(at < statuses.length - 1 ? ['down' as const] : []),
                  status.asksReason ? 'ask-not' : 'ask',
                  status.isArchived ? 'restore' : 'archive',
                ]}
              />
              <Problem answer={answerFor('status', status.id)} name="status" />
            </li>
          ))}
        </ul>
        <h3 className="mt-5 mb-2 font-medium">{t('admin.statuses.addStatus')}</h3>
        <Form answer={answerFor('status', null)}>
          <input type="hidden" name="of" value="status" />
          <div className="flex flex-wrap items-end gap-3">
            <TextField className="min-w-48 flex-1" name="name" label={t('admin.statuses.name')} maxLength={60} required />
            <SelectField
              name="state"
              label={t('admin.statuses.state')}
              options={(['open', 'on_hold', 'resolved', 'closed'] as const).map((value) => ({
                value,
                label: t(`admin.statuses.states.${value}`),
              }))}
            />
            <Button type="submit" name="act" value="add">
              {t('common.add')}
            </Button>
          </div>
          <div className="mt-2">
            <CheckboxField name="asksReason" label={t('admin.statuses.asksReason')} />
          </div>
        </Form>
      </Section>
      <Section title={t('admin.statuses.priorities')}>
        <ul className="flex flex-col gap-3">
          {priorities.map((priority) => (
            <li key={priority.id}>
              <Line of="priority" one={priority} answer={answerFor('priority', priority.id)}>
                <Badge>{t('admin.statuses.level', { level: priority.urgency })}</Badge>
                {priority.isDefault ? <Badge tone="accent">{t('admin.statuses.default')}</Badge> : null}
              </Line>
              {priority.isDefault ? null : (
                <Acts of="priority" one={priority} acts={['default', priority.isArchived ? 'restore' : 'archive']} />
              )}
            </li>
          ))}
        </ul>
        <h3 className="mt-5 mb-2 font-medium">{t('admin.statuses.addPriority')}</h3>
        <Form answer={answerFor('priority', null)}>
          <input type="hidden" name="of" value="priority" />
          <div className="flex flex-wrap items-end gap-3">
            <TextField className="min-w-48 flex-1" name="name" label={t('admin.statuses.name')} maxLength={60} required />
            <SelectField
              name="urgency"
              label={t('admin.statuses.asUrgentAs')}
              defaultValue="3"
              options={(['urgent', 'high', 'normal', 'low'] as const).map((key, at) => ({
                value: String(at + 1),
                label: t(`admin.rules.${key}`),
              }))}
            />
            <Button type="submit" name="act" value="add">
              {t('common.add')}
            </Button>
          </div>
        </Form>
      </Section>
    </AdminPage>
  )
}

function Problem({ answer, name }: { answer: FormAnswer | undefined; name: string }) {
  const wrong = answer?.errors?.[name]
  return wrong ? (
    <p role="alert" className="mt-1 text-danger-ink text-small">
      {wrong}
    </p>
  ) : null
}

type Kind = 'status' | 'priority'
type One = { id: number; name: string; isArchived: boolean }

function Acts({
  of,
  one,
  acts,
}: {
  of: Kind
  one: One
  acts: ('up' | 'down' | 'ask' | 'ask-not' | 'archive' | 'restore' | 'default')[]
}) {
  const t = useT()
  return (
    <Form className="mt-1.5">
      <input type="hidden" name="of" value={of} />
      <input type="hidden" name="id" value={one.id} />
      <span className="flex flex-wrap gap-1.5">
        {acts.map((act) => (
          <Button
            key={act}
            type="submit"
            name="act"
            value={act}
            size="small"
            variant="quiet"
            aria-label={`${t(`admin.statuses.acts.${act}`)}: ${one.name}`}
          >
            {t(`admin.statuses.acts.${act}`)}
          </Button>
        ))}
      </span>
    </Form>
  )
}

function Line({ of, one, answer, children }: { of: Kind; one: One; answer: FormAnswer | undefined; children: ReactNode }) {
  const t = useT()
  return (
    <Form answer={answer?.errors?.name ? answer : undefined}>
      <input type="hidden" name="of" value={of} />
      <input type="hidden" name="id" value={one.id} />
      <div className="flex flex-wrap items-start gap-2">
        <TextField
          className="min-w-48 flex-1"
          name="name"
          label={`${t('admin.statuses.name')}: ${one.name}`}
          labelHidden
          defaultValue={one.name}
          required
        />
        <Button type="submit" name="act" value="rename" aria-label={`${t('admin.statuses.rename')}: ${one.name}`}>
          {t('admin.statuses.rename')}
        </Button>
        <span className="flex min-h-8 w-full items-center gap-1.5 max-sm:empty:hidden sm:w-64">
          {children}
          {one.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
        </span>
      </div>
    </Form>
  )
}
