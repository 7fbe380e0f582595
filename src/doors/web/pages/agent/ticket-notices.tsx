import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { exactTime } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequest } from '../../ui/request.tsx'
import type { TicketControls } from './ticket-acts.tsx'
import type { TicketView } from './view.ts'

/** What one must know before reading: it lies in spam or trash, sleeps, or a colleague asked for one. */
export function TicketNotices({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  return (
    <>
      {ticket.place !== 'desk' ? (
        <Notice
          tone="warning"
          className="mx-4 mt-3"
          action={
            ticket.may.edit ? (
              <Button size="small" onClick={() => controls.move('desk')}>
                {t('agent.ticket.restore')}
              </Button>
            ) : undefined
          }
        >
          {ticket.place === 'spam' ? t('agent.ticket.inSpam') : t('agent.ticket.inTrash')}
        </Notice>
      ) : null}
      {ticket.snoozedUntil ? (
        <Notice
          tone="info"
          className="mx-4 mt-3"
          action={
            ticket.may.status ? (
              <Button size="small" onClick={() => controls.further.run({ intent: 'wake' })}>
                {t('agent.further.wake')}
              </Button>
            ) : undefined
          }
        >
          {t('agent.further.snoozedUntil', { when: exactTime(ticket.snoozedUntil, locale, timeZone) })}
        </Notice>
      ) : null}
      {ticket.mentioned ? (
        <Notice
          tone="info"
          className="mx-4 mt-3"
          action={
            <Button size="small" onClick={() => controls.further.run({ intent: 'mention-done' })}>
              {t('agent.further.mentionDoneAct')}
            </Button>
          }
        >
          {t('agent.further.mentioned')}
        </Notice>
      ) : null}
    </>
  )
}
