import type { OAuthProvider } from '#channels/email/oauth-settings.ts'
import { useT } from '#i18n/react.tsx'
import { FieldGroup, RadioGroup, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Stack } from '../../ui/page.tsx'
import { PaceFields } from './pace-fields.tsx'

export interface OAuthValues {
  address: string
  name: string
  account: string
  access: string
  grant: string
  tenant: string
  clientId: string
  expiresOn: string
  authority: string
  authorizationEndpoint: string
  tokenEndpoint: string
  deviceEndpoint: string
  scopes: string
  graphEndpoint: string
  folder: string
  afterFetch: string
  moveTo: string
  pollSeconds: string
  batch: string
  silentAfterHours: string
  imapHost: string
  imapPort: string
  smtpHost: string
  smtpPort: string
}

/** Everything that says how a mailbox signs in without a password, and what is done with its mail. */
export function OAuthFields({
  provider,
  isNew,
  mayReturn,
  values,
}: {
  provider: OAuthProvider
  isNew: boolean
  /** The desk has an address that a provider sends people back to. */
  mayReturn: boolean
  values: OAuthValues
}) {
  const t = useT()
  const isMicrosoft = provider === 'microsoft'
  const isGoogle = provider === 'google'
  const keep = isNew ? null : t('admin.oauth.keepSecret')
  const secretHint = isMicrosoft
    ? t('admin.oauth.secretMicrosoftHint')
    : isGoogle
      ? t('admin.oauth.secretGoogleHint')
      : t('admin.oauth.secretOtherHint')
  return (
    <Stack className="gap-6">
      <Stack>
        <TextField
          name="address"
          type="email"
          label={t('setup.mailbox.address')}
          defaultValue={values.address}
          autoComplete="off"
          required
        />
        <TextField name="name" label={t('setup.mailbox.name')} defaultValue={values.name} autoComplete="off" maxLength={120} />
        <TextField
          name="account"
          label={t('admin.oauth.account')}
          hint={t('admin.oauth.accountHint')}
          defaultValue={values.account}
          autoComplete="off"
        />
        {isMicrosoft ? (
          <SelectField
            name="access"
            label={t('admin.oauth.access')}
            defaultValue={values.access}
            options={[
              { value: 'graph', label: t('admin.oauth.graph') },
              { value: 'imap_smtp', label: t('admin.oauth.imap') },
            ]}
          />
        ) : null}
      </Stack>
      <FieldGroup legend={t('admin.oauth.state')}>
        <RadioGroup
          name="grant"
          legend={t('admin.oauth.grant')}
          defaultValue={values.grant}
          options={[
            {
              value: 'authorization_code',
              label: t('admin.oauth.byBrowser'),
              hint: mayReturn ? t('admin.oauth.byBrowserHint') : t('admin.oauth.byBrowserNoWay'),
            },
            ...(isGoogle ? [] : [{ value: 'device_code', label: t('admin.oauth.byCode'), hint: t('admin.oauth.byCodeHint') }]),
            {
              value: 'client_credentials',
              label: isGoogle ? t('admin.oauth.byServiceAccount') : t('admin.oauth.byApplication'),
              hint: isGoogle ? t('admin.oauth.byServiceAccountHint') : t('admin.oauth.byApplicationHint'),
            },
          ]}
        />
        {isMicrosoft ? (
          <TextField
            name="tenant"
            label={t('admin.oauth.tenant')}
            hint={t('admin.oauth.tenantHint')}
            defaultValue={values.tenant}
            autoComplete="off"
          />
        ) : null}
        <TextField name="clientId" label={t('admin.oauth.clientId')} defaultValue={values.clientId} autoComplete="off" />
        {isGoogle ? (
          <TextAreaField name="secret" label={t('admin.oauth.secret')} hint={keep ?? secretHint} autoComplete="off" rows={2} />
        ) : (
          <TextField name="secret" type="password" label={t('admin.oauth.secret')} hint={keep ?? secretHint} autoComplete="off" />
        )}
        <TextField
          name="expiresOn"
          type="date"
          label={t('admin.oauth.expires')}
          hint={t('admin.oauth.expiresHint')}
          defaultValue={values.expiresOn}
        />
      </FieldGroup>
      {provider === 'other' ? <OtherFields values={values} /> : null}
      <FieldGroup legend={t('admin.oauth.incoming')}>
        <TextField
          name="folder"
          label={t('admin.oauth.folder')}
          hint={isMicrosoft ? t('admin.oauth.folderHint') : undefined}
          defaultValue={values.folder}
          autoComplete="off"
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            name="afterFetch"
            label={t('admin.oauth.after')}
            defaultValue={values.afterFetch}
            options={[
              { value: 'keep', label: t('admin.oauth.keep') },
              { value: 'move', label: t('admin.oauth.move') },
              { value: 'delete', label: t('admin.oauth.delete') },
            ]}
          />
          <TextField name="moveTo" label={t('admin.oauth.moveTo')} defaultValue={values.moveTo} autoComplete="off" />
        </div>
        {isNew ? (
          <RadioGroup
            name="takeDays"
            legend={t('setup.mailbox.take')}
            defaultValue="0"
            options={[
              { value: '0', label: t('setup.mailbox.takeNew') },
              { value: '7', label: t('setup.mailbox.takeDays', { days: 7 }) },
              { value: '30', label: t('setup.mailbox.takeDays', { days: 30 }) },
            ]}
          />
        ) : (
          <PaceFields {...values} />
        )}
      </FieldGroup>
      {isMicrosoft ? (
        <details>
          <summary className="cursor-pointer text-ink-muted">{t('admin.oauth.cloud')}</summary>
          <Stack className="mt-4">
            <TextField
              name="authority"
              label={t('admin.oauth.cloudSignIn')}
              hint={t('admin.oauth.cloudSignInHint')}
              defaultValue={values.authority}
              autoComplete="off"
            />
            <TextField
              name="graphEndpoint"
              label={t('admin.oauth.cloudGraph')}
              hint={t('admin.oauth.cloudGraphHint')}
              defaultValue={values.graphEndpoint}
              autoComplete="off"
            />
          </Stack>
        </details>
      ) : null}
    </Stack>
  )
}

function OtherFields({ values }: { values: OAuthValues }) {
  const t = useT()
  return (
    <>
      <FieldGroup legend={t('admin.oauth.more')}>
        <TextField
          name="authority"
          label={t('admin.oauth.issuer')}
          hint={t('admin.oauth.issuerHint')}
          defaultValue={values.authority}
          autoComplete="off"
        />
        <TextField
          name="authorizationEndpoint"
          label={t('admin.oauth.authorization')}
          defaultValue={values.authorizationEndpoint}
          autoComplete="off"
        />
        <TextField name="tokenEndpoint" label={t('admin.oauth.token')} defaultValue={values.tokenEndpoint} autoComplete="off" />
        <TextField
          name="deviceEndpoint"
          label={t('admin.oauth.device')}
          defaultValue={values.deviceEndpoint}
          autoComplete="off"
        />
        <TextField
          name="scopes"
          label={t('admin.oauth.scopes')}
          hint={t('admin.oauth.scopesHint')}
          defaultValue={values.scopes}
          autoComplete="off"
        />
      </FieldGroup>
      <div className="grid gap-4 sm:grid-cols-4">
        <TextField
          className="sm:col-span-3"
          name="imapHost"
          label={`IMAP: ${t('setup.mailbox.host')}`}
          defaultValue={values.imapHost}
          autoComplete="off"
        />
        <TextField name="imapPort" label={t('setup.mailbox.port')} defaultValue={values.imapPort} inputMode="numeric" />
        <TextField
          className="sm:col-span-3"
          name="smtpHost"
          label={`SMTP: ${t('setup.mailbox.host')}`}
          defaultValue={values.smtpHost}
          autoComplete="off"
        />
        <TextField name="smtpPort" label={t('setup.mailbox.port')} defaultValue={values.smtpPort} inputMode="numeric" />
      </div>
    </>
  )
}
