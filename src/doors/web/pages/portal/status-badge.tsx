import { useT } from '#i18n/react.tsx'
import type { CustomerStatus } from '#tickets/show-request.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'

const tones: Record<CustomerStatus, Tone> = {
  received: 'info',
  working: 'info',
  waiting: 'warning',
  on_hold: 'neutral',
  solved: 'success',
  closed: 'neutral',
}

export function StatusBadge({ status }: { status: CustomerStatus }) {
  const t = useT()
  return <Badge tone={tones[status]}>{t(`portal.status.${status}`)}</Badge>
}
