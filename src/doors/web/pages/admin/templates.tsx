import { redirect, Form as SearchForm } from 'react-router'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { locales } from '#i18n/messages.ts'
import { useT } from '#i18n/react.tsx'
import { mailTemplateTest, previewTemplate } from '#notifications/test-template.ts'
import { readDirectory } from '#people/directory.ts'
import { readSettings } from '#settings/settings.ts'
import { editTemplate, listTemplates, resetTemplate, TemplateInput } from '#templates/edit-template.ts'
import { lineDiff } from '#templates/line-diff.ts'
import { shippedTemplates, type TemplateKey, templateInfo, templateKeys } from '#templates/mail-templates.ts'
import { templateFor } from '#templates/render-mail.ts'
import { pageOf } from '../../context.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/templates.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'
import { TemplateEditor } from './template-editor.tsx'

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

/** Languages that people write to a desk in; a desk may have words of its own for each, whatever its screens speak. */
const WRITTEN = [
  'ar',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'fi',
  'fr',
  'he',
  'hu',
  'it',
  'ja',
  'ko',
  'nb',
  'nl',
  'pl',
  'pt',
  'ro',
  'ru',
  'sv',
  'tr',
  'uk',
  'zh',
]

const Query = z.object({
  edit: z.enum(templateKeys).nullable().catch(null),
  locale: TemplateInput.shape.locale.nullable().catch(null),
  department: z.coerce.number().int().positive().nullable().catch(null),
})

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const query = Query.parse(Object.fromEntries(new URL(args.request.url).searchParams))
  const deskLocale = (await readSettings(ctx))['desk.locale']
  const [changed, directory] = await Promise.all([listTemplates(ctx), readDirectory(ctx)])
  const departments = directory.departments.filter((one) => !one.isArchived).map(({ id, name }) => ({ id, name }))
  const locale = query.locale ?? deskLocale
  const department = departments.some((one) => one.id === query.department) ? query.department : null
  const rows = templateKeys.map((key) => ({
    key,
    audience: templateInfo[key].audience,
    own: changed
      .filter((row) => row.key === key)
      .map((row) => ({
        locale: row.locale,
        department: departments.find((one) => one.id === row.department) ?? null,
        isDesks: row.department === null,
      }))
      .filter((row) => row.isDesks || row.department),
  }))
  const base = { title: t('admin.templates.title'), deskLocale, rows }
  if (!query.edit) return { ...base, edit: null }
  const key = query.edit
  const own = changed.find((row) => row.key === key && row.locale === locale && row.department === department)
  const now = await templateFor(ctx, key, locale, department)
  const wider = own ? await widerThan(ctx, key, locale, department) : now
  return {
    ...base,
    edit: {
      key,
      locale,
      department,
      departments,
      languages: [...new Set([deskLocale, locale, ...locales, ...WRITTEN])],
      ...now,
      variables: [...templateInfo[key].variables],
      changedAt: own?.updatedAt.toISOString() ?? null,
      changedBy: directory.agents.find((agent) => agent.id === own?.updatedBy)?.name ?? null,
      diff: own ? { subject: wider.subject === now.subject ? null : wider.subject, lines: lineDiff(wider.body, now.body) } : null,
    },
  }
}

/** What would hold without this version: the desk's for a department, else the shipped one. */
async function widerThan(ctx: Context, key: TemplateKey, locale: string, department: number | null) {
  if (department !== null) return templateFor(ctx, key, locale, null)
  return shippedTemplates[locale.split('-')[0]!]?.[key] ?? shippedTemplates.en![key]
}

const Input = TemplateInput.extend({
  act: z.enum(['save', 'preview', 'test', 'reset']),
  department: z.union([z.literal('').transform(() => null), z.coerce.number().int().positive()]),
  ticket: z.string().max(30).default(''),
})

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, { act, ticket, ...input }) => {
    const back = new URLSearchParams({
      edit: input.key,
      locale: input.locale,
      ...(input.department === null ? {} : { department: String(input.department) }),
      done: 'saved',
    })
    if (act === 'reset') {
      await resetTemplate(ctx, input.key, input.locale, input.department)
      return redirect(`/admin/templates?${back}`)
    }
    if (act === 'save') {
      await editTemplate(ctx, input)
      return redirect(`/admin/templates?${back}`)
    }
    const values = { subject: input.subject, body: input.body, ticket }
    if (act === 'test') return { sentTo: (await mailTemplateTest(ctx, { ...input, ticket })).to, preview: null, values }
    const mail = await previewTemplate(ctx, { ...input, ticket })
    return {
      sentTo: null,
      preview: {
        number: mail.number,
        subject: mail.subject,
        text: mail.text,
        html: mail.html.replace(/<style>[\s\S]*?<\/style>/g, ''),
      },
      values,
    }
  })

export default function Templates({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { rows, edit, deskLocale } = loaderData
  if (edit) {
    const language = (locale: string): string => new Intl.DisplayNames([locale, 'en'], { type: 'language' }).of(locale) ?? locale
    const place = `${edit.key}-${edit.locale}-${edit.department ?? ''}`
    return (
      <AdminPage width="wide" title={t('admin.templates.edit', { name: t(`admin.templates.names.${edit.key}`) })}>
        <SearchForm key={`of-${place}`} className="mb-6 flex flex-wrap items-end gap-3">
          <input type="hidden" name="edit" value={edit.key} />
          <SelectField
            name="locale"
            label={t('admin.templates.language')}
            defaultValue={edit.locale}
            options={edit.languages.map((one) => ({
              value: one,
              label: one === deskLocale ? t('admin.templates.deskLanguage', { name: language(one) }) : language(one),
            }))}
            className="w-56"
          />
          <SelectField
            name="department"
            label={t('admin.templates.department')}
            defaultValue={edit.department === null ? '' : String(edit.department)}
            options={[
              { value: '', label: t('admin.templates.everyDepartment') },
              ...edit.departments.map((one) => ({ value: String(one.id), label: one.name })),
            ]}
            className="w-56"
          />
          <Button type="submit">{t('admin.templates.show')}</Button>
          <ButtonLink to="/admin/templates" variant="quiet">
            {t('admin.templates.back')}
          </ButtonLink>
        </SearchForm>
        <TemplateEditor key={`${place}-${edit.changedAt ?? ''}`} edit={edit} answer={actionData} />
      </AdminPage>
    )
  }
  return (
    <AdminPage title={t('admin.templates.title')} intro={t('admin.templates.intro')}>
      <Table
        caption={t('admin.templates.title')}
        head={
          <>
            <Head>{t('common.name')}</Head>
            <Head>{t('admin.templates.audience')}</Head>
            <Head>{t('admin.templates.state')}</Head>
            <ActionsHead />
          </>
        }
      >
        {rows.map((row) => {
          const name = t(`admin.templates.names.${row.key}`)
          return (
            <Row key={row.key}>
              <Cell className="font-medium">{name}</Cell>
              <Cell>{t(`admin.templates.${row.audience}`)}</Cell>
              <Cell>
                {row.own.length === 0 ? (
                  t('admin.templates.shipped')
                ) : (
                  <span className="flex flex-wrap gap-1">
                    {row.own.map((own) => (
                      <Badge key={`${own.locale}-${own.department?.id ?? ''}`} tone="accent">
                        {t('admin.templates.ownOf', {
                          locale: own.locale,
                          of: own.department?.name ?? t('admin.templates.everyDepartment'),
                        })}
                      </Badge>
                    ))}
                  </span>
                )}
              </Cell>
              <Cell className="text-end">
                <ButtonLink to={`?edit=${row.key}`} size="small" aria-label={`${t('common.edit')}: ${name}`}>
                  {t('common.edit')}
                </ButtonLink>
              </Cell>
            </Row>
          )
        })}
      </Table>
    </AdminPage>
  )
}
