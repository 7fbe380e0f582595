import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { readTags, saveTag, TagName, tagColours } from '#workflow/tags.ts'
import { pageOf } from '../../context.ts'
import { idField, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/tags.ts'
import { ActionsHead, AdminPage, SaveOrCancel } from './admin-page.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const tags = await readTags(ctx)
  const edit = editOf(args.request)
  return {
    title: pageOf(args.context).t('admin.tags.title'),
    tags,
    agentsMayCreate: (await readSettings(ctx))['tags.agentsMayCreate'],
    edit: edit === 'new' ? ('new' as const) : (tags.find((one) => one.id === edit) ?? null),
  }
}

const Input = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('tag'),
    id: z.union([z.literal('new'), idField]),
    name: TagName,
    colour: z.enum(tagColours),
    archived: ticked,
  }),
  z.object({ intent: z.literal('who'), agentsMayCreate: ticked }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.intent === 'who') await changeSettings(ctx, { 'tags.agentsMayCreate': input.agentsMayCreate })
    else
      await saveTag(ctx, input.id === 'new' ? null : input.id, {
        name: input.name,
        colour: input.colour,
        archived: input.archived,
      })
    return redirect('/admin/tags?done=saved')
  })

export default function Tags({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { tags, edit, agentsMayCreate } = loaderData
  if (edit) {
    const row = edit === 'new' ? null : edit
    return (
      <AdminPage width="normal" title={row ? t('admin.tags.edit', { name: row.name }) : t('admin.tags.add')}>
        <Form answer={actionData}>
          <input type="hidden" name="intent" value="tag" />
          <input type="hidden" name="id" value={row?.id ?? 'new'} />
          <Stack>
            <TextField name="name" label={t('admin.tags.name')} defaultValue={row?.name} maxLength={40} required />
            <SelectField
              name="colour"
              label={t('admin.tags.colour')}
              defaultValue={row?.colour ?? 'neutral'}
              options={tagColours.map((colour) => ({ value: colour, label: t(`admin.tags.colours.${colour}`) }))}
            />
            {row ? <CheckboxField name="archived" label={t('admin.tags.archive')} defaultChecked={row.isArchived} /> : null}
          </Stack>
          <SaveOrCancel backTo="/admin/tags" />
        </Form>
      </AdminPage>
    )
  }
  return (
    <AdminPage
      title={t('admin.tags.title')}
      intro={t('admin.tags.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.tags.add')}
        </ButtonLink>
      }
    >
      {tags.length === 0 ? (
        <EmptyState title={t('admin.tags.empty')} />
      ) : (
        <Table
          caption={t('admin.tags.title')}
          head={
            <>
              <Head>{t('admin.tags.name')}</Head>
              <Head>{t('admin.tags.colour')}</Head>
              <ActionsHead />
            </>
          }
        >
          {tags.map((row) => (
            <Row key={row.id}>
              <Cell>
                <Badge tone={row.colour}>{row.name}</Badge> {row.isArchived ? <Badge>{t('admin.archived')}</Badge> : null}
              </Cell>
              <Cell>{t(`admin.tags.colours.${row.colour}`)}</Cell>
              <Cell className="text-end">
                <ButtonLink to={`?edit=${row.id}`} size="small" aria-label={t('admin.tags.edit', { name: row.name })}>
                  {t('common.edit')}
                </ButtonLink>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <Form answer={actionData} className="mt-6">
        <input type="hidden" name="intent" value="who" />
        <Stack>
          <CheckboxField
            name="agentsMayCreate"
            label={t('admin.tags.agentsMayCreate')}
            hint={t('admin.tags.agentsMayCreateHint')}
            defaultChecked={agentsMayCreate}
          />
        </Stack>
        <SaveOrCancel backTo="/admin/tags" />
      </Form>
    </AdminPage>
  )
}
