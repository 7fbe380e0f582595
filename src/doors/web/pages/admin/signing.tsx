import { redirect } from 'react-router'
import { z } from 'zod'
import {
  checkSigningKey,
  domainsWithoutKey,
  listSigningKeys,
  makeSigningKey,
  removeSigningKey,
  SigningKeyInput,
} from '#channels/signing-keys.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { idField } from '../../forms.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Facts, Section } from '../../ui/page.tsx'
import type { Route } from './+types/signing.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [keys, domains] = await Promise.all([listSigningKeys(ctx), domainsWithoutKey(ctx)])
  return {
    title: pageOf(args.context).t('admin.signing.title'),
    suggested: domains[0] ?? '',
    keys: keys.map((key) => ({
      ...key,
      createdAt: key.createdAt.toISOString(),
      checkedAt: key.checkedAt?.toISOString() ?? null,
      publishedAt: key.publishedAt?.toISOString() ?? null,
    })),
  }
}

const Input = z.discriminatedUnion('act', [
  SigningKeyInput.extend({ act: z.literal('make') }),
  z.object({ act: z.literal('check'), id: idField }),
  z.object({ act: z.literal('remove'), id: idField }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'make') await makeSigningKey(ctx, { domain: input.domain })
    else if (input.act === 'remove') await removeSigningKey(ctx, input.id)
    const done = input.act === 'check' ? await checkSigningKey(ctx, input.id) : input.act
    return redirect(`/admin/signing?done=${done}`)
  })

type KeyView = Awaited<ReturnType<typeof loader>>['keys'][number]

export default function Signing({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  return (
    <AdminPage
      title={t('admin.signing.title')}
      intro={t('admin.signing.intro')}
      width="normal"
      done={{
        make: t('admin.signing.made'),
        remove: t('admin.signing.removed'),
        published: t('admin.signing.found'),
        absent: t('admin.signing.results.absent'),
        other: t('admin.signing.results.other'),
        unreachable: t('admin.signing.results.unreachable'),
      }}
    >
      <Form answer={actionData} className="mb-8">
        <input type="hidden" name="act" value="make" />
        <div className="flex flex-wrap items-start gap-3">
          <TextField
            className="min-w-56 flex-1"
            name="domain"
            label={t('admin.signing.domain')}
            hint={t('admin.signing.domainHint')}
            defaultValue={loaderData.suggested}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <Button type="submit" variant="primary" className="mt-6">
            {t('admin.signing.make')}
          </Button>
        </div>
      </Form>
      {loaderData.keys.length === 0 ? <EmptyState title={t('admin.signing.empty')} /> : null}
      {loaderData.keys.map((key) => (
        <Section key={key.id} title={key.domain}>
          <Key signingKey={key} />
        </Section>
      ))}
    </AdminPage>
  )
}

function Key({ signingKey: key }: { signingKey: KeyView }) {
  const t = useT()
  const state: { tone: Tone; text: string } = key.publishedAt
    ? key.checkResult === 'published'
      ? { tone: 'success', text: t('admin.signing.signs') }
      : { tone: 'warning', text: t('admin.signing.signsDoubt') }
    : { tone: 'neutral', text: t('admin.signing.waits') }
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={state.tone}>{state.text}</Badge>
        {key.checkedAt ? (
          <span className="text-ink-muted text-small">
            {t(`admin.signing.results.${key.checkResult ?? 'absent'}`)} <Moment at={key.checkedAt} />
          </span>
        ) : null}
      </p>
      <Facts
        items={[
          { label: t('admin.signing.type'), value: 'TXT' },
          {
            label: t('admin.signing.name'),
            value: <code className="wrap-anywhere select-all font-mono text-small">{key.record.name}</code>,
          },
          {
            label: t('admin.signing.value'),
            value: <code className="wrap-anywhere select-all font-mono text-small">{key.record.value}</code>,
          },
        ]}
      />
      <Form className="flex flex-wrap gap-2">
        <input type="hidden" name="id" value={key.id} />
        <Button type="submit" name="act" value="check" aria-label={`${t('admin.signing.check')}: ${key.domain}`}>
          {t('admin.signing.check')}
        </Button>
        <Button
          type="submit"
          variant="quiet"
          name="act"
          value="remove"
          aria-label={`${t('admin.signing.remove')}: ${key.domain}`}
        >
          {t('admin.signing.remove')}
        </Button>
      </Form>
    </div>
  )
}
