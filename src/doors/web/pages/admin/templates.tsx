import { redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { readSettings } from '#settings/settings.ts'
import { editTemplate, listTemplates, resetTemplate, TemplateInput } from '#templates/edit-template.ts'
import { templateInfo, templateKeys } from '#templates/mail-templates.ts'
import { renderTemplate, templateFor } from '#templates/render-mail.ts'
import { previewVariables } from '#tickets/preview-variables.ts'
import { pageOf } from '../../context.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/templates.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const locale = (await readSettings(ctx))['desk.locale']
  const changed = await listTemplates(ctx)
  const asked = new URL(args.request.url).searchParams.get('edit')
  const key = templateKeys.find((one) => one === asked) ?? null
  return {
    title: t('admin.templates.title'),
    locale,
    rows: templateKeys.map((one) => ({
      key: one,
      audience: templateInfo[one].audience,
      isChanged: changed.some((row) => row.key === one && row.locale === locale),
    })),
    edit: key ? { key, ...(await templateFor(ctx, key, locale)), variables: [...templateInfo[key].variables] } : null,
    ticket: key ? ((await previewVariables(ctx))?.number ?? null) : null,
  }
}

const Input = TemplateInput.extend({ act: z.enum(['save', 'preview', 'reset']) })

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, { act, ...input }) => {
    if (act === 'reset') {
      await resetTemplate(ctx, input.key, input.locale)
      return redirect('/admin/templates?done=saved')
    }
    if (act === 'save') {
      await editTemplate(ctx, input)
      return redirect('/admin/templates?done=saved')
    }
    const sample = await previewVariables(ctx)
    const mail = renderTemplate(input, sample?.variables ?? { desk: { name: pageOf(args.context).deskName } }, input.locale)
    return {
      preview: {
        number: sample?.number ?? null,
        subject: mail.subject,
        text: mail.text,
        html: mail.html.replace(/<style>[\s\S]*?<\/style>/g, ''),
      },
      values: { subject: input.subject, body: input.body },
    }
  })

export default function Templates({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { rows, edit, locale } = loaderData
  const preview = actionData && 'preview' in actionData ? actionData.preview : null
  if (edit) {
    return (
      <AdminPage width="normal" title={t('admin.templates.edit', { name: t(`admin.templates.names.${edit.key}`) })}>
        <Form answer={actionData}>
          <input type="hidden" name="key" value={edit.key} />
          <input type="hidden" name="locale" value={locale} />
          <Stack>
            <TextField name="subject" label={t('admin.templates.subject')} defaultValue={edit.subject} maxLength={250} required />
            <TextAreaField
              name="body"
              label={t('admin.templates.body')}
              defaultValue={edit.body}
              rows={14}
              spellCheck={false}
              style={{ fontFamily: 'var(--font-mono)' }}
              required
            />
            <p className="wrap-anywhere text-ink-muted text-small">
              {t('admin.templates.variables')}:{' '}
              {edit.variables.map((name) => (
                <code key={name} className="me-2 rounded-small bg-sunken px-1 font-mono">{`{{ ${name} }}`}</code>
              ))}
            </p>
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary" name="act" value="save">
              {t('admin.templates.save')}
            </Button>
            <Button type="submit" name="act" value="preview">
              {loaderData.ticket
                ? t('admin.templates.previewOf', { number: loaderData.ticket })
                : t('admin.templates.previewSample')}
            </Button>
            {rows.find((row) => row.key === edit.key)?.isChanged ? (
              <Button type="submit" variant="quiet" name="act" value="reset">
                {t('admin.templates.reset')}
              </Button>
            ) : null}
            <ButtonLink to="/admin/templates" variant="quiet">
              {t('common.cancel')}
            </ButtonLink>
          </FormActions>
        </Form>
        {preview ? (
          <div className="mt-8">
            <Section title={t('admin.templates.preview')} stacked>
              <p className="mb-2 font-medium">{preview.subject}</p>
              <iframe
                title={t('admin.templates.preview')}
                srcDoc={preview.html}
                sandbox=""
                className="h-80 w-full rounded-base border border-line bg-[#fff]"
              />
              <pre className="wrap-anywhere mt-3 whitespace-pre-wrap rounded-base bg-sunken p-3 font-mono text-small">
                {preview.text}
              </pre>
            </Section>
          </div>
        ) : null}
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
                {row.isChanged ? <Badge tone="accent">{t('admin.templates.own')}</Badge> : t('admin.templates.shipped')}
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
