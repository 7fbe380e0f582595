import { useT } from '#i18n/react.tsx'
import type { CustomerStatus } from '#tickets/show-request.ts'
import { Moment } from '../../ui/moment.tsx'
import { DueTime } from './due-time.tsx'
import { StatusBadge } from './status-badge.tsx'

/** Times are ISO. */
export interface RequestHead {
  number: string
  subject: string
  status: CustomerStatus
  createdAt: string
  expectedAt: string | null
  copies: string[]
  isGuest: boolean
}

/** What a request is, where it stands, and who reads along. */
export function RequestHeader({ request }: { request: RequestHead }) {
  const t = useT()
  return (
    <header className="mb-6">
      <p className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-muted">
        <span className="tabular">{t('portal.ticket.number', { number: request.number })}</span>
        <StatusBadge status={request.status} />
      </p>
      <h1 className="wrap-anywhere font-semibold text-title">{request.subject}</h1>
      <p className="mt-1 text-ink-muted">
        {t.rich('portal.ticket.opened', { at: () => <Moment at={request.createdAt} /> })}
        {request.expectedAt ? (
          <>
            {' '}
            ·{' '}
            {t.rich('portal.ticket.expect', {
              at: () => <DueTime at={request.expectedAt ?? ''} isGuest={request.isGuest} />,
            })}
          </>
        ) : null}
      </p>
      {request.copies.length > 0 ? (
        <p className="text-ink-muted">{t('portal.ticket.copies', { names: request.copies.join(', ') })}</p>
      ) : null}
    </header>
  )
}
