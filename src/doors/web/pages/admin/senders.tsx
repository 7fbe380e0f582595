import { redirect } from 'react-router'
import { z } from 'zod'
import { listFuses, resetFuse } from '#channels/fuses.ts'
import { useT } from '#i18n/react.tsx'
import { forgetSender, listKnownSenders } from '#people/known-senders.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { pageOf } from '../../context.ts'
import { idField, ticked } from '../../forms.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/senders.ts'
import { ActionsHead, AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const [settings, fuses, known] = await Promise.all([readSettings(ctx), listFuses(ctx), listKnownSenders(ctx)])
  return {
    title: pageOf(args.context).t('admin.senders.title'),
    settings,
    fuses: fuses.map((fuse) => ({ ...fuse, blownAt: fuse.blownAt.toISOString() })),
    known: known.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() })),
  }
}

const names = z
  .string()
  .max(5000)
  .default('')
  .transform((text) => [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter(Boolean),
    ),
  ])
const limit = z.coerce.number().int().min(0).max(1_000_000)
const decision = z.enum(['suspend', 'take'])

const Input = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('save'),
    check: ticked,
    servers: names,
    sealers: names,
    onFailed: decision,
    onSpam: decision,
    onAgentClaim: decision,
    onBanned: z.enum(['suspend', 'skip']),
    perSubject: limit,
    perSender: limit,
    perDomain: limit,
  }),
  z.object({ act: z.literal('reset'), id: idField }),
  z.object({ act: z.literal('forget'), address: z.string().min(1).max(254) }),
])

export const action = (args: Route.ActionArgs) =>
  adminForm(args, Input, async (ctx, input) => {
    if (input.act === 'reset') {
      await resetFuse(ctx, input.id)
      return redirect('/admin/senders?done=reset')
    }
    if (input.act === 'forget') await forgetSender(ctx, input.address)
    else
      await changeSettings(ctx, {
        'mail.checkSenders': input.check,
        'mail.trustedAuthservIds': input.servers,
        'mail.trustedSealers': input.sealers,
        'mail.onFailed': input.onFailed,
        'mail.onSpam': input.onSpam,
        'mail.onAgentClaim': input.onAgentClaim,
        'mail.onBanned': input.onBanned,
        'loops.perSubjectPerHour': input.perSubject,
        'loops.perSenderPerHour': input.perSender,
        'loops.perDomainPerHour': input.perDomain,
      })
    return redirect('/admin/senders?done=saved')
  })

export default function Senders({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { settings, fuses, known } = loaderData
  return (
    <AdminPage
      title={t('admin.senders.title')}
      intro={t('admin.senders.intro')}
      width="normal"
      done={{ reset: t('admin.senders.resetDone') }}
    >
      {fuses.length > 0 ? (
        <Section title={t('admin.senders.stopped')}>
          <Stopped fuses={fuses} />
        </Section>
      ) : null}
      <Form answer={actionData}>
        <input type="hidden" name="act" value="save" />
        <Section title={t('admin.senders.checks')}>
          <Stack>
            <CheckboxField
              name="check"
              label={t('admin.senders.check')}
              hint={t('admin.senders.checkHint')}
              defaultChecked={settings['mail.checkSenders']}
            />
            <TextAreaField
              name="servers"
              label={t('admin.senders.servers')}
              hint={t('admin.senders.serversHint')}
              defaultValue={settings['mail.trustedAuthservIds'].join('\n')}
              rows={3}
            />
            <TextAreaField
              name="sealers"
              label={t('admin.senders.sealers')}
              hint={t('admin.senders.sealersHint')}
              defaultValue={settings['mail.trustedSealers'].join('\n')}
              rows={2}
            />
          </Stack>
        </Section>
        <Section title={t('admin.senders.doubtful')}>
          <Stack>
            <Decision name="onFailed" value={settings['mail.onFailed']} />
            <Decision name="onSpam" value={settings['mail.onSpam']} />
            <Decision name="onAgentClaim" value={settings['mail.onAgentClaim']} />
            <SelectField
              name="onBanned"
              label={t('admin.senders.onBanned')}
              defaultValue={settings['mail.onBanned']}
              options={[
                { value: 'suspend', label: t('admin.senders.suspend') },
                { value: 'skip', label: t('admin.senders.skip') },
              ]}
            />
          </Stack>
        </Section>
        <Section title={t('admin.senders.loops')} intro={t('admin.senders.loopsIntro')}>
          <Stack>
            <Limit name="perSubject" value={settings['loops.perSubjectPerHour']} />
            <Limit name="perSender" value={settings['loops.perSenderPerHour']} />
            <Limit name="perDomain" value={settings['loops.perDomainPerHour']} />
          </Stack>
        </Section>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('common.save')}
          </Button>
        </FormActions>
      </Form>
      <Section title={t('admin.senders.known')} intro={t('admin.senders.knownIntro')}>
        {known.length === 0 ? <p className="text-ink-muted">{t('admin.senders.knownNone')}</p> : <Known known={known} />}
      </Section>
    </AdminPage>
  )
}

function Decision({ name, value }: { name: 'onFailed' | 'onSpam' | 'onAgentClaim'; value: string }) {
  const t = useT()
  return (
    <SelectField
      name={name}
      label={t(`admin.senders.${name}`)}
      hint={t(`admin.senders.${name}Hint`)}
      defaultValue={value}
      options={[
        { value: 'suspend', label: t('admin.senders.suspend') },
        { value: 'take', label: t('admin.senders.take') },
      ]}
    />
  )
}

function Limit({ name, value }: { name: 'perSubject' | 'perSender' | 'perDomain'; value: number }) {
  const t = useT()
  return <TextField name={name} label={t(`admin.senders.${name}`)} defaultValue={value} inputMode="numeric" required />
}

function Stopped({
  fuses,
}: {
  fuses: { id: number; kind: 'subject' | 'sender' | 'domain'; value: string; count: number; blownAt: string }[]
}) {
  const t = useT()
  return (
    <Table
      caption={t('admin.senders.stopped')}
      head={
        <>
          <Head>{t('admin.senders.what')}</Head>
          <Head>{t('admin.senders.count')}</Head>
          <Head>{t('admin.senders.since')}</Head>
          <ActionsHead />
        </>
      }
    >
      {fuses.map((fuse) => (
        <Row key={fuse.id}>
          <Cell className="wrap-anywhere">
            <span className="font-medium">{fuse.value}</span>
            <span className="block text-ink-muted text-small">{t(`admin.senders.kinds.${fuse.kind}`)}</span>
          </Cell>
          <Cell>{fuse.count}</Cell>
          <Cell className="text-ink-muted">
            <Moment at={fuse.blownAt} />
          </Cell>
          <Cell className="text-end">
            <Form>
              <input type="hidden" name="act" value="reset" />
              <input type="hidden" name="id" value={fuse.id} />
              <Button type="submit" size="small" aria-label={`${t('admin.senders.reset')}: ${fuse.value}`}>
                {t('admin.senders.reset')}
              </Button>
            </Form>
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function Known({
  known,
}: {
  known: { address: string; standing: 'trusted' | 'spam'; createdAt: string; createdBy: string | null }[]
}) {
  const t = useT()
  return (
    <Table
      caption={t('admin.senders.known')}
      head={
        <>
          <Head>{t('admin.senders.sender')}</Head>
          <Head>{t('admin.senders.state')}</Head>
          <Head>{t('admin.senders.by')}</Head>
          <ActionsHead />
        </>
      }
    >
      {known.map((one) => (
        <Row key={one.address}>
          <Cell className="wrap-anywhere font-medium">{one.address}</Cell>
          <Cell>{t(`admin.senders.standing.${one.standing}`)}</Cell>
          <Cell className="text-ink-muted">
            {one.createdBy} <Moment at={one.createdAt} />
          </Cell>
          <Cell className="text-end">
            <Form>
              <input type="hidden" name="act" value="forget" />
              <input type="hidden" name="address" value={one.address} />
              <Button type="submit" size="small" aria-label={`${t('admin.senders.forget')}: ${one.address}`}>
                {t('admin.senders.forget')}
              </Button>
            </Form>
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
