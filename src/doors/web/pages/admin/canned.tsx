import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import {
  cannedResponseFiles,
  cannedResponseUse,
  readCannedResponses,
  removeCannedFile,
  saveCannedResponse,
} from '#knowledge/canned-responses.ts'
import { cannedVariables } from '#knowledge/fill-variables.ts'
import { readDirectory } from '#people/directory.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { idField, listOf, ticked } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, FieldGroup, FileField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/canned.ts'
import { ActionsHead, AdminPage, SaveOrCancel } from './admin-page.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [responses, { departments }, use] = await Promise.all([
    readCannedResponses(ctx),
    readDirectory(ctx),
    cannedResponseUse(ctx),
  ])
  const edit = editOf(args.request)
  const found = typeof edit === 'number' ? responses.find((one) => one.id === edit) : undefined
  return {
    title: pageOf(args.context).t('admin.canned.title'),
    responses: responses.map((one) => ({ ...one, used: use.get(one.id)?.count ?? 0 })),
    departments: departments.filter((one) => !one.isArchived).map(({ id, name }) => ({ id, name })),
    variables: cannedVariables.map((name) => `{{ ${name} }}`),
    edit: edit === 'new' ? ('new' as const) : (found ?? null),
    files: found ? (await cannedResponseFiles(ctx, [found.id])).map(({ id, name }) => ({ id, name })) : [],
  }
}

const Input = z.object({
  id: z.union([z.literal('new'), idField]),
  name: z.string().trim().min(1).max(80),
  body: z.string().trim().min(1).max(20_000),
  locale: z
    .string()
    .trim()
    .regex(/^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$/)
    .transform((value) => value || null),
  departments: listOf(idField),
  remove: listOf(idField),
  archived: ticked,
})

export const action = (args: Route.ActionArgs) =>
  adminForm(
    args,
    Input,
    async (ctx, { id, remove, ...input }, form) => {
      await saveCannedResponse(ctx, id === 'new' ? null : id, input, await incomingFiles(form.files('files')))
      for (const file of remove) await removeCannedFile(ctx, file)
      return redirect('/admin/canned?done=saved')
    },
    { maxBytes: ctxOf(args.context).site.limits.fileBytes + UPLOAD_TOTAL },
  )

export default function Canned({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { responses, departments, variables, edit, files } = loaderData
  if (edit) {
    const response = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={response ? t('admin.canned.edit', { name: response.name }) : t('admin.canned.add')}>
        <Form answer={actionData} encType="multipart/form-data">
          <input type="hidden" name="id" value={response?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.canned.name')} defaultValue={response?.name} maxLength={80} required />
            <TextAreaField
              name="body"
              label={t('admin.canned.body')}
              hint={t('admin.canned.bodyHint', { variables: variables.join('  ') })}
              defaultValue={response?.body}
              rows={12}
              required
            />
            <TextField
              name="locale"
              label={t('admin.canned.locale')}
              hint={t('admin.canned.localeHint')}
              defaultValue={response?.locale ?? ''}
              maxLength={20}
              optional
              className="max-w-48"
            />
            {departments.length > 1 ? (
              <FieldGroup legend={t('admin.canned.departments')} hint={t('admin.canned.departmentsHint')}>
                {departments.map((one) => (
                  <CheckboxField
                    key={one.id}
                    name="departments"
                    value={String(one.id)}
                    label={one.name}
                    defaultChecked={response?.departments.includes(one.id) ?? false}
                  />
                ))}
              </FieldGroup>
            ) : null}
            <FileField name="files" label={t('admin.canned.files')} optional />
            {files.length > 0 ? (
              <FieldGroup legend={t('admin.canned.removeFiles')}>
                {files.map((file) => (
                  <CheckboxField key={file.id} name="remove" value={String(file.id)} label={file.name} />
                ))}
              </FieldGroup>
            ) : null}
            {response ? (
              <CheckboxField name="archived" label={t('admin.canned.archive')} defaultChecked={response.isArchived} />
            ) : null}
          </Stack>
          <SaveOrCancel backTo="/admin/canned" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.canned.title')}
      intro={t('admin.canned.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.canned.add')}
        </ButtonLink>
      }
    >
      <Table
        caption={t('admin.canned.title')}
        head={
          <>
            <Head>{t('admin.canned.name')}</Head>
            <Head>{t('admin.canned.departments')}</Head>
            <Head>{t('admin.canned.locale')}</Head>
            <Head className="text-end">{t('admin.canned.used')}</Head>
            <ActionsHead />
          </>
        }
      >
        {responses.map((one) => (
          <Row key={one.id} className={one.isArchived ? 'text-ink-muted' : undefined}>
            <Cell className="font-medium">
              {one.name} {one.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
            </Cell>
            <Cell>
              {one.departments.length === 0
                ? t('admin.canned.everywhere')
                : departments
                    .filter((department) => one.departments.includes(department.id))
                    .map((department) => department.name)
                    .join(', ')}
            </Cell>
            <Cell>{one.locale ?? t('admin.canned.anyLanguage')}</Cell>
            <Cell className="text-end tabular-nums">{one.used}</Cell>
            <Cell className="text-end">
              <ButtonLink to={`?edit=${one.id}`} size="small" aria-label={t('admin.canned.edit', { name: one.name })}>
                {t('common.edit')}
              </ButtonLink>
            </Cell>
          </Row>
        ))}
      </Table>
    </AdminPage>
  )
}
