import { data, redirect } from 'react-router'
import { z } from 'zod'
import { readSession } from '#access/sessions.ts'
import { locales } from '#i18n/messages.ts'
import { useT } from '#i18n/react.tsx'
import { agentPassword } from '#people/agents.ts'
import { changeEndUser, EndUserProfile } from '#people/end-user-accounts.ts'
import { addressesOf, findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { PASSWORD_MIN } from '#sign-in/password.ts'
import { ChangePasswordInput, changePassword } from '#sign-in/passwords.ts'
import { endOwnSession, ownSessions, signOutEverywhere } from '#sign-in/sign-in.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, idField, optionalText } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Page, Section, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/account.ts'
import { deviceName } from './device-name.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const { actor } = ctx
  if ((actor.kind !== 'agent' && actor.kind !== 'user') || actor.id === null) throw redirect('/sign-in?next=/account')
  const settings = await readSettings(ctx)
  const token = broughtToken(ctx, request)
  const here = token ? await readSession(ctx, token) : null
  const user = actor.kind === 'user' ? await findEndUser(ctx, actor.id) : null
  const hasPassword = user ? user.hasPassword : (await agentPassword(ctx, actor.address ?? ''))?.passwordHash != null
  const sessions = await ownSessions(ctx)
  return {
    title: pageOf(context).t('portal.account.title'),
    profile: user ? { name: user.name, timeZone: user.timeZone ?? '', locale: user.locale ?? '' } : null,
    address: actor.address ?? '',
    addresses: user ? await addressesOf(ctx, user.id) : [],
    hasPassword,
    min: PASSWORD_MIN,
    zones: user ? ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')] : [],
    deskZone: settings['desk.timeZone'],
    languages: locales.map((locale) => ({
      value: locale,
      label: new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale,
    })),
    sessions: sessions.map((session) => ({
      id: session.id,
      device: deviceName(session.userAgent),
      address: session.address,
      lastUsedAt: session.lastUsedAt.toISOString(),
      createdAt: session.createdAt.toISOString(),
      isHere: session.id === here?.id,
    })),
  }
}

const Input = z.discriminatedUnion('act', [
  EndUserProfile.extend({
    act: z.literal('profile'),
    timeZone: optionalText(64).pipe(EndUserProfile.shape.timeZone),
    locale: optionalText(20),
  }),
  ChangePasswordInput.extend({ act: z.literal('password') }),
  z.object({ act: z.literal('end'), session: idField }),
  z.object({ act: z.literal('end-all') }),
])

type Done = { done: 'profile' | 'password' | 'end' }

export const action = (args: Route.ActionArgs) =>
  answerForm(args, Input, async (ctx, input) => {
    switch (input.act) {
      case 'profile': {
        const { act, ...patch } = input
        await changeEndUser(ctx, ctx.actor.id ?? 0, patch)
        return { done: 'profile' } satisfies Done
      }
      case 'password': {
        const session = await changePassword(ctx, input)
        return data({ done: 'password' } satisfies Done, { headers: { 'Set-Cookie': setSession(ctx, session) } })
      }
      case 'end':
        await endOwnSession(ctx, input.session)
        return { done: 'end' } satisfies Done
      case 'end-all':
        await signOutEverywhere(ctx)
        return redirect('/sign-in', { headers: { 'Set-Cookie': setSession(ctx, null) } })
    }
  })

export default function Account({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { profile, hasPassword, sessions } = loaderData
  const done = actionData && 'done' in actionData ? actionData.done : null
  const answer = (actionData && !('done' in actionData) ? actionData : undefined) as FormAnswer | undefined
  const act = answer?.values?.act
  return (
    <Page title={t('portal.account.title')} intro={loaderData.address}>
      {done === 'profile' ? <Notice tone="success" live className="mb-6" title={t('portal.account.saved')} /> : null}
      {done === 'password' ? <Notice tone="success" live className="mb-6" title={t('portal.account.changed')} /> : null}
      {profile ? (
        <Section title={t('portal.account.profile')} intro={t('portal.account.profileIntro')}>
          <Form answer={act === 'profile' ? answer : undefined}>
            <input type="hidden" name="act" value="profile" />
            <Stack>
              <div>
                <p className="font-medium">{t('portal.account.addresses')}</p>
                <ul>
                  {loaderData.addresses.map((address) => (
                    <li key={address} className="wrap-anywhere">
                      {address}
                    </li>
                  ))}
                </ul>
                <p className="mt-1 text-ink-faint text-small">{t('portal.account.addressesHint')}</p>
              </div>
              <TextField
                name="name"
                label={t('portal.account.name')}
                defaultValue={profile.name}
                autoComplete="name"
                maxLength={120}
                required
              />
              <SelectField
                name="timeZone"
                label={t('portal.account.timeZone')}
                defaultValue={profile.timeZone}
                options={[
                  { value: '', label: t('portal.account.timeZoneDesk', { zone: loaderData.deskZone }) },
                  ...loaderData.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
                ]}
              />
              <SelectField
                name="locale"
                label={t('portal.account.language')}
                defaultValue={profile.locale}
                options={[{ value: '', label: t('portal.account.languageDesk') }, ...loaderData.languages]}
              />
            </Stack>
            <FormActions>
              <Button type="submit" variant="primary">
                {t('common.save')}
              </Button>
            </FormActions>
          </Form>
        </Section>
      ) : null}
      <Section
        title={t('portal.account.password')}
        intro={hasPassword ? t('portal.account.passwordIntro') : t('portal.account.passwordNone')}
      >
        <Form answer={act === 'password' ? answer : undefined}>
          <input type="hidden" name="act" value="password" />
          <input type="email" name="account" value={loaderData.address} autoComplete="username" readOnly hidden />
          <Stack>
            {hasPassword ? (
              <TextField
                name="current"
                type="password"
                label={t('portal.account.current')}
                autoComplete="current-password"
                required
              />
            ) : null}
            <TextField
              name="password"
              type="password"
              label={t('portal.reset.password')}
              hint={t('portal.reset.passwordHint', { min: loaderData.min })}
              autoComplete="new-password"
              required
            />
            <TextField name="again" type="password" label={t('portal.reset.again')} autoComplete="new-password" required />
          </Stack>
          <FormActions>
            <Button type="submit">{t('portal.account.change')}</Button>
          </FormActions>
        </Form>
      </Section>
      <Section title={t('portal.account.sessions')} intro={t('portal.account.sessionsIntro')}>
        <ul className="divide-y divide-line">
          {sessions.map((session) => (
            <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 first:pt-0">
              <div className="min-w-0 flex-1 basis-56">
                <p className="wrap-anywhere font-medium">
                  {session.device || t('portal.account.unknownDevice')}{' '}
                  {session.isHere ? <Badge tone="accent">{t('portal.account.thisOne')}</Badge> : null}
                </p>
                <p className="text-ink-muted text-small">
                  {session.address} · {t('portal.account.lastUsed')} <Moment at={session.lastUsedAt} />
                </p>
              </div>
              {session.isHere ? null : (
                <Form>
                  <input type="hidden" name="act" value="end" />
                  <input type="hidden" name="session" value={session.id} />
                  <Button type="submit" size="small">
                    {t('portal.account.end')}
                  </Button>
                </Form>
              )}
            </li>
          ))}
        </ul>
        <Form className="mt-4">
          <input type="hidden" name="act" value="end-all" />
          <Button type="submit">{t('portal.account.endAll')}</Button>
        </Form>
      </Section>
    </Page>
  )
}
