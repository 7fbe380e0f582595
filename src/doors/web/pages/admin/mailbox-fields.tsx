import type { ImapServer } from '#channels/mailbox-input.ts'
import { useT } from '#i18n/react.tsx'
import { FieldGroup, RadioGroup, SelectField, TextField } from '../../ui/field.tsx'
import { Stack } from '../../ui/page.tsx'
import { PaceFields } from './pace-fields.tsx'

export interface MailboxValues {
  address: string
  name: string
  incoming: 'imap' | 'pop3' | 'none'
  outgoing: 'smtp' | 'default'
  imap: ImapServer | null
  silentAfterHours: number | null
  smtp: { host: string; port: number; security: string; user: string } | null
}

/** Everything that says how a mailbox is reached; the wizard and the admin page share it. */
export function MailboxFields({ name, isNew, values }: { name: string; isNew?: boolean; values?: MailboxValues }) {
  const t = useT()
  const encryption = [
    { value: 'tls', label: t('setup.mailbox.tls') },
    { value: 'starttls', label: t('setup.mailbox.starttls') },
    { value: 'none', label: t('setup.mailbox.none') },
  ]
  const keep = isNew ? undefined : t('setup.mailbox.keepPassword')
  return (
    <Stack className="gap-6">
      <Stack>
        <TextField
          name="address"
          type="email"
          label={t('setup.mailbox.address')}
          defaultValue={values?.address}
          autoComplete="off"
          required
        />
        <TextField
          name="name"
          label={t('setup.mailbox.name')}
          defaultValue={values?.name ?? name}
          autoComplete="off"
          maxLength={120}
        />
        {isNew ? (
          <SelectField
            name="provider"
            label={t('setup.mailbox.provider')}
            hint={t('setup.mailbox.providerHint')}
            options={[
              { value: 'other', label: t('setup.mailbox.providerOther') },
              { value: 'google', label: t('setup.mailbox.providerGoogle') },
            ]}
          />
        ) : null}
      </Stack>
      <FieldGroup legend={t('setup.mailbox.incoming')}>
        <SelectField
          name="incoming"
          label={t('setup.mailbox.way')}
          defaultValue={values?.incoming ?? 'imap'}
          options={[
            { value: 'imap', label: t('setup.mailbox.byImap') },
            { value: 'pop3', label: t('setup.mailbox.byPop3') },
            { value: 'none', label: t('setup.mailbox.byListener') },
          ]}
        />
        <div className="grid gap-4 sm:grid-cols-6">
          <TextField
            className="sm:col-span-3"
            name="imapHost"
            label={t('setup.mailbox.host')}
            defaultValue={values?.imap?.host}
            autoComplete="off"
          />
          <TextField
            className="sm:col-span-1"
            name="imapPort"
            label={t('setup.mailbox.port')}
            defaultValue={values?.imap?.port ?? 993}
            inputMode="numeric"
          />
          <SelectField
            className="sm:col-span-2"
            name="imapSecurity"
            label={t('setup.mailbox.security')}
            defaultValue={values?.imap?.security ?? 'tls'}
            options={encryption}
          />
          <TextField
            className="sm:col-span-3"
            name="imapUser"
            label={t('setup.mailbox.user')}
            hint={t('setup.mailbox.userHint')}
            defaultValue={values?.imap?.user}
            autoComplete="off"
          />
          <TextField
            className="sm:col-span-3"
            name="imapPassword"
            type="password"
            label={t('setup.mailbox.password')}
            hint={keep}
            autoComplete="off"
          />
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
          <FetchingFields values={values} />
        )}
      </FieldGroup>
      <FieldGroup legend={t('setup.mailbox.outgoing')}>
        <SelectField
          name="outgoing"
          label={t('setup.mailbox.way')}
          defaultValue={values?.outgoing ?? 'smtp'}
          options={[
            { value: 'smtp', label: t('setup.mailbox.bySmtp') },
            { value: 'default', label: t('setup.mailbox.byDefault') },
          ]}
        />
        <div className="grid gap-4 sm:grid-cols-6">
          <TextField
            className="sm:col-span-3"
            name="smtpHost"
            label={t('setup.mailbox.host')}
            defaultValue={values?.smtp?.host}
            autoComplete="off"
          />
          <TextField
            className="sm:col-span-1"
            name="smtpPort"
            label={t('setup.mailbox.port')}
            defaultValue={values?.smtp?.port ?? 587}
            inputMode="numeric"
          />
          <SelectField
            className="sm:col-span-2"
            name="smtpSecurity"
            label={t('setup.mailbox.security')}
            defaultValue={values?.smtp?.security ?? 'starttls'}
            options={encryption}
          />
          <TextField
            className="sm:col-span-3"
            name="smtpUser"
            label={t('setup.mailbox.user')}
            hint={t('setup.mailbox.smtpUserHint')}
            defaultValue={values?.smtp?.user}
            autoComplete="off"
          />
          <TextField
            className="sm:col-span-3"
            name="smtpPassword"
            type="password"
            label={t('setup.mailbox.password')}
            hint={keep ?? t('setup.mailbox.samePassword')}
            autoComplete="off"
          />
        </div>
      </FieldGroup>
    </Stack>
  )
}

/** What becomes of mail on its server, and how often it is looked for: for a mailbox that is connected already. */
function FetchingFields({ values }: { values: MailboxValues | undefined }) {
  const t = useT()
  const imap = values?.imap
  return (
    <>
      <TextField
        name="imapFolder"
        label={t('setup.mailbox.folder')}
        hint={t('setup.mailbox.folderHint')}
        defaultValue={imap?.folder ?? 'INBOX'}
        autoComplete="off"
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          name="imapAfterFetch"
          label={t('setup.mailbox.afterFetch')}
          defaultValue={imap?.afterFetch ?? 'keep'}
          options={[
            { value: 'keep', label: t('setup.mailbox.afterFetchKeep') },
            { value: 'move', label: t('setup.mailbox.afterFetchMove') },
            { value: 'delete', label: t('setup.mailbox.afterFetchDelete') },
          ]}
        />
        <TextField
          name="imapMoveTo"
          label={t('setup.mailbox.moveTo')}
          hint={t('setup.mailbox.moveToHint')}
          defaultValue={imap?.moveTo}
          autoComplete="off"
        />
      </div>
      <PaceFields
        prefix="imap"
        pollSeconds={String(imap?.pollSeconds ?? 60)}
        batch={String(imap?.batch ?? 50)}
        silentAfterHours={String(values?.silentAfterHours ?? '')}
      />
    </>
  )
}
