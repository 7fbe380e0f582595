import { redirect } from 'react-router'
import { z } from 'zod'
import { permissions } from '#access/permissions.ts'
import { readRoles, saveRole } from '#access/roles.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { idField, listOf, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/roles.ts'
import { AdminPage, SaveOrCancel } from './admin-page.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const roles = await readRoles(requireAdmin(args))
  const { t } = pageOf(args.context)
  const edit = editOf(args.request)
  return {
    title: t('admin.roles.title'),
    roles,
    // A dot separates the levels of a message's key, so permissions are named with a hyphen there.
    permissions: permissions.map((name) => ({
      name: name as string,
      label: t.at(`admin.roles.permissions.${name.replace('.', '-')}`),
    })),
    edit: edit === 'new' ? ('new' as const) : (roles.find((one) => one.id === edit) ?? null),
  }
}

const Input = z.object({
  id: z.union([z.literal('new'), idField]),
  name: z.string().trim().min(1).max(80),
  permissions: listOf(z.enum(permissions)),
  archived: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    await saveRole(ctx, input.id === 'new' ? null : input.id, {
      name: input.name,
      permissions: input.permissions,
      archived: input.archived,
    })
    return redirect('/admin/roles?done=saved')
  })

export default function Roles({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { roles, permissions, edit } = loaderData
  if (edit) {
    const row = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={row ? t('admin.roles.edit', { name: row.name }) : t('admin.roles.add')}>
        <Form answer={actionData}>
          <input type="hidden" name="id" value={row?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.roles.name')} defaultValue={row?.name} maxLength={80} required />
            <fieldset>
              <legend className="mb-2 font-medium">{t('admin.roles.permission')}</legend>
              <div className="grid gap-2 sm:grid-cols-2">
                {permissions.map((permission) => (
                  <CheckboxField
                    key={permission.name}
                    name="permissions"
                    value={permission.name}
                    label={permission.label}
                    defaultChecked={row?.permissions.includes(permission.name) ?? permission.name === 'ticket.view'}
                  />
                ))}
              </div>
            </fieldset>
            {row ? <CheckboxField name="archived" label={t('admin.roles.archive')} defaultChecked={row.isArchived} /> : null}
          </Stack>
          <SaveOrCancel backTo="/admin/roles" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.roles.title')}
      intro={t('admin.roles.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.roles.add')}
        </ButtonLink>
      }
    >
      <Table
        caption={t('admin.roles.title')}
        head={
          <>
            <Head>{t('admin.roles.permission')}</Head>
            {roles.map((role) => (
              <Head key={role.id} className="text-center">
                <a className="link" href={`?edit=${role.id}`} aria-label={t('admin.roles.edit', { name: role.name })}>
                  {role.name}
                </a>{' '}
                {role.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
              </Head>
            ))}
          </>
        }
      >
        {permissions.map((permission) => (
          <Row key={permission.name}>
            <Cell>{permission.label}</Cell>
            {roles.map((role) => (
              <Cell key={role.id} className="text-center">
                {role.permissions.includes(permission.name) ? (
                  <>
                    <span aria-hidden="true" className="font-semibold text-accent-ink">
                      ✓
                    </span>
                    <span className="sr-only">{t('common.yes')}</span>
                  </>
                ) : (
                  <>
                    <span aria-hidden="true" className="text-ink-faint">
                      –
                    </span>
                    <span className="sr-only">{t('common.no')}</span>
                  </>
                )}
              </Cell>
            ))}
          </Row>
        ))}
      </Table>
    </AdminPage>
  )
}
