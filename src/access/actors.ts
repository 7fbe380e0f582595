import type { Actor, Permission } from '#core/actor.ts'
import { permissions, type TokenScope } from './permissions.ts'

export interface AgentFacts {
  id: number
  name: string
  email: string
  locale?: string | null
  timeZone?: string | null
  isAdministrator: boolean
  seesAllTickets: boolean
  teams: readonly number[]
  /** What each role gives in each department. */
  grants: ReadonlyArray<{ department: number; permissions: readonly string[] }>
}

const KNOWN = new Set<string>(permissions)

/** An agent as an actor. An administrator who sees all tickets may do everything anywhere; one who does not has only their roles. */
export function agentActor(facts: AgentFacts): Actor {
  const byPermission = new Map<string, number[]>()
  for (const grant of facts.grants) {
    for (const permission of grant.permissions) {
      const held = byPermission.get(permission)
      if (held) held.push(grant.department)
      else byPermission.set(permission, [grant.department])
    }
  }
  const all = facts.isAdministrator && facts.seesAllTickets
  return {
    kind: 'agent',
    id: facts.id,
    name: facts.name,
    address: facts.email,
    seesAll: facts.seesAllTickets,
    administrator: facts.isAdministrator,
    teams: facts.teams,
    grants: [],
    may: (permission: Permission, scope) => {
      if (all && KNOWN.has(permission)) return true
      if (facts.seesAllTickets && permission === 'ticket.view') return true
      const held = byPermission.get(permission)
      if (!held) return false
      return scope?.department == null ? true : held.includes(scope.department)
    },
    departmentsWith: (permission) => {
      if (all || (facts.seesAllTickets && permission === 'ticket.view')) return 'all'
      return byPermission.get(permission) ?? []
    },
  }
}

const SCOPE_OF: Record<TokenScope, (permission: Permission) => boolean> = {
  'tickets:read': (permission) => permission === 'ticket.view',
  'tickets:write': (permission) => permission.startsWith('ticket.') || permission.startsWith('entry.'),
  'people:read': () => false,
  'people:write': (permission) => permission === 'ticket.people',
  admin: () => true,
}

/** A REST token: its agent, narrowed to its scopes. */
export function tokenActor(facts: AgentFacts, scopes: readonly string[]): Actor {
  const agent = agentActor(facts)
  const allows = (permission: Permission): boolean => scopes.some((scope) => SCOPE_OF[scope as TokenScope]?.(permission) === true)
  return {
    ...agent,
    kind: 'token',
    administrator: agent.administrator && scopes.includes('admin'),
    seesAll: agent.seesAll && allows('ticket.view'),
    may: (permission, scope) => allows(permission) && agent.may(permission, scope),
    departmentsWith: (permission) => (allows(permission) ? agent.departmentsWith(permission) : []),
  }
}

/** A signed-in customer. What they may see follows from being requester or on copy. */
export function endUserActor(user: { id: number; name: string; address: string }, grants: readonly number[] = []): Actor {
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    address: user.address,
    seesAll: false,
    administrator: false,
    teams: [],
    grants,
    may: () => false,
    departmentsWith: () => [],
  }
}

/** Someone who opened a ticket's link: acts as the person the link was made for, on that ticket alone. */
export function guestActor(
  grants: ReadonlyArray<{ ticket: number; endUser: number }>,
  person: { id: number; name: string; address: string } | null,
): Actor {
  return {
    kind: 'guest',
    id: person?.id ?? null,
    name: person?.name ?? '',
    address: person?.address ?? null,
    seesAll: false,
    administrator: false,
    teams: [],
    grants: grants.map((grant) => grant.ticket),
    may: () => false,
    departmentsWith: () => [],
  }
}

/** A key of osTicket's own calls: nobody in particular, who may open tickets and see none. */
export const osticketActor: Actor = {
  kind: 'token',
  id: null,
  name: '',
  address: null,
  seesAll: false,
  administrator: false,
  teams: [],
  grants: [],
  may: (permission) => permission === 'ticket.create',
  departmentsWith: (permission) => (permission === 'ticket.create' ? 'all' : []),
}
