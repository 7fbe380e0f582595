import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { changeDepartment, createDepartment } from '#people/departments.ts'
import { readDirectory } from '#people/directory.ts'
import { pageOf } from '../../context.ts'
import { idField, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/departments.ts'
import { ActionsHead, AdminPage, SaveOrCancel } from './admin-page.tsx'
import { maybeId } from './maybe-id.ts'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const { departments, agents } = await readDirectory(requireAdmin(args))
  const edit = editOf(args.request)
  return {
    title: pageOf(args.context).t('admin.departments.title'),
    departments,
    agents: agents.filter((agent) => !agent.isArchived).map((agent) => ({ value: String(agent.id), label: agent.name })),
    edit: edit === 'new' ? ('new' as const) : (departments.find((one) => one.id === edit) ?? null),
  }
}

const Input = z.object({
  id: z.union([z.literal('new'), idField]),
  name: z.string().trim().min(1).max(80),
  manager: maybeId,
  public: ticked,
  signature: z.string().max(5000).default(''),
  archived: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    const set = { name: input.name, managerId: input.manager, isPublic: input.public, signature: input.signature }
    if (input.id === 'new') await createDepartment(ctx, set)
    else await changeDepartment(ctx, input.id, { ...set, archived: input.archived })
    return redirect('/admin/departments?done=saved')
  })

export default function Departments({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { departments, agents, edit } = loaderData
  if (edit) {
    const row = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={row ? t('admin.departments.edit', { name: row.name }) : t('admin.departments.add')}>
        <Form answer={actionData}>
          <input type="hidden" name="id" value={row?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.departments.name')} defaultValue={row?.name} maxLength={80} required />
            <SelectField
              name="manager"
              label={t('admin.departments.manager')}
              hint={t('admin.departments.managerHint')}
              defaultValue={String(row?.managerId ?? '')}
              options={[{ value: '', label: t('admin.departments.nobody') }, ...agents]}
            />
            <CheckboxField name="public" label={t('admin.departments.public')} defaultChecked={row?.isPublic ?? true} />
            <TextAreaField
              name="signature"
              label={t('admin.departments.signature')}
              hint={t('admin.departments.signatureHint')}
              optional={t('common.optional')}
              defaultValue={row?.signature}
            />
            {row ? (
              <CheckboxField name="archived" label={t('admin.departments.archive')} defaultChecked={row.isArchived} />
            ) : null}
          </Stack>
          <SaveOrCancel backTo="/admin/departments" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.departments.title')}
      intro={t('admin.departments.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.departments.add')}
        </ButtonLink>
      }
    >
      <Table
        caption={t('admin.departments.title')}
        head={
          <>
            <Head>{t('admin.departments.name')}</Head>
            <Head>{t('admin.departments.manager')}</Head>
            <ActionsHead />
          </>
        }
      >
        {departments.map((row) => (
          <Row key={row.id}>
            <Cell className="font-medium">
              {row.name} {row.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
            </Cell>
            <Cell>{agents.find((agent) => agent.value === String(row.managerId))?.label ?? t('admin.departments.nobody')}</Cell>
            <Cell className="text-end">
              <ButtonLink to={`?edit=${row.id}`} size="small" aria-label={t('admin.departments.edit', { name: row.name })}>
                {t('common.edit')}
              </ButtonLink>
            </Cell>
          </Row>
        ))}
      </Table>
    </AdminPage>
  )
}
