import type { ShownMailbox } from '#channels/show-mailboxes.ts'
import { useT } from '#i18n/react.tsx'
import type { Translate } from '#i18n/translate.ts'
import { Moment } from '../../ui/moment.tsx'
import { Facts, Section } from '../../ui/page.tsx'

/** How a mailbox is, as pages show it. */
export const healthOf = (t: Translate, row: ShownMailbox) => ({
  lastPolledAt: row.lastPolledAt?.toISOString() ?? null,
  lastMailAt: row.lastMailAt?.toISOString() ?? null,
  waitingMails: row.waitingMails,
  oldestWaitingAt: row.oldestWaitingAt?.toISOString() ?? null,
  trouble: row.trouble
    ? {
        text: t.at(`mail.trouble.${row.trouble.key}`, row.trouble.params),
        detail: row.trouble.detail,
        since: row.troubleSince?.toISOString() ?? null,
      }
    : null,
})

/** When it was looked at, what waits, when the last mail came, and what is wrong. */
export function MailboxHealth({ health }: { health: ReturnType<typeof healthOf> }) {
  const t = useT()
  const moment = (at: string | null) => (at ? <Moment at={at} /> : t('admin.never'))
  const { waitingMails, oldestWaitingAt, trouble } = health
  return (
    <Section title={t('admin.mailboxes.health')}>
      <Facts
        items={[
          { label: t('admin.mailboxes.lastPoll'), value: moment(health.lastPolledAt) },
          {
            label: t('admin.mailboxes.backlog'),
            value:
              waitingMails === 0 ? t('admin.mailboxes.noneWaits') : t('admin.mailboxes.waitingMails', { count: waitingMails }),
          },
          ...(oldestWaitingAt ? [{ label: t('admin.mailboxes.oldestWaiting'), value: moment(oldestWaitingAt) }] : []),
          { label: t('admin.mailboxes.lastMail'), value: moment(health.lastMailAt) },
          {
            label: t('admin.mailboxes.lastError'),
            value: trouble ? (
              <>
                <span className="wrap-anywhere block text-danger-ink">{trouble.text}</span>
                <span className="wrap-anywhere block text-ink-muted">
                  {trouble.detail} {trouble.since ? <Moment at={trouble.since} /> : null}
                </span>
              </>
            ) : (
              t('admin.mailboxes.noError')
            ),
          },
        ]}
      />
    </Section>
  )
}
