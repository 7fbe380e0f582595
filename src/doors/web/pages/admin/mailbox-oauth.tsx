import { data, redirect } from 'react-router'
import { z } from 'zod'
import { addMailbox, changeMailbox, pauseMailbox, removeMailbox } from '#channels/change-mailboxes.ts'
import { microsoftCommands } from '#channels/email/microsoft-commands.ts'
import { providerName, scopesOf } from '#channels/email/oauth-settings.ts'
import { hasJunk } from '#channels/junk.ts'
import { beginSignIn, begunSignIn, canReturn, checkDeviceSignIn, signInReturn } from '#channels/mailbox-sign-in.ts'
import { type ShownMailbox, showMailbox, waitingToLeave } from '#channels/show-mailboxes.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { readDirectory } from '#people/directory.ts'
import { pageOf } from '../../context.ts'
import { idField, orRefuse } from '../../forms.ts'
import { testProblems } from '../../mailbox-form.ts'
import { isProvider, OAuthForm, oauthInput, oauthVerb } from '../../oauth-form.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/mailbox-oauth.ts'
import { AdminPage } from './admin-page.tsx'
import { JunkSection } from './junk-section.tsx'
import { healthOf, MailboxHealth } from './mailbox-health.tsx'
import { MailboxWays } from './mailbox-ways.tsx'
import { OAuthFields, type OAuthValues } from './oauth-fields.tsx'
import { OAuthGuide, OAuthState } from './oauth-state.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { provider } = args.params
  if (!isProvider(provider)) throw data(null, { status: 404 })
  const { t, deskName } = pageOf(args.context)
  const edit = editOf(args.request)
  const row = typeof edit === 'number' ? await orRefuse(showMailbox(ctx, edit)) : null
  const grant = row?.grant?.settings.provider === provider ? row.grant : null
  const returnAddress = await signInReturn(ctx)
  const mayReturn = canReturn(returnAddress)
  const { departments } = await readDirectory(ctx)
  const values = valuesOf(row, provider, mayReturn, deskName)
  return {
    title: row ? t('admin.mailboxes.editTitle', { address: row.address }) : t('admin.mailboxes.add'),
    provider,
    id: row?.id ?? null,
    isActive: row?.isActive ?? true,
    hasJunk: row !== null && hasJunk(row),
    health: row && healthOf(t, row),
    departmentId: row?.department ?? null,
    departments: departments.filter((one) => !one.isArchived).map((one) => ({ value: String(one.id), label: one.name })),
    values,
    mayReturn,
    guide: {
      returnAddress,
      scopes: grant
        ? scopesOf(grant.settings, row?.graph ? 'graph' : 'imap_smtp', row?.graph?.endpoint)
        : provider === 'google'
          ? 'https://mail.google.com/'
          : '',
      steps:
        provider === 'microsoft'
          ? microsoftCommands({
              mailbox: values.account || values.address,
              tenant: values.tenant,
              clientId: values.clientId,
              access: values.access === 'graph' ? 'graph' : 'imap_smtp',
              grant: values.grant as OAuthForm['grant'],
              returnAddress,
            })
          : [],
    },
    state:
      row && grant
        ? {
            mailbox: row.id,
            account: values.account || row.address,
            provider: providerName(grant.settings),
            signedInAt: grant.signedInAt?.toISOString() ?? null,
            refused: grant.refusal
              ? {
                  text: t.at(`mail.trouble.${grant.refusal.key}`, { host: grant.refusal.provider }),
                  detail: grant.refusal.detail,
                  since: grant.refusedAt?.toISOString() ?? null,
                }
              : null,
            waiting: await waitingToLeave(ctx, row.id),
            begun: await begunSignIn(ctx, row.id),
            isApplication: grant.settings.grant === 'client_credentials',
          }
        : null,
  }
}

function valuesOf(row: ShownMailbox | null, provider: string, mayReturn: boolean, deskName: string): OAuthValues {
  const settings = row?.grant?.settings.provider === provider ? row.grant.settings : null
  const user = row?.graph?.user ?? row?.imap?.user ?? ''
  return {
    address: row?.address ?? '',
    name: row?.name ?? deskName,
    account: user === row?.address ? '' : user,
    access: row?.grant ? (row.graph ? 'graph' : 'imap_smtp') : provider === 'microsoft' ? 'graph' : 'imap_smtp',
    grant: settings?.grant ?? (mayReturn ? 'authorization_code' : provider === 'google' ? 'client_credentials' : 'device_code'),
    tenant: settings?.tenant ?? '',
    clientId: settings?.clientId ?? '',
    expiresOn: (settings && row?.grant?.secretExpiresOn) ?? '',
    authority: settings?.authority ?? '',
    authorizationEndpoint: settings?.authorizationEndpoint ?? '',
    tokenEndpoint: settings?.tokenEndpoint ?? '',
    deviceEndpoint: settings?.deviceEndpoint ?? '',
    scopes: settings?.scopes ?? '',
    graphEndpoint: row?.graph?.endpoint ?? '',
    folder: row?.graph?.folder ?? row?.imap?.folder ?? 'INBOX',
    afterFetch: row?.graph?.afterFetch ?? row?.imap?.afterFetch ?? 'keep',
    moveTo: row?.graph?.moveTo ?? row?.imap?.moveTo ?? '',
    pollSeconds: String(row?.graph?.pollSeconds ?? row?.imap?.pollSeconds ?? ''),
    batch: String(row?.graph?.batch ?? row?.imap?.batch ?? ''),
    silentAfterHours: String(row?.silentAfterHours ?? ''),
    imapHost: row?.imap?.host ?? '',
    imapPort: String(row?.imap?.port ?? 993),
    smtpHost: row?.smtp?.host ?? '',
    smtpPort: String(row?.smtp?.port ?? 587),
  }
}

const Input = z.discriminatedUnion('act', [
  OAuthForm.extend({ act: z.literal('save'), id: z.union([z.literal('new'), idField]) }),
  z.object({ act: z.enum(['sign-in', 'check-code', 'test', 'pause', 'resume', 'remove']), id: idField }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    const { t } = pageOf(args.context)
    const page = (id: number, done: string): string => `/admin/mailboxes/oauth/${args.params.provider}?edit=${id}&done=${done}`
    if (input.act === 'save') {
      const before = input.id === 'new' ? null : await showMailbox(ctx, input.id)
      const id = await save(ctx, input, before, t)
      return redirect(page(id, 'saved'))
    }
    switch (input.act) {
      case 'sign-in': {
        const begun = await oauthVerb(t, () => beginSignIn(ctx, input.id), '/signIn')
        return redirect(page(input.id, begun ? 'begun' : 'signedIn'))
      }
      case 'check-code': {
        if (!(await oauthVerb(t, () => checkDeviceSignIn(ctx, input.id), '/signIn')))
          throw new AppError('invalid', 'invalid', {
            problems: [{ pointer: '/signIn', key: 'sentence', params: { sentence: t('admin.oauth.codeNotYet') } }],
          })
        return redirect(page(input.id, 'signedIn'))
      }
      case 'test': {
        const { imap, smtp, graph, grant, address, name, department } = await showMailbox(ctx, input.id)
        const oauth = grant && { ...grant.settings, secretExpiresOn: grant.secretExpiresOn }
        const tested = await testMailbox(ctx, { imap, smtp, graph, oauth, address, name, department }, input.id)
        const failed = testProblems(t, tested, 'mailTestNotPassed')
        if (failed) throw atClient(failed)
        return redirect(page(input.id, 'tested'))
      }
      case 'remove':
        await removeMailbox(ctx, input.id)
        return redirect('/admin/mailboxes?done=saved')
      default:
        await pauseMailbox(ctx, input.id, input.act === 'pause')
        return redirect(page(input.id, 'saved'))
    }
  })

async function save(
  ctx: Context,
  form: OAuthForm,
  before: ShownMailbox | null,
  t: ReturnType<typeof pageOf>['t'],
): Promise<number> {
  const mailbox = oauthInput(form, before)
  if (!form.force) {
    const failed = testProblems(t, await oauthVerb(t, () => testMailbox(ctx, mailbox, before?.id ?? null)))
    if (failed) throw atClient(failed)
  }
  return oauthVerb(t, async () => {
    const id = before ? before.id : (await addMailbox(ctx, mailbox)).id
    if (before) await changeMailbox(ctx, id, mailbox)
    // An application signs in by itself; what a test showed to work is not put off.
    if (form.grant === 'client_credentials' && !form.force) await beginSignIn(ctx, id)
    return id
  })
}

/** A test of servers that the form does not name is about the sign-in. */
const atClient = (error: AppError): AppError =>
  new AppError(error.code, error.key, { problems: error.problems.map((problem) => ({ ...problem, pointer: '/clientId' })) })

export default function MailboxOAuth({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { id, provider, values, state, guide } = loaderData
  return (
    <AdminPage
      width="normal"
      title={loaderData.title}
      done={{ tested: t('admin.mailboxes.testOk'), ...(state?.refused ? {} : { signedIn: t('admin.oauth.done') }) }}
    >
      {state ? <OAuthState state={state} answer={actionData} /> : null}
      <MailboxWays edit={id ?? 'new'} />
      <Form answer={actionData}>
        <input type="hidden" name="act" value="save" />
        <input type="hidden" name="provider" value={provider} />
        <input type="hidden" name="id" value={id ?? 'new'} />
        <Stack className="gap-6">
          <OAuthFields provider={provider} isNew={id === null} mayReturn={loaderData.mayReturn} values={values} />
          <SelectField
            name="department"
            label={t('admin.mailboxes.department')}
            hint={t('admin.mailboxes.departmentHint')}
            options={loaderData.departments}
            defaultValue={String(loaderData.departmentId ?? loaderData.departments[0]?.value ?? '')}
          />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {id === null ? t('admin.oauth.submit') : t('admin.oauth.save')}
          </Button>
          {actionData?.errors?.clientId ? (
            <Button type="submit" name="force" value="yes">
              {t('admin.oauth.forceSave')}
            </Button>
          ) : null}
          <ButtonLink to="/admin/mailboxes" variant="quiet">
            {t('common.cancel')}
          </ButtonLink>
        </FormActions>
      </Form>
      <div className="mt-8">
        {loaderData.health ? <MailboxHealth health={loaderData.health} /> : null}
        <OAuthGuide provider={provider} grant={values.grant} access={values.access} {...guide} />
        {id !== null && loaderData.hasJunk ? <JunkSection mailbox={id} /> : null}
        {id !== null ? (
          <Section title={t('admin.mailboxes.state')} intro={t('admin.mailboxes.removeHint')}>
            <Form>
              <input type="hidden" name="id" value={id} />
              <div className="flex flex-wrap gap-2">
                <Button type="submit" name="act" value="test">
                  {t('admin.mailboxes.test')}
                </Button>
                <Button type="submit" name="act" value={loaderData.isActive ? 'pause' : 'resume'}>
                  {loaderData.isActive ? t('admin.mailboxes.pause') : t('admin.mailboxes.resume')}
                </Button>
                <Button type="submit" variant="danger" name="act" value="remove">
                  {t('admin.mailboxes.remove')}
                </Button>
              </div>
            </Form>
          </Section>
        ) : null}
      </div>
    </AdminPage>
  )
}
