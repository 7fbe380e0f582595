import { useT } from '#i18n/react.tsx'
import { TabLinks } from '../../ui/tab-links.tsx'

/** The ways a mailbox can be reached, each with a form of its own. */
export function MailboxWays({ edit }: { edit: number | 'new' }) {
  const t = useT()
  return (
    <div className="mb-6">
      <TabLinks
        label={t('admin.oauth.ways')}
        links={[
          { to: `/admin/mailboxes?edit=${edit}&by=password`, label: t('admin.oauth.password'), end: true },
          { to: `/admin/mailboxes/oauth/microsoft?edit=${edit}`, label: t('admin.oauth.microsoft') },
          { to: `/admin/mailboxes/oauth/google?edit=${edit}`, label: t('admin.oauth.google') },
          { to: `/admin/mailboxes/oauth/other?edit=${edit}`, label: t('admin.oauth.other') },
        ]}
      />
    </div>
  )
}
