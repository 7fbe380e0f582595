import { Menu as MenuSign } from 'lucide-react'
import { useT } from '#i18n/react.tsx'
import { IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useFrame } from './frame-context.tsx'

/** Opens the queues where they are not in sight. */
export function NavButton() {
  const t = useT()
  const { openNav, navShown, view } = useFrame()
  const label = view.unread > 0 ? t('agent.nav.openUnread', { count: view.unread }) : t('agent.nav.open')
  return (
    <IconButton label={label} onClick={openNav} className={classNames('relative', navShown && 'lg:hidden')}>
      <MenuSign className="size-4" aria-hidden="true" />
      {view.unread > 0 ? (
        <span aria-hidden="true" className="absolute end-1 top-1 size-2 rounded-full bg-accent ring-2 ring-surface" />
      ) : null}
    </IconButton>
  )
}
