import { useT } from '#i18n/react.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'

/** The way from a mailbox to what its provider sorted out: a page of its own, as looking asks the mail server. */
export function JunkSection({ mailbox }: { mailbox: number }) {
  const t = useT()
  return (
    <Section title={t('admin.junk.section')} intro={t('admin.junk.sectionHint')}>
      <ButtonLink to={`/admin/mailboxes/${mailbox}/junk`}>{t('admin.junk.look')}</ButtonLink>
    </Section>
  )
}
