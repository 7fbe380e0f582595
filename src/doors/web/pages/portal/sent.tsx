import { redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { ctxOf, pageOf } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/sent.ts'
import { DueTime } from './due-time.tsx'
import { readSentPath } from './sent-path.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const asked = readSentPath(ctx, new URL(request.url).searchParams)
  if (!asked) throw redirect('/open')
  return { title: pageOf(context).t('portal.sent.title'), ...asked, signedIn: ctx.actor.kind === 'user' }
}

export default function Sent({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { number, expectedAt, signedIn } = loaderData
  return (
    <Page width="narrow" title={t('portal.sent.title')}>
      <div className="flex flex-col gap-3 text-large">
        <p>{t.rich('portal.sent.number', { number, strong: (chunks) => <strong className="tabular">{chunks}</strong> })}</p>
        <p>
          {expectedAt
            ? t.rich('portal.sent.expect', { at: () => <DueTime at={expectedAt} isGuest={!signedIn} /> })
            : t('portal.sent.expectSoon')}
        </p>
        <p className="text-base text-ink-muted">{t('portal.sent.mailed')}</p>
      </div>
      <div className="mt-6 flex flex-wrap gap-2">
        {signedIn ? (
          <ButtonLink to={`/tickets/${number}`} variant="primary">
            {t('portal.sent.look')}
          </ButtonLink>
        ) : (
          <ButtonLink to={`/check?number=${number}`}>{t('portal.check.send')}</ButtonLink>
        )}
        <ButtonLink to="/open">{t('portal.sent.another')}</ButtonLink>
      </div>
    </Page>
  )
}
