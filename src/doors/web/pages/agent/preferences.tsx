import { useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { z } from 'zod'
import { notFound } from '#core/errors.ts'
import { locales } from '#i18n/messages.ts'
import { useT } from '#i18n/react.tsx'
import { saveAlertRules } from '#notifications/alert-rules.ts'
import { readDigest, saveDigest } from '#notifications/digest.ts'
import { changeAgent } from '#people/agents.ts'
import { findAgent } from '#people/directory.ts'
import { readSettings } from '#settings/settings.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, ticked } from '../../forms.ts'
import { useAppearance } from '../../ui/appearance.tsx'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { FormActions, Page, Section, Stack } from '../../ui/page.tsx'
import type { Density, Theme } from '../../ui/theme.ts'
import { toast } from '../../ui/toast.tsx'
import type { Route } from './+types/preferences.ts'
import { Shell } from './shell.tsx'
import { readToldFields, toldChoices } from './told.ts'
import { ToldFields } from './told-fields.tsx'

/** A language in its own words. */
const languageName = (locale: string): string => new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
const hours = Array.from({ length: 24 }, (_none, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }))
const zones = Intl.supportedValuesOf('timeZone')

const Input = z
  .object({
    name: z.string().trim().min(1).max(120),
    timeZone: z
      .string()
      .refine((zone) => zone === '' || zones.includes(zone) || zone === 'UTC')
      .transform((zone) => zone || null),
    signature: z.string().max(5_000),
    alertMail: ticked,
    locale: z
      .string()
      .refine((locale) => locale === '' || locales.includes(locale))
      .transform((locale) => locale || null),
    digest: ticked,
    digestHour: z.coerce.number().int().min(0).max(23),
  })
  .catchall(z.string())

export async function loader({ context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const { t, deskName } = pageOf(context)
  const card = await findAgent(ctx, ctx.actor.id ?? 0)
  if (!card) throw notFound()
  const settings = await readSettings(ctx)
  return {
    title: t('agent.title', { page: t('agent.preferences.title'), desk: deskName }),
    name: card.name,
    signature: card.signature,
    alertMail: card.alertMail,
    locale: card.locale,
    locales: [...locales],
    digest: await readDigest(ctx),
    told: await toldChoices(ctx),
    timeZone: card.timeZone,
    deskZone: settings['desk.timeZone'],
    zones,
  }
}

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title ?? 'Tessera' }]

export function action(args: Route.ActionArgs) {
  return answerForm(args, Input, async (ctx, input) => {
    await changeAgent(ctx, ctx.actor.id ?? 0, {
      name: input.name,
      timeZone: input.timeZone,
      signature: input.signature.trim(),
      alertMail: input.alertMail,
      locale: input.locale,
    })
    await saveDigest(ctx, { isOn: input.digest, hour: input.digestHour })
    await saveAlertRules(ctx, { scope: 'agent', scopeId: ctx.actor.id ?? 0, cells: readToldFields(input) })
    return { saved: true }
  })
}

export default function Preferences({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { appearance, change } = useAppearance()
  const told = useRef<unknown>(null)
  useEffect(() => {
    if (actionData && 'saved' in actionData && told.current !== actionData) {
      told.current = actionData
      toast({ key: 'preferences', text: t('agent.preferences.saved'), tone: 'success' })
    }
  }, [actionData, t])
  const wrong = actionData && !('saved' in actionData) ? actionData : null
  return (
    <Shell title={t('agent.preferences.title')}>
      <Page title={t('agent.preferences.title')} intro={t('agent.preferences.intro')} width="wide">
        <Section title={t('agent.preferences.appearance')} intro={t('agent.preferences.appearanceText')}>
          <Stack>
            <SelectField
              name="theme"
              label={t('agent.preferences.theme')}
              value={appearance.theme}
              onChange={(event) => change({ theme: event.target.value as Theme })}
              options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`agent.nav.themes.${value}`) }))}
            />
            <SelectField
              name="density"
              label={t('agent.preferences.density')}
              value={appearance.density}
              onChange={(event) => change({ density: event.target.value as Density })}
              options={(['compact', 'normal', 'roomy'] as const).map((value) => ({
                value,
                label: t(`agent.nav.densities.${value}`),
              }))}
            />
          </Stack>
        </Section>
        <Section title={t('agent.preferences.keys')} intro={<KeysText />}>
          <CheckboxField
            name="keys"
            label={t('agent.preferences.keysOn')}
            checked={appearance.keys}
            onChange={(event) => change({ keys: event.target.checked })}
          />
        </Section>
        <Form answer={wrong}>
          <Section title={t('agent.preferences.profile')}>
            <Stack>
              <TextField
                name="name"
                required
                maxLength={120}
                label={t('agent.preferences.name')}
                hint={t('agent.preferences.nameHint')}
                defaultValue={loaderData.name}
              />
              <SelectField
                name="locale"
                label={t('agent.preferences.language')}
                hint={t('agent.preferences.languageHint')}
                defaultValue={loaderData.locale ?? ''}
                options={[
                  { value: '', label: t('agent.preferences.languageDesk') },
                  ...loaderData.locales.map((one) => ({ value: one, label: languageName(one) })),
                ]}
              />
              <SelectField
                name="timeZone"
                label={t('agent.preferences.timeZone')}
                defaultValue={loaderData.timeZone ?? ''}
                options={[
                  { value: '', label: t('agent.preferences.timeZoneDesk', { zone: loaderData.deskZone }) },
                  ...loaderData.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
                ]}
              />
            </Stack>
          </Section>
          <Section title={t('agent.told.title')} intro={t('agent.told.intro')}>
            <div id="told" className="scroll-mt-4">
              <Stack>
                <CheckboxField
                  name="alertMail"
                  label={t('agent.preferences.mailOn')}
                  hint={t('agent.preferences.mailText')}
                  defaultChecked={loaderData.alertMail}
                />
                <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
                  <CheckboxField
                    name="digest"
                    label={t('agent.told.digest')}
                    hint={t('agent.told.digestHint')}
                    defaultChecked={loaderData.digest.isOn}
                  />
                  <SelectField
                    name="digestHour"
                    label={t('agent.told.digestHour')}
                    defaultValue={String(loaderData.digest.hour)}
                    options={hours}
                  />
                </div>
                <ToldFields choices={loaderData.told} />
              </Stack>
            </div>
          </Section>
          <Section title={t('agent.preferences.signature')} intro={t('agent.preferences.signatureText')}>
            <TextAreaField
              name="signature"
              label={t('agent.preferences.signature')}
              labelHidden
              rows={4}
              maxLength={5_000}
              defaultValue={loaderData.signature}
            />
            <FormActions>
              <Button type="submit" variant="primary">
                {t('common.save')}
              </Button>
            </FormActions>
          </Section>
        </Form>
        <Section title={t('agent.preferences.account')} intro={t('agent.preferences.accountText')}>
          <Link to="/account" className="link">
            {t('agent.preferences.accountLink')}
          </Link>
        </Section>
      </Page>
    </Shell>
  )
}

function KeysText() {
  const t = useT()
  return t.rich('agent.preferences.keysText', { key: () => <Kbd key="r" keys="R" /> })
}
