import { useT } from '#i18n/react.tsx'
import { TextField } from '../../ui/field.tsx'

/** How often a mailbox is looked at, how much of it is taken at a time, and what silence is unusual. */
export function PaceFields({
  prefix,
  pollSeconds,
  batch,
  silentAfterHours,
}: {
  /** Of the first two names, as in `imapBatch`. */
  prefix?: string
  pollSeconds: string
  batch: string
  silentAfterHours: string
}) {
  const t = useT()
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        name={prefix ? `${prefix}PollSeconds` : 'pollSeconds'}
        label={t('setup.mailbox.pollSeconds')}
        hint={t('setup.mailbox.pollSecondsHint')}
        defaultValue={pollSeconds}
        inputMode="numeric"
      />
      <TextField
        name={prefix ? `${prefix}Batch` : 'batch'}
        label={t('setup.mailbox.batch')}
        hint={t('setup.mailbox.batchHint')}
        defaultValue={batch}
        inputMode="numeric"
      />
      <TextField
        name="silentAfterHours"
        label={t('setup.mailbox.silentAfter')}
        hint={t('setup.mailbox.silentAfterHint')}
        defaultValue={silentAfterHours}
        inputMode="numeric"
      />
    </div>
  )
}
