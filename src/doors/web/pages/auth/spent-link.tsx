import { useT } from '#i18n/react.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'

/** A mailed link that opens nothing any more, and what to do. */
export function SpentLink({ again }: { again: string }) {
  const t = useT()
  return (
    <Page width="narrow" title={t('portal.spent.title')} intro={t('portal.spent.text')}>
      <ButtonLink to={again}>{t('portal.spent.again')}</ButtonLink>
    </Page>
  )
}
