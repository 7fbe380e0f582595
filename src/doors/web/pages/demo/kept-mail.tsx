import { Link } from 'react-router'
import { notFound } from '#core/errors.ts'
import { accessDemo } from '#demo/look-as.ts'
import { useT } from '#i18n/react.tsx'
import { ctxOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Moment } from '../../ui/moment.tsx'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/kept-mail.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.subject }]

export async function loader({ context, params }: Route.LoaderArgs) {
  return orRefuse(
    (async () => {
      const { demo } = accessDemo(ctxOf(context))
      const mail = demo.outbox.get(Number(params.id))
      if (!mail) throw notFound()
      const { id, at, from, to, subject, text, html } = mail
      return { id, at, from, to, subject, text, hasHtml: html !== null }
    })(),
  )
}

export default function KeptMail({ loaderData: mail }: Route.ComponentProps) {
  const t = useT()
  return (
    <Page
      title={mail.subject || t('demo.kept.noSubject')}
      intro={
        <span className="wrap-anywhere">
          {mail.from || '<>'} → {mail.to.join(', ')}
          {mail.at ? (
            <>
              {' · '}
              <Moment at={mail.at} />
            </>
          ) : null}
        </span>
      }
    >
      {mail.hasHtml ? (
        <iframe
          src={`/demo/outbox/${mail.id}/frame`}
          title={t('demo.kept.frame')}
          sandbox=""
          referrerPolicy="no-referrer"
          className="block h-[28rem] w-full rounded-base border border-line bg-[#fff]"
        />
      ) : (
        <pre className="wrap-anywhere whitespace-pre-wrap rounded-base border border-line bg-surface p-3 font-sans">
          {mail.text}
        </pre>
      )}
      {mail.hasHtml ? (
        <details className="mt-4">
          <summary className="text-ink-muted">{t('demo.kept.text')}</summary>
          <pre className="wrap-anywhere mt-2 whitespace-pre-wrap rounded-base border border-line bg-surface p-3 font-sans">
            {mail.text}
          </pre>
        </details>
      ) : null}
      <p className="mt-4">
        <Link className="link" to="/demo/outbox">
          {t('demo.kept.back')}
        </Link>
      </p>
    </Page>
  )
}
