import { redirect } from 'react-router'
import { z } from 'zod'
import { endAgentSessions } from '#access/end-agent-sessions.ts'
import { grantsOf, readRoles, setGrants } from '#access/roles.ts'
import { sessionsOf } from '#access/sessions.ts'
import { transact } from '#core/transact.ts'
import { useT } from '#i18n/react.tsx'
import { changeAgent } from '#people/agents.ts'
import { readDirectory } from '#people/directory.ts'
import { invitationLink, inviteAgain, inviteAgent } from '#sign-in/invitations.ts'
import { pageOf } from '../../context.ts'
import { emailField, idField, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/agents.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, editOf, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [{ agents, departments }, roles] = await Promise.all([readDirectory(ctx), readRoles(ctx)])
  const edit = editOf(args.request)
  const rows = await Promise.all(
    agents.map(async (agent) => {
      const grants = await grantsOf(ctx, agent.id)
      return {
        id: agent.id,
        name: agent.name,
        email: agent.email,
        isAdministrator: agent.isAdministrator,
        seesAllTickets: agent.seesAllTickets,
        state: agent.isArchived ? ('inactive' as const) : agent.hasPassword ? ('active' as const) : ('invited' as const),
        isAway: agent.awayUntil !== null && agent.awayUntil > ctx.clock.now(),
        grants,
        roles: grants.map((grant) => {
          const role = roles.find((one) => one.id === grant.role)?.name ?? ''
          return `${departments.find((one) => one.id === grant.department)?.name ?? ''}: ${role}`
        }),
      }
    }),
  )
  const row = typeof edit === 'number' ? (rows.find((one) => one.id === edit) ?? null) : null
  return {
    title: pageOf(args.context).t('admin.agents.title'),
    rows,
    edit: edit === 'new' ? ('new' as const) : row,
    sessions: row ? (await sessionsOf(ctx, { agent: row.id })).length : 0,
    departments: departments.filter((one) => !one.isArchived).map((one) => ({ id: one.id, name: one.name })),
    roles: roles.filter((one) => !one.isArchived).map((one) => ({ value: String(one.id), label: one.name })),
    agentRole: String(roles.find((one) => one.key === 'agent')?.id ?? ''),
  }
}

/** Fields `role.DEPARTMENT` hold a role's id or nothing. */
const Card = z.looseObject({ name: z.string().trim().min(1).max(120), email: emailField, administrator: ticked, seesAll: ticked })
const Input = z.discriminatedUnion('act', [
  Card.extend({ act: z.literal('invite') }),
  Card.extend({ act: z.literal('save'), id: idField }),
  z.object({ act: z.enum(['again', 'link', 'deactivate', 'activate', 'end']), id: idField }),
])

function grantsIn(fields: Record<string, unknown>): { department: number; role: number }[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const department = /^role\.(\d{1,15})$/.exec(name)?.[1]
    return department && typeof value === 'string' && /^\d{1,15}$/.test(value)
      ? [{ department: Number(department), role: Number(value) }]
      : []
  })
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    switch (input.act) {
      case 'invite':
        await inviteAgent(ctx, {
          name: input.name,
          email: input.email,
          administrator: input.administrator,
          seesAllTickets: input.seesAll,
          grants: grantsIn(input),
        })
        return redirect('/admin/agents?done=sent')
      case 'save':
        await transact(ctx, async (ctx) => {
          await changeAgent(ctx, input.id, {
            name: input.name,
            email: input.email,
            administrator: input.administrator,
            seesAllTickets: input.seesAll,
          })
          await setGrants(ctx, input.id, grantsIn(input))
        })
        return redirect('/admin/agents?done=saved')
      case 'again':
        await inviteAgain(ctx, input.id)
        return redirect('/admin/agents?done=sent')
      case 'link':
        return { link: await invitationLink(ctx, input.id), values: {} }
      case 'deactivate':
        await transact(ctx, async (ctx) => {
          await changeAgent(ctx, input.id, { archived: true })
          await endAgentSessions(ctx, input.id)
        })
        return redirect('/admin/agents?done=saved')
      case 'activate':
        await changeAgent(ctx, input.id, { archived: false })
        return redirect('/admin/agents?done=saved')
      case 'end':
        await endAgentSessions(ctx, input.id)
        return redirect('/admin/agents?done=ended')
    }
  })

export default function Agents({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  if (loaderData.edit)
    return (
      <Editor loaderData={loaderData} answer={actionData} link={actionData && 'link' in actionData ? actionData.link : null} />
    )
  return (
    <AdminPage
      title={t('admin.agents.title')}
      intro={t('admin.agents.intro')}
      done={{ sent: t('admin.agents.sent'), ended: t('admin.agents.ended') }}
      actions={
        <ButtonLink to="?edit=new" variant="primary">
          {t('admin.agents.invite')}
        </ButtonLink>
      }
    >
      <Table
        caption={t('admin.agents.title')}
        head={
          <>
            <Head>{t('admin.agents.name')}</Head>
            <Head>{t('admin.agents.email')}</Head>
            <Head>{t('admin.agents.roles')}</Head>
            <Head>{t('admin.agents.state')}</Head>
            <ActionsHead />
          </>
        }
      >
        {loaderData.rows.map((row) => (
          <Row key={row.id}>
            <Cell className="font-medium">{row.name}</Cell>
            <Cell className="wrap-anywhere text-ink-muted">{row.email}</Cell>
            <Cell>
              <span className="flex flex-wrap gap-1">
                {row.isAdministrator ? <Badge tone="accent">{t('admin.agents.administrator')}</Badge> : null}
                {row.roles.map((role) => (
                  <Badge key={role}>{role}</Badge>
                ))}
              </span>
            </Cell>
            <Cell>
              <Badge tone={row.state === 'active' ? 'success' : row.state === 'invited' ? 'info' : 'neutral'}>
                {t(`admin.agents.${row.state}`)}
              </Badge>{' '}
              {row.isAway ? <Badge tone="warning">{t('admin.agents.away')}</Badge> : null}
            </Cell>
            <Cell className="text-end">
              <ButtonLink to={`?edit=${row.id}`} size="small" aria-label={t('admin.agents.edit', { name: row.name })}>
                {t('common.edit')}
              </ButtonLink>
            </Cell>
          </Row>
        ))}
      </Table>
    </AdminPage>
  )
}

function Editor({
  loaderData,
  answer,
  link,
}: {
  loaderData: Route.ComponentProps['loaderData']
  answer: FormAnswer | undefined
  link: string | null
}) {
  const t = useT()
  const { edit, departments, roles, agentRole, sessions } = loaderData
  const row = edit === 'new' ? null : edit
  return (
    <AdminPage
      width="normal"
      title={row ? t('admin.agents.edit', { name: row.name }) : t('admin.agents.invite')}
      {...(row ? {} : { intro: t('admin.agents.inviteIntro') })}
    >
      {link ? (
        <Notice tone="success" live className="mb-6" title={t('admin.agents.linkMade')}>
          <code className="wrap-anywhere font-mono">{link}</code>
        </Notice>
      ) : null}
      <Form answer={link ? undefined : answer}>
        <input type="hidden" name="act" value={row ? 'save' : 'invite'} />
        {row ? <input type="hidden" name="id" value={row.id} /> : null}
        <Section title={t('admin.agents.account')}>
          <Stack>
            <TextField
              name="name"
              label={t('admin.agents.name')}
              defaultValue={row?.name}
              maxLength={120}
              autoComplete="off"
              required
            />
            <TextField
              name="email"
              type="email"
              label={t('admin.agents.email')}
              defaultValue={row?.email}
              autoComplete="off"
              required
            />
            <CheckboxField
              name="administrator"
              label={t('admin.agents.administrator')}
              hint={t('admin.agents.administratorHint')}
              defaultChecked={row?.isAdministrator ?? false}
            />
            <CheckboxField
              name="seesAll"
              label={t('admin.agents.seesAll')}
              hint={t('admin.agents.seesAllHint')}
              defaultChecked={row?.seesAllTickets ?? false}
            />
          </Stack>
        </Section>
        <Section title={t('admin.agents.rights')} intro={t('admin.agents.rightsIntro')}>
          <Stack>
            {departments.map((department, index) => (
              <SelectField
                key={department.id}
                name={`role.${department.id}`}
                label={t('admin.agents.department', { department: department.name })}
                defaultValue={String(
                  row
                    ? (row.grants.find((grant) => grant.department === department.id)?.role ?? '')
                    : index === 0
                      ? agentRole
                      : '',
                )}
                options={[{ value: '', label: t('admin.agents.noRole') }, ...roles]}
              />
            ))}
          </Stack>
        </Section>
        <FormActions>
          <Button type="submit" variant="primary">
            {row ? t('common.save') : t('admin.agents.inviteSend')}
          </Button>
          <ButtonLink to="/admin/agents" variant="quiet">
            {t('common.cancel')}
          </ButtonLink>
        </FormActions>
      </Form>
      {row ? (
        <div className="mt-8">
          <Section title={t('admin.agents.state')} intro={t('admin.agents.sessions', { count: sessions })}>
            <Form className="flex flex-wrap gap-2">
              <input type="hidden" name="id" value={row.id} />
              {row.state === 'invited' ? (
                <>
                  <Button type="submit" name="act" value="again">
                    {t('admin.agents.again')}
                  </Button>
                  <Button type="submit" name="act" value="link">
                    {t('admin.agents.link')}
                  </Button>
                </>
              ) : null}
              {sessions > 0 ? (
                <Button type="submit" name="act" value="end">
                  {t('admin.agents.endSessions')}
                </Button>
              ) : null}
              {row.state === 'inactive' ? (
                <Button type="submit" name="act" value="activate">
                  {t('admin.agents.activate')}
                </Button>
              ) : (
                <Button type="submit" variant="danger" name="act" value="deactivate">
                  {t('admin.agents.deactivate')}
                </Button>
              )}
            </Form>
            <p className="mt-2 text-ink-faint text-small">{t('admin.agents.deactivateHint')}</p>
          </Section>
        </div>
      ) : null}
    </AdminPage>
  )
}
