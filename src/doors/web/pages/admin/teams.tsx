import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { saveTeam } from '#people/departments.ts'
import { readDirectory } from '#people/directory.ts'
import { pageOf } from '../../context.ts'
import { idField, listOf, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/teams.ts'
import { ActionsHead, AdminPage, SaveOrCancel } from './admin-page.tsx'
import { maybeId } from './maybe-id.ts'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const { teams, agents } = await readDirectory(requireAdmin(args))
  const edit = editOf(args.request)
  return {
    title: pageOf(args.context).t('admin.teams.title'),
    teams,
    agents: agents.filter((agent) => !agent.isArchived).map((agent) => ({ value: String(agent.id), label: agent.name })),
    edit: edit === 'new' ? ('new' as const) : (teams.find((one) => one.id === edit) ?? null),
  }
}

const Input = z.object({
  id: z.union([z.literal('new'), idField]),
  name: z.string().trim().min(1).max(80),
  lead: maybeId,
  members: listOf(idField),
  archived: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    await saveTeam(ctx, input.id === 'new' ? null : input.id, {
      name: input.name,
      leadId: input.lead,
      members: input.members,
      archived: input.archived,
    })
    return redirect('/admin/teams?done=saved')
  })

export default function Teams({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { teams, agents, edit } = loaderData
  if (edit) {
    const row = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={row ? t('admin.teams.edit', { name: row.name }) : t('admin.teams.add')}>
        <Form answer={actionData}>
          <input type="hidden" name="id" value={row?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.teams.name')} defaultValue={row?.name} maxLength={80} required />
            <SelectField
              name="lead"
              label={t('admin.teams.lead')}
              defaultValue={String(row?.leadId ?? '')}
              options={[{ value: '', label: t('admin.departments.nobody') }, ...agents]}
            />
            <fieldset>
              <legend className="mb-2 font-medium">{t('admin.teams.members')}</legend>
              <div className="grid gap-2 sm:grid-cols-2">
                {agents.map((agent) => (
                  <CheckboxField
                    key={agent.value}
                    name="members"
                    value={agent.value}
                    label={agent.label}
                    defaultChecked={row?.members.includes(Number(agent.value)) ?? false}
                  />
                ))}
              </div>
            </fieldset>
            {row ? <CheckboxField name="archived" label={t('admin.teams.archive')} defaultChecked={row.isArchived} /> : null}
          </Stack>
          <SaveOrCancel backTo="/admin/teams" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.teams.title')}
      intro={t('admin.teams.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.teams.add')}
        </ButtonLink>
      }
    >
      {teams.length === 0 ? (
        <EmptyState title={t('admin.teams.empty')} />
      ) : (
        <Table
          caption={t('admin.teams.title')}
          head={
            <>
              <Head>{t('admin.teams.name')}</Head>
              <Head>{t('admin.teams.lead')}</Head>
              <Head>{t('admin.teams.members')}</Head>
              <ActionsHead />
            </>
          }
        >
          {teams.map((row) => (
            <Row key={row.id}>
              <Cell className="font-medium">
                {row.name} {row.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
              </Cell>
              <Cell>{agents.find((agent) => agent.value === String(row.leadId))?.label ?? t('admin.departments.nobody')}</Cell>
              <Cell>
                {row.members
                  .map((id) => agents.find((agent) => agent.value === String(id))?.label)
                  .filter(Boolean)
                  .join(', ')}
              </Cell>
              <Cell className="text-end">
                <ButtonLink to={`?edit=${row.id}`} size="small" aria-label={t('admin.teams.edit', { name: row.name })}>
                  {t('common.edit')}
                </ButtonLink>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </AdminPage>
  )
}
