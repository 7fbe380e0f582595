import { redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { seeAsCustomer } from '#tickets/see-as-customer.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Route } from './+types/as-customer.ts'
import { messageView } from './message-view.ts'
import { RequestHeader } from './request-header.tsx'
import { RequestMessage } from './request-message.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

/** The portal's page of a ticket, for an agent to look at: nothing on it can be pressed. */
export async function loader({ request, params, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  if (ctx.actor.kind === 'guest') throw redirect(`/sign-in?next=${encodeURIComponent(new URL(request.url).pathname)}`)
  const found = await orRefuse(seeAsCustomer(ctx, { number: params.number }))
  const { t, deskName } = pageOf(context)
  return {
    title: t('portal.asCustomer.title', { number: found.number }),
    isGuest: false,
    number: found.number,
    subject: found.subject,
    status: found.status,
    createdAt: found.createdAt.toISOString(),
    expectedAt: found.expectedAt?.toISOString() ?? null,
    copies: found.copies.map((copy) => copy.name),
    requester: found.requester.name,
    messages: found.entries.map(({ entry, attachments }) =>
      messageView(ctx, entry, attachments, { desk: deskName, reader: found.requester.id, frames: '/agent/entries' }),
    ),
  }
}

export default function AsCustomer({ loaderData }: Route.ComponentProps) {
  const t = useT()
  const { number, requester, messages } = loaderData
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 lg:py-8">
      <Notice
        className="mb-6"
        title={t('portal.asCustomer.notice', { name: requester })}
        action={<ButtonLink to={`/agent/tickets/${number}`}>{t('portal.asCustomer.back')}</ButtonLink>}
      >
        {t('portal.asCustomer.noticeText')}
      </Notice>
      <RequestHeader request={loaderData} />
      <section aria-label={t('portal.ticket.conversation')}>
        <ol className="flex flex-col gap-4">
          {messages.map((message) => (
            <li key={message.id}>
              <RequestMessage message={message} />
            </li>
          ))}
        </ol>
      </section>
    </div>
  )
}
