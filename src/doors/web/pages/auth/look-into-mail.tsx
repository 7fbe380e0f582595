import { useT } from '#i18n/react.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'

/** What every question for a link is answered with, whether or not there was anything to mail. */
export function LookIntoMail({ text }: { text: string }) {
  const t = useT()
  return (
    <Page width="narrow" title={t('portal.signIn.linkSent.title')} intro={text}>
      <ButtonLink to="/">{t('portal.nav.home')}</ButtonLink>
    </Page>
  )
}
