import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { readDirectory } from '#people/directory.ts'
import { readHelpTopics, saveHelpTopic } from '#routing/help-topics.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { idField, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/topics.ts'
import { ActionsHead, AdminPage, SaveOrCancel } from './admin-page.tsx'
import { maybeId } from './maybe-id.ts'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [topics, { departments }, { priorities }] = await Promise.all([
    readHelpTopics(ctx),
    readDirectory(ctx),
    readWorkflow(ctx),
  ])
  const edit = editOf(args.request)
  return {
    title: pageOf(args.context).t('admin.topics.title'),
    topics,
    departments: departments.filter((one) => !one.isArchived).map((one) => ({ value: String(one.id), label: one.name })),
    priorities: priorities.map((one) => ({ value: String(one.id), label: one.name })),
    edit: edit === 'new' ? ('new' as const) : (topics.find((topic) => topic.id === edit) ?? null),
  }
}

const Input = z.object({
  id: z.union([z.literal('new'), idField]),
  name: z.string().trim().min(1).max(80),
  department: maybeId,
  priority: maybeId,
  public: ticked,
  default: ticked,
  archived: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    await saveHelpTopic(ctx, input.id === 'new' ? null : input.id, {
      name: input.name,
      departmentId: input.department,
      priorityId: input.priority,
      isPublic: input.public,
      isDefault: input.default,
      archived: input.archived,
    })
    return redirect('/admin/topics?done=saved')
  })

export default function Topics({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { topics, departments, priorities, edit } = loaderData
  if (edit) {
    const topic = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={topic ? t('admin.topics.edit', { name: topic.name }) : t('admin.topics.add')}>
        <Form answer={actionData}>
          <input type="hidden" name="id" value={topic?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.topics.name')} defaultValue={topic?.name} maxLength={80} required />
            <SelectField
              name="department"
              label={t('admin.topics.department')}
              defaultValue={String(topic?.departmentId ?? '')}
              options={[{ value: '', label: t('admin.topics.departmentNone') }, ...departments]}
            />
            <SelectField
              name="priority"
              label={t('admin.topics.priority')}
              defaultValue={String(topic?.priorityId ?? '')}
              options={[{ value: '', label: t('admin.topics.priorityNone') }, ...priorities]}
            />
            <CheckboxField name="public" label={t('admin.topics.public')} defaultChecked={topic?.isPublic ?? true} />
            <CheckboxField name="default" label={t('admin.topics.default')} defaultChecked={topic?.isDefault ?? false} />
            {topic ? <CheckboxField name="archived" label={t('admin.topics.archive')} defaultChecked={topic.isArchived} /> : null}
          </Stack>
          <SaveOrCancel backTo="/admin/topics" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.topics.title')}
      intro={t('admin.topics.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.topics.add')}
        </ButtonLink>
      }
    >
      <Table
        caption={t('admin.topics.title')}
        head={
          <>
            <Head>{t('admin.topics.name')}</Head>
            <Head>{t('admin.topics.department')}</Head>
            <Head>{t('admin.topics.priority')}</Head>
            <Head>{t('admin.topics.visibility')}</Head>
            <ActionsHead />
          </>
        }
      >
        {topics.map((topic) => (
          <Row key={topic.id} className={topic.isArchived ? 'text-ink-muted' : undefined}>
            <Cell className="font-medium">
              {topic.name} {topic.isDefault ? <Badge tone="accent">{t('admin.statuses.default')}</Badge> : null}{' '}
              {topic.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
            </Cell>
            <Cell>
              {departments.find((one) => one.value === String(topic.departmentId))?.label ?? t('admin.topics.departmentNone')}
            </Cell>
            <Cell>
              {priorities.find((one) => one.value === String(topic.priorityId))?.label ?? t('admin.topics.priorityNone')}
            </Cell>
            <Cell>{topic.isPublic ? t('admin.topics.everyone') : t('admin.topics.agents')}</Cell>
            <Cell className="text-end">
              <ButtonLink to={`?edit=${topic.id}`} size="small" aria-label={t('admin.topics.edit', { name: topic.name })}>
                {t('common.edit')}
              </ButtonLink>
            </Cell>
          </Row>
        ))}
      </Table>
    </AdminPage>
  )
}
