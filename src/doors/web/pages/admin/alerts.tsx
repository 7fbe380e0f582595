import { redirect, Form as SearchForm } from 'react-router'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import {
  alertKinds,
  customerKinds,
  type RuleScope,
  recipientRoles,
  ruleScopes,
  shippedMatrix,
} from '#notifications/alert-kinds.ts'
import { readAlertRules, rulesOfScope, saveAlertRules } from '#notifications/alert-rules.ts'
import { customerSetting, settingFor } from '#notifications/plan-alerts.ts'
import { whoWouldBeTold } from '#notifications/trial.ts'
import { readDirectory } from '#people/directory.ts'
import { findEndUser, findEndUserByAddress } from '#people/end-users.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { pageOf } from '../../context.ts'
import { Button } from '../../ui/button.tsx'
import { Select, SelectField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Section } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/alerts.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const ScopeText = z
  .string()
  .regex(/^[a-z]+-\d{1,15}$/)
  .transform((text) => {
    const [scope, id] = text.split('-') as [string, string]
    return { scope, id: Number(id) }
  })
  .pipe(z.object({ scope: z.enum(ruleScopes), id: z.number() }))

const DESK = { scope: 'desk' as RuleScope, id: 0 }

/** Which scope the page is about; a customer by their address. */
async function scopeOf(ctx: Context, query: URLSearchParams): Promise<{ scope: RuleScope; id: number; isMissing: boolean }> {
  const address = query.get('address')?.trim()
  if (address) {
    const person = await findEndUserByAddress(ctx, address.toLowerCase())
    return person ? { scope: 'person', id: person.id, isMissing: false } : { ...DESK, isMissing: true }
  }
  const read = ScopeText.safeParse(query.get('scope') ?? 'desk-0')
  return { ...(read.success ? read.data : DESK), isMissing: false }
}

async function trialOf(ctx: Context, query: URLSearchParams) {
  const number = query.get('ticket')?.trim().replace(/^#/, '')
  if (!number) return null
  const kind = alertKinds.find((one) => one === query.get('kind')) ?? 'new_message'
  const by = Number(query.get('by')) || null
  try {
    const { ticket, decisions } = await whoWouldBeTold(ctx, { number, kind, by })
    const { agents } = await readDirectory(ctx)
    const nameOf = (id: number): string => agents.find((agent) => agent.id === id)?.name ?? '?'
    return { number, kind, by, ticket, decisions: decisions.map((one) => ({ ...one, name: nameOf(one.agent) })) }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'not_found') throw error
    return { number, kind, by, ticket: null, decisions: [] }
  }
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const query = new URL(args.request.url).searchParams
  const { scope, id, isMissing } = await scopeOf(ctx, query)
  const [directory, topics, all] = await Promise.all([readDirectory(ctx), readHelpTopics(ctx), readAlertRules(ctx)])
  const live = <T extends { isArchived: boolean }>(list: readonly T[]): T[] => list.filter((one) => !one.isArchived)
  const own = await rulesOfScope(ctx, scope, id)
  const wider = all.filter((rule) => rule.scope !== scope)
  const scopes = scope === 'topic' ? { department: topics.find((topic) => topic.id === id)?.departmentId ?? null } : {}
  const chosen = (kind: string, recipient: string) =>
    own.find((rule) => rule.kind === kind && rule.recipient === recipient)?.setting ?? ''
  const person = scope === 'person' ? await findEndUser(ctx, id) : null
  return {
    title: t('admin.alerts.title'),
    scope: `${scope}-${id}`,
    kind: scope,
    isMissing,
    scopes: [
      { value: 'desk-0', label: t('admin.alerts.desk') },
      ...live(directory.departments).map((one) => ({
        value: `department-${one.id}`,
        label: t('admin.alerts.department', { name: one.name }),
      })),
      ...live(topics).map((one) => ({ value: `topic-${one.id}`, label: t('admin.alerts.topic', { name: one.name }) })),
      ...live(directory.agents).map((one) => ({ value: `agent-${one.id}`, label: t('admin.alerts.agent', { name: one.name }) })),
      ...(person ? [{ value: `person-${id}`, label: t('admin.alerts.person', { name: person.address }) }] : []),
    ],
    agents: live(directory.agents).map((one) => ({ value: String(one.id), label: one.name })),
    alerts:
      scope === 'person'
        ? []
        : alertKinds.map((kind) => ({
            kind,
            cells: recipientRoles.map((role) => {
              const inherited = settingFor(wider, kind, role, scopes)
              return inherited && { role, chosen: chosen(kind, role), wider: inherited.setting }
            }),
          })),
    customers:
      scope === 'agent'
        ? []
        : customerKinds.map((kind) => ({
            kind,
            chosen: chosen(kind, 'customer'),
            wider: customerSetting(wider, kind, scopes).isOn,
          })),
    trial: await trialOf(ctx, query),
  }
}

const Input = z.object({ scope: ScopeText }).catchall(z.string())

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, { scope, ...fields }) => {
    const cells = Object.entries(fields).flatMap(([name, value]) => {
      const [of, kind, recipient] = name.split('.')
      if (of !== 'cell' || !kind || !recipient) return []
      return [{ kind, recipient, setting: value === '' ? null : (value as 'off') }]
    })
    await saveAlertRules(ctx, { scope: scope.scope, scopeId: scope.id, cells })
    return redirect(`/admin/alerts?scope=${scope.scope}-${scope.id}&done=saved`)
  })

export default function Alerts({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { scope, scopes, alerts, customers, isMissing } = loaderData
  const roles = recipientRoles.filter((role) => Object.values(shippedMatrix).some((row) => row[role] !== undefined))
  const word = (setting: 'off' | 'app' | 'mail') => t(`admin.alerts.settings.${setting}`)
  return (
    <AdminPage title={t('admin.alerts.title')} intro={t('admin.alerts.intro')}>
      <SearchForm className="mb-6 flex flex-wrap items-end gap-3">
        <SelectField
          name="scope"
          label={t('admin.alerts.scope')}
          defaultValue={scope}
          options={scopes}
          className="w-72"
          key={scope}
        />
        <TextField
          name="address"
          type="email"
          label={t('admin.alerts.address')}
          error={isMissing ? t('admin.alerts.nobody') : undefined}
          className="w-72"
        />
        <Button type="submit">{t('admin.alerts.show')}</Button>
      </SearchForm>
      <Form answer={actionData} key={`form-${scope}`}>
        <input type="hidden" name="scope" value={scope} />
        {alerts.length > 0 ? (
          <Section title={t('admin.alerts.agents')} intro={t('admin.alerts.agentsIntro')} stacked>
            <Table
              caption={t('admin.alerts.agents')}
              head={
                <>
                  <Head className="sticky start-0 bg-surface">{t('admin.alerts.event')}</Head>
                  {roles.map((role) => (
                    <Head key={role} className="px-1.5!">
                      {t(`admin.alerts.roles.${role}`)}
                    </Head>
                  ))}
                </>
              }
            >
              {alerts.map(({ kind, cells }) => (
                <Row key={kind}>
                  <th scope="row" className="sticky start-0 min-w-36 bg-surface px-3 py-1.5 text-start font-medium">
                    {t(`admin.alerts.kinds.${kind}`)}
                  </th>
                  {cells.map((cell, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the columns stand in a fixed order
                    <Cell key={at} className="px-0!">
                      {cell ? (
                        <Select
                          name={`cell.${kind}.${cell.role}`}
                          aria-label={t('admin.alerts.cell', {
                            kind: t(`admin.alerts.kinds.${kind}`),
                            role: t(`admin.alerts.roles.${cell.role}`),
                          })}
                          defaultValue={cell.chosen}
                          className="min-w-[5.5rem] px-1.5!"
                          quiet
                          options={[
                            { value: '', label: t('admin.alerts.wider', { setting: word(cell.wider) }) },
                            ...(['off', 'app', 'mail'] as const).map((value) => ({ value, label: word(value) })),
                          ]}
                        />
                      ) : null}
                    </Cell>
                  ))}
                </Row>
              ))}
            </Table>
          </Section>
        ) : null}
        {customers.length > 0 ? (
          <Section title={t('admin.alerts.customers')} intro={t('admin.alerts.customersIntro')} stacked>
            <div className="max-w-lg">
              <Table
                caption={t('admin.alerts.customers')}
                head={
                  <>
                    <Head>{t('admin.alerts.event')}</Head>
                    <Head>{t('admin.alerts.setting')}</Head>
                  </>
                }
              >
                {customers.map(({ kind, chosen, wider }) => (
                  <Row key={kind}>
                    <th scope="row" className="px-3 py-1.5 text-start font-medium">
                      {t(`admin.alerts.customerKinds.${kind}`)}
                    </th>
                    <Cell>
                      <Select
                        name={`cell.${kind}.customer`}
                        aria-label={t(`admin.alerts.customerKinds.${kind}`)}
                        defaultValue={chosen}
                        quiet
                        options={[
                          {
                            value: '',
                            label: t('admin.alerts.wider', { setting: wider ? t('admin.alerts.on') : t('admin.alerts.offWord') }),
                          },
                          { value: 'mail', label: t('admin.alerts.on') },
                          { value: 'off', label: t('admin.alerts.offWord') },
                        ]}
                      />
                    </Cell>
                  </Row>
                ))}
              </Table>
            </div>
          </Section>
        ) : null}
        <FormActions>
          <Button type="submit" variant="primary">
            {t('admin.alerts.save')}
          </Button>
        </FormActions>
      </Form>
      <div className="mt-10" id="trial">
        <Trial {...loaderData} />
      </div>
    </AdminPage>
  )
}

function Trial({ trial, agents, scope }: Pick<Route.ComponentProps['loaderData'], 'trial' | 'agents' | 'scope'>) {
  const t = useT()
  return (
    <Section title={t('admin.alerts.trial')} intro={t('admin.alerts.trialIntro')} stacked>
      <SearchForm action="/admin/alerts#trial" className="mb-4 flex flex-wrap items-end gap-3">
        <input type="hidden" name="scope" value={scope} />
        <TextField name="ticket" label={t('admin.alerts.number')} defaultValue={trial?.number} required className="w-36" />
        <SelectField
          name="kind"
          label={t('admin.alerts.kind')}
          defaultValue={trial?.kind ?? 'new_message'}
          options={alertKinds
            .filter(
              (kind) =>
                kind !== 'mailbox_failing' && kind !== 'mailbox_silent' && kind !== 'loop_stopped' && kind !== 'secret_expiring',
            )
            .map((kind) => ({ value: kind, label: t(`admin.alerts.kinds.${kind}`) }))}
        />
        <SelectField
          name="by"
          label={t('admin.alerts.by')}
          defaultValue={trial?.by ? String(trial.by) : ''}
          options={[{ value: '', label: t('admin.alerts.byCustomer') }, ...agents]}
        />
        <Button type="submit">{t('admin.alerts.ask')}</Button>
      </SearchForm>
      {trial && !trial.ticket ? <Notice tone="warning" title={t('admin.alerts.noTicket')} /> : null}
      {trial?.ticket ? (
        <>
          <p className="mb-2 font-medium">{t('admin.alerts.resultOf', trial.ticket)}</p>
          {trial.decisions.length === 0 ? <p className="text-ink-muted">{t('admin.alerts.resultNobody')}</p> : null}
        </>
      ) : null}
      {trial && trial.decisions.length > 0 ? (
        <Table
          caption={t('admin.alerts.trial')}
          head={
            <>
              <Head>{t('admin.alerts.who')}</Head>
              <Head>{t('admin.alerts.outcome')}</Head>
              <Head>{t('admin.alerts.why')}</Head>
            </>
          }
        >
          {trial.decisions.map((one) => (
            <Row key={one.agent}>
              <Cell className="font-medium">{one.name}</Cell>
              <Cell className="whitespace-nowrap">{t(`admin.alerts.outcomes.${one.outcome}`)}</Cell>
              <Cell>
                {one.held ? `${t(`admin.alerts.held.${one.held}`)} ` : ''}
                {one.noMail ? `${t(`admin.alerts.noMail.${one.noMail}`)} ` : ''}
                <span className="text-ink-muted">
                  {one.reasons
                    .map((reason) =>
                      t('admin.alerts.reason', {
                        role: t(`admin.alerts.roles.${reason.role}`),
                        setting: t(`admin.alerts.settings.${reason.setting}`),
                        from: t(`admin.alerts.from.${reason.from ?? 'shipped'}`),
                      }),
                    )
                    .join(' · ')}
                </span>
              </Cell>
            </Row>
          ))}
        </Table>
      ) : null}
    </Section>
  )
}
