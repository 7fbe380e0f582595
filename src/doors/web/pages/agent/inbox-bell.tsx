import { Bell } from 'lucide-react'
import { NavLink } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useFrame } from './frame-context.tsx'

const MOST = 99

/** The way to the notifications, with how many are unread. What is new is said to those who do not see it. */
export function InboxBell({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const t = useT()
  const { view } = useFrame()
  const count = view.unread
  return (
    <>
      <NavLink
        to="/agent/inbox"
        prefetch="intent"
        onClick={onNavigate}
        className={({ isActive }) =>
          buttonClass('quiet', 'normal', classNames('justify-start! w-full', isActive && 'bg-selected text-ink!'))
        }
      >
        <Bell className="size-4" aria-hidden="true" />
        <span className="min-w-0 flex-1 truncate text-start">{t('agent.nav.inbox')}</span>
        {count > 0 ? <span className="sr-only">{t('agent.nav.unread', { count })}</span> : null}
        {count > 0 ? (
          <span aria-hidden="true" className="tabular rounded-full bg-accent px-1.5 font-semibold text-on-accent text-small">
            {count > MOST ? t('agent.nav.moreThan', { count: MOST }) : t('common.count', { count })}
          </span>
        ) : null}
      </NavLink>
      <span role="status" className="sr-only">
        {count > 0 ? t('agent.nav.inboxUnread', { count }) : ''}
      </span>
    </>
  )
}
