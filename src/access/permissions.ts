/** Every permission a role can hold, in the order a person reads them. All are asked for a department. */
export const permissions = [
  'ticket.view',
  'ticket.create',
  'ticket.note',
  'ticket.reply',
  'ticket.assign',
  'ticket.transfer',
  'ticket.status',
  'ticket.edit',
  'ticket.merge',
  'ticket.people',
  'ticket.bulk',
  'ticket.delete',
] as const

export type TicketPermission = (typeof permissions)[number]

const agent: TicketPermission[] = [
  'ticket.view',
  'ticket.create',
  'ticket.note',
  'ticket.reply',
  'ticket.assign',
  'ticket.transfer',
  'ticket.status',
  'ticket.edit',
  'ticket.merge',
  'ticket.people',
  'ticket.bulk',
]

/** The roles a new desk ships with. */
export const shippedRoles: ReadonlyArray<{ key: string; name: string; permissions: readonly TicketPermission[] }> = [
  { key: 'manager', name: 'Manager', permissions },
  { key: 'agent', name: 'Agent', permissions: agent },
  { key: 'light', name: 'Light agent', permissions: ['ticket.view', 'ticket.note'] },
  { key: 'viewer', name: 'Viewer', permissions: ['ticket.view'] },
]

/** What an API token may be narrowed to. */
export const tokenScopes = ['tickets:read', 'tickets:write', 'people:read', 'people:write', 'admin'] as const
export type TokenScope = (typeof tokenScopes)[number]
