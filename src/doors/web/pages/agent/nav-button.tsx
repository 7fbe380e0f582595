import { Menu as MenuSign } from 'lucide-react'
import { useT } from '#i18n/react.tsx'
import { IconButton } from '../../ui/button.tsx'
import { useFrame } from './frame-context.tsx'

/** Opens the queues where they are not in sight. */
export function NavButton() {
  const t = useT()
  const { openNav, navShown } = useFrame()
  return (
    <IconButton label={t('agent.nav.open')} onClick={openNav} className={navShown ? 'lg:hidden' : ''}>
      <MenuSign className="size-4" aria-hidden="true" />
    </IconButton>
  )
}
