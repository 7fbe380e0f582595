import type { ReactNode } from 'react'
import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { renamePriority, renameStatus } from '#workflow/rename.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { idField } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
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

export const action = (args: Route.ActionArgs) =>
  adminForm(
    args,
    z.object({ of: z.enum(['status', 'priority']), id: idField, name: z.string().max(200) }),
    async (ctx, input) => {
      if (input.of === 'status') await renameStatus(ctx, input.id, input.name)
      else await renamePriority(ctx, input.id, input.name)
      return redirect('/admin/statuses?done=saved')
    },
  )

export default function Statuses({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const answerFor = (of: string, id: number): FormAnswer | undefined =>
    actionData?.values?.of === of && actionData.values.id === String(id) ? actionData : undefined
  return (
    <AdminPage width="normal" title={t('admin.statuses.title')} intro={t('admin.statuses.intro')}>
      <Section title={t('admin.statuses.statuses')}>
        <ul className="flex flex-col gap-3">
          {loaderData.statuses.map((status) => (
            <li key={status.id}>
              <Rename of="status" id={status.id} name={status.name} answer={answerFor('status', status.id)}>
                <Badge>{t(`admin.statuses.states.${status.state}`)}</Badge>
                {status.asksReason ? <Badge>{t('admin.statuses.asksReason')}</Badge> : null}
              </Rename>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t('admin.statuses.priorities')}>
        <ul className="flex flex-col gap-3">
          {loaderData.priorities.map((priority) => (
            <li key={priority.id}>
              <Rename of="priority" id={priority.id} name={priority.name} answer={answerFor('priority', priority.id)}>
                {priority.isDefault ? <Badge tone="accent">{t('admin.statuses.default')}</Badge> : null}
              </Rename>
            </li>
          ))}
        </ul>
      </Section>
    </AdminPage>
  )
}

function Rename({
  of,
  id,
  name,
  answer,
  children,
}: {
  of: 'status' | 'priority'
  id: number
  name: string
  answer: FormAnswer | undefined
  children: ReactNode
}) {
  const t = useT()
  return (
    <Form answer={answer}>
      <input type="hidden" name="of" value={of} />
      <input type="hidden" name="id" value={id} />
      <div className="flex flex-wrap items-start gap-2">
        <TextField
          className="min-w-48 flex-1"
          name="name"
          label={`${t('admin.statuses.name')}: ${name}`}
          labelHidden
          defaultValue={name}
          required
        />
        <Button type="submit" aria-label={`${t('admin.statuses.rename')}: ${name}`}>
          {t('admin.statuses.rename')}
        </Button>
        <span className="flex min-h-8 w-full items-center gap-1.5 max-sm:empty:hidden sm:w-40">{children}</span>
      </div>
    </Form>
  )
}
