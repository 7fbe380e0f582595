import type { TicketState } from '#workflow/workflow.ts'

/** How a customer reads where their request stands; a key of the `portal.status` catalogue. */
export function customerStatus(ticket: {
  state: TicketState
  statusKey: string | null
  firstResponseAt: Date | null
}): 'received' | 'working' | 'waiting' | 'on_hold' | 'solved' | 'closed' {
  if (ticket.state === 'closed') return 'closed'
  if (ticket.state === 'resolved') return 'solved'
  if (ticket.statusKey === 'waiting') return 'waiting'
  if (ticket.state === 'on_hold') return 'on_hold'
  return ticket.firstResponseAt ? 'working' : 'received'
}
