import { redirect } from 'react-router'
import { z } from 'zod'
import { createOsticketKey, createRestToken, listApiTokens, revokeApiToken } from '#access/api-tokens.ts'
import { tokenScopes } from '#access/permissions.ts'
import { useT } from '#i18n/react.tsx'
import { readDirectory } from '#people/directory.ts'
import { pageOf } from '../../context.ts'
import { idField, listOf, ticked } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/tokens.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const { agents } = await readDirectory(ctx)
  const tokens = await listApiTokens(ctx)
  return {
    title: t('admin.tokens.title'),
    agents: agents.filter((agent) => !agent.isArchived).map((agent) => ({ value: String(agent.id), label: agent.name })),
    me: String(ctx.actor.id),
    scopes: tokenScopes.map((scope) => ({
      value: scope as string,
      label: t.at(`admin.tokens.scope.${scope.replace(':', '-')}`),
    })),
    tokens: tokens.map((token) => ({
      id: token.id,
      kind: token.kind,
      name: token.name,
      who: agents.find((agent) => agent.id === token.agentId)?.name ?? token.allowedAddress ?? '',
      scopes: token.scopes,
      createdAt: token.createdAt.toISOString(),
      lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    })),
  }
}

const Input = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('rest'),
    name: z.string().trim().min(1).max(80),
    agent: idField,
    scopes: listOf(z.enum(tokenScopes)).refine((scopes) => scopes.length > 0, { params: { key: 'required' } }),
  }),
  z.object({
    act: z.literal('osticket'),
    name: z.string().trim().min(1).max(80),
    address: z.string().trim().max(64).default(''),
    create: ticked,
    cron: ticked,
  }),
  z.object({ act: z.literal('revoke'), id: idField }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'rest') return { made: (await createRestToken(ctx, input)).token, values: { act: 'made' } }
    if (input.act === 'osticket') {
      const { key } = await createOsticketKey(ctx, {
        name: input.name,
        allowedAddress: input.address || null,
        mayCreateTickets: input.create,
        mayRunCron: input.cron,
      })
      return { made: key, values: { act: 'made' } }
    }
    await revokeApiToken(ctx, input.id)
    return redirect('/admin/tokens?done=saved')
  })

export default function Tokens({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { agents, me, scopes, tokens } = loaderData
  const made = actionData && 'made' in actionData ? actionData.made : null
  const answer = made ? undefined : (actionData as FormAnswer | undefined)
  const act = answer?.values?.act
  const list = (kind: 'rest' | 'osticket') => tokens.filter((token) => token.kind === kind)
  return (
    <AdminPage width="normal" title={t('admin.tokens.title')} intro={t('admin.tokens.intro')}>
      {made ? (
        <Notice tone="success" live className="mb-6" title={t('admin.tokens.made')}>
          <code className="wrap-anywhere font-mono text-large">{made}</code>
        </Notice>
      ) : null}
      <Section title={t('admin.tokens.rest')} intro={t('admin.tokens.restIntro')}>
        <TokenList tokens={list('rest')} />
        <Form answer={act === 'rest' ? answer : undefined} className="mt-5 border-line border-t pt-5">
          <input type="hidden" name="act" value="rest" />
          <Stack>
            <TextField
              name="name"
              label={t('admin.tokens.name')}
              hint={t('admin.tokens.nameHint')}
              maxLength={80}
              autoComplete="off"
              required
            />
            <SelectField name="agent" label={t('admin.tokens.agent')} options={agents} defaultValue={me} />
            <fieldset>
              <legend className="mb-2 font-medium">{t('admin.tokens.scopes')}</legend>
              <div className="grid gap-2 sm:grid-cols-2">
                {scopes.map((scope) => (
                  <CheckboxField
                    key={scope.value}
                    name="scopes"
                    value={scope.value}
                    label={scope.label}
                    defaultChecked={scope.value === 'tickets:read'}
                    {...(scope === scopes[0] ? {} : { error: '' })}
                  />
                ))}
              </div>
            </fieldset>
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary">
              {t('admin.tokens.add')}
            </Button>
          </FormActions>
        </Form>
      </Section>
      <Section title={t('admin.tokens.osticket')} intro={t('admin.tokens.osticketIntro')}>
        <TokenList tokens={list('osticket')} />
        <Form answer={act === 'osticket' ? answer : undefined} className="mt-5 border-line border-t pt-5">
          <input type="hidden" name="act" value="osticket" />
          <Stack>
            <TextField
              name="name"
              label={t('admin.tokens.name')}
              hint={t('admin.tokens.nameHint')}
              maxLength={80}
              autoComplete="off"
              required
            />
            <TextField name="address" label={t('admin.tokens.address')} hint={t('admin.tokens.addressHint')} autoComplete="off" />
            <CheckboxField name="create" label={t('admin.tokens.canCreate')} defaultChecked />
            <CheckboxField name="cron" label={t('admin.tokens.canCron')} />
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary">
              {t('admin.tokens.addKey')}
            </Button>
          </FormActions>
        </Form>
      </Section>
    </AdminPage>
  )
}

function TokenList({
  tokens,
}: {
  tokens: { id: number; name: string; who: string; scopes: string[]; createdAt: string; lastUsedAt: string | null }[]
}) {
  const t = useT()
  if (tokens.length === 0) return <p className="text-ink-muted">{t('admin.tokens.empty')}</p>
  return (
    <ul className="divide-y divide-line">
      {tokens.map((token) => (
        <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 first:pt-0">
          <div className="min-w-0 flex-1 basis-56">
            <p className="wrap-anywhere font-medium">
              {token.name} <span className="font-normal text-ink-muted">{token.who}</span>
            </p>
            <p className="flex flex-wrap items-center gap-1 text-ink-muted text-small">
              {token.scopes.map((scope) => (
                <Badge key={scope}>{scope}</Badge>
              ))}
              <span>
                {t('admin.tokens.lastUsed')}: {token.lastUsedAt ? <Moment at={token.lastUsedAt} /> : t('admin.never')}
              </span>
            </p>
          </div>
          <Form>
            <input type="hidden" name="act" value="revoke" />
            <input type="hidden" name="id" value={token.id} />
            <Button type="submit" size="small" aria-label={`${t('admin.tokens.revoke')}: ${token.name}`}>
              {t('admin.tokens.revoke')}
            </Button>
          </Form>
        </li>
      ))}
    </ul>
  )
}
