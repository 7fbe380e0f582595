import { redirect } from 'react-router'
import { z } from 'zod'
import { addMailbox, changeMailbox, pauseMailbox, removeMailbox } from '#channels/change-mailboxes.ts'
import { hasJunk } from '#channels/junk.ts'
import { showMailbox, showMailboxes } from '#channels/show-mailboxes.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import { useT } from '#i18n/react.tsx'
import { readDirectory } from '#people/directory.ts'
import { pageOf } from '../../context.ts'
import { idField } from '../../forms.ts'
import { MailboxForm, mailboxInput, mailboxVerb, testProblems } from '../../mailbox-form.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/mailboxes.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { JunkSection } from './junk-section.tsx'
import { MailboxFields } from './mailbox-fields.tsx'
import { healthOf, MailboxHealth } from './mailbox-health.tsx'
import { MailboxWays } from './mailbox-ways.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const { departments } = await readDirectory(ctx)
  const rows = (await showMailboxes(ctx)).map((row) => ({
    id: row.id,
    address: row.address,
    name: row.name,
    departmentId: row.department,
    department: departments.find((one) => one.id === row.department)?.name ?? '',
    state: !row.isActive
      ? 'paused'
      : row.trouble
        ? 'failing'
        : !row.imap && !row.graph
          ? 'listener'
          : row.lastPolledAt
            ? 'ok'
            : 'waiting',
    hasJunk: hasJunk(row),
    imap: row.imap,
    smtp: row.smtp,
    provider: row.grant?.settings.provider ?? null,
    silentAfterHours: row.silentAfterHours,
    ...healthOf(t, row),
  }))
  const edit = editOf(args.request)
  const chosen = rows.find((row) => row.id === edit)
  // One that signs in without a password has a form of its own.
  if (chosen?.provider && new URL(args.request.url).searchParams.get('by') !== 'password')
    throw redirect(`/admin/mailboxes/oauth/${chosen.provider}?edit=${chosen.id}`)
  return {
    title: t('admin.mailboxes.title'),
    deskName: pageOf(args.context).deskName,
    rows,
    edit: edit === 'new' ? ('new' as const) : (rows.find((row) => row.id === edit) ?? null),
    departments: departments.filter((one) => !one.isArchived).map((one) => ({ value: String(one.id), label: one.name })),
  }
}

const Input = z.discriminatedUnion('act', [
  MailboxForm.extend({ act: z.literal('save'), id: z.union([z.literal('new'), idField]) }),
  z.object({ act: z.enum(['test', 'pause', 'resume', 'remove']), id: idField }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act !== 'save') {
      if (input.act === 'test') {
        const { imap, smtp, address, name, department } = await showMailbox(ctx, input.id)
        const failed = testProblems(
          pageOf(args.context).t,
          await testMailbox(ctx, { imap, smtp, address, name, department }, input.id),
          'mailTestNotPassed',
        )
        if (failed) throw failed
        return redirect(`/admin/mailboxes?edit=${input.id}&done=tested`)
      }
      if (input.act === 'remove') await removeMailbox(ctx, input.id)
      else await pauseMailbox(ctx, input.id, input.act === 'pause')
      return redirect('/admin/mailboxes?done=saved')
    }
    const id = input.id === 'new' ? null : input.id
    const mailbox = mailboxInput(input, Number(input.department))
    if (!input.force) {
      const failed = testProblems(pageOf(args.context).t, await mailboxVerb(() => testMailbox(ctx, mailbox, id)))
      if (failed) throw failed
    }
    await mailboxVerb(async () => {
      if (id === null) await addMailbox(ctx, mailbox)
      else await changeMailbox(ctx, id, mailbox)
    })
    return redirect('/admin/mailboxes?done=saved')
  })

const tones: Record<string, Tone> = { ok: 'success', paused: 'neutral', failing: 'danger', listener: 'info', waiting: 'info' }

export default function Mailboxes({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { rows, edit } = loaderData
  if (edit) return <Editor loaderData={loaderData} answer={actionData} />
  return (
    <AdminPage
      title={t('admin.mailboxes.title')}
      intro={t('admin.mailboxes.intro')}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.mailboxes.add')}
        </ButtonLink>
      }
    >
      {rows.length === 0 ? (
        <EmptyState title={t('admin.mailboxes.empty')}>{t('admin.mailboxes.emptyText')}</EmptyState>
      ) : (
        <Table
          caption={t('admin.mailboxes.title')}
          head={
            <>
              <Head>{t('admin.mailboxes.address')}</Head>
              <Head>{t('admin.mailboxes.department')}</Head>
              <Head>{t('admin.mailboxes.state')}</Head>
              <Head>{t('admin.mailboxes.lastPoll')}</Head>
              <ActionsHead />
            </>
          }
        >
          {rows.map((row) => (
            <Row key={row.id}>
              <Cell className="font-medium">{row.address}</Cell>
              <Cell>{row.department}</Cell>
              <Cell>
                <Badge tone={tones[row.state] ?? 'neutral'}>{t.at(`admin.mailboxes.${row.state}`)}</Badge>
                {row.trouble ? (
                  <span className="block text-danger-ink text-small" title={row.trouble.detail}>
                    {row.trouble.text}
                  </span>
                ) : null}
              </Cell>
              <Cell className="text-ink-muted">
                {row.lastPolledAt ? <Moment at={row.lastPolledAt} /> : t('admin.never')}
                {row.waitingMails > 0 ? (
                  <span className="block text-small">{t('admin.mailboxes.waitingMails', { count: row.waitingMails })}</span>
                ) : null}
              </Cell>
              <Cell className="text-end">
                <ButtonLink
                  to={`/admin/mailboxes/${row.id}/sending`}
                  size="small"
                  variant="quiet"
                  aria-label={`${t('admin.sending.link')}: ${row.address}`}
                >
                  {t('admin.sending.link')}
                </ButtonLink>{' '}
                <ButtonLink to={`?edit=${row.id}`} size="small" aria-label={`${t('common.edit')}: ${row.address}`}>
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

function Editor({ loaderData, answer }: { loaderData: Route.ComponentProps['loaderData']; answer: FormAnswer | undefined }) {
  const t = useT()
  const { edit, departments, deskName } = loaderData
  const row = edit === 'new' ? null : edit
  const testFailed = Boolean(answer?.errors?.imapHost || answer?.errors?.smtpHost)
  return (
    <AdminPage
      width="normal"
      title={row ? t('admin.mailboxes.editTitle', { address: row.address }) : t('admin.mailboxes.add')}
      done={{ tested: t('admin.mailboxes.testOk') }}
    >
      <MailboxWays edit={row?.id ?? 'new'} />
      <Form answer={answer}>
        <input type="hidden" name="act" value="save" />
        <input type="hidden" name="id" value={row?.id ?? 'new'} />
        <Stack className="gap-6">
          <MailboxFields
            name={deskName}
            isNew={row === null}
            {...(row
              ? {
                  values: {
                    address: row.address,
                    name: row.name,
                    incoming: row.imap?.protocol ?? ('none' as const),
                    silentAfterHours: row.silentAfterHours,
                    outgoing: row.smtp ? ('smtp' as const) : ('default' as const),
                    imap: row.imap,
                    smtp: row.smtp,
                  },
                }
              : {})}
          />
          <SelectField
            name="department"
            label={t('admin.mailboxes.department')}
            hint={t('admin.mailboxes.departmentHint')}
            options={departments}
            defaultValue={String(row?.departmentId ?? departments[0]?.value ?? '')}
          />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {row ? t('admin.mailboxes.save') : t('setup.mailbox.submit')}
          </Button>
          {testFailed ? (
            <Button type="submit" name="force" value="yes">
              {t('setup.mailbox.force')}
            </Button>
          ) : null}
          <ButtonLink to="/admin/mailboxes" variant="quiet">
            {t('common.cancel')}
          </ButtonLink>
        </FormActions>
      </Form>
      {row ? (
        <div className="mt-8">
          <MailboxHealth health={row} />
          {row.hasJunk ? <JunkSection mailbox={row.id} /> : null}
          <Section title={t('admin.mailboxes.state')} intro={t('admin.mailboxes.removeHint')}>
            <div className="flex flex-wrap gap-2">
              <Form>
                <input type="hidden" name="id" value={row.id} />
                <Button type="submit" name="act" value="test">
                  {t('admin.mailboxes.test')}
                </Button>
              </Form>
              <Form>
                <input type="hidden" name="id" value={row.id} />
                <Button type="submit" name="act" value={row.state === 'paused' ? 'resume' : 'pause'}>
                  {row.state === 'paused' ? t('admin.mailboxes.resume') : t('admin.mailboxes.pause')}
                </Button>
              </Form>
              <Form>
                <input type="hidden" name="id" value={row.id} />
                <Button type="submit" variant="danger" name="act" value="remove">
                  {t('admin.mailboxes.remove')}
                </Button>
              </Form>
            </div>
          </Section>
        </div>
      ) : null}
    </AdminPage>
  )
}
