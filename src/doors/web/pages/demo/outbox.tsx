import { Link } from 'react-router'
import { accessDemo } from '#demo/look-as.ts'
import { useT } from '#i18n/react.tsx'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Page } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/outbox.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ context }: Route.LoaderArgs) {
  const { demo } = await orRefuse((async () => accessDemo(ctxOf(context)))())
  return {
    title: pageOf(context).t('demo.kept.title'),
    mails: demo.outbox.list().map(({ id, at, to, subject }) => ({ id, at, to, subject })),
  }
}

export default function Outbox({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { mails } = loaderData
  return (
    <Page width="wide" title={t('demo.kept.title')} intro={t('demo.kept.intro')}>
      {mails.length === 0 ? (
        <EmptyState title={t('demo.kept.empty')}>{t('demo.kept.emptyText')}</EmptyState>
      ) : (
        <>
          <Table
            caption={t('demo.kept.title')}
            head={
              <>
                <Head>{t('demo.kept.at')}</Head>
                <Head className="max-sm:hidden">{t('demo.kept.to')}</Head>
                <Head className="w-full">{t('demo.kept.subject')}</Head>
              </>
            }
          >
            {mails.map((mail) => (
              <Row key={mail.id}>
                <Cell className="whitespace-nowrap text-ink-muted">{mail.at ? <Moment at={mail.at} /> : null}</Cell>
                <Cell className="whitespace-nowrap max-sm:hidden">{mail.to.join(', ')}</Cell>
                <Cell className="wrap-anywhere min-w-40">
                  <Link className="link" to={`/demo/outbox/${mail.id}`}>
                    {mail.subject || t('demo.kept.noSubject')}
                  </Link>
                  <span className="block text-ink-muted text-small sm:hidden">{mail.to.join(', ')}</span>
                </Cell>
              </Row>
            ))}
          </Table>
          <p className="mt-3 text-ink-faint text-small">{t('demo.kept.count', { count: mails.length })}</p>
        </>
      )}
    </Page>
  )
}
