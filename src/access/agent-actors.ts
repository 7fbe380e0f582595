import type { Actor } from '#core/actor.ts'
import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { readDirectory } from '#people/directory.ts'
import { agentActor } from './actors.ts'

export interface Grant {
  agent: number
  department: number
  permissions: string[]
}

/** What each agent's roles give in each department: small, and asked for each time somebody is to be told of something. */
export const grantsCache = defineCached<Grant[]>('department grants', (ctx) =>
  ctx.db
    .selectFrom('department_grant')
    .innerJoin('role', 'role.id', 'department_grant.role_id')
    .select(['agent_id as agent', 'department_id as department', 'permissions'])
    .execute(),
)

export interface KnownAgents {
  /** The agent as an actor, for asking the gates; null when archived or unknown. */
  actorOf(agent: number): Actor | null
  /** Who works in a department: those whom a role lets see its tickets. Administrators who merely see everything are not among them. */
  membersOf(department: number): number[]
}

/** All agents as actors, from cached facts alone. */
export async function knownAgents(ctx: Context): Promise<KnownAgents> {
  const { agents, teams } = await readDirectory(ctx)
  const grants = await cached(ctx, grantsCache)
  const made = new Map<number, Actor | null>()
  return {
    actorOf(id) {
      if (!made.has(id)) {
        const card = agents.find((agent) => agent.id === id && !agent.isArchived)
        made.set(
          id,
          card
            ? agentActor({
                id,
                name: card.name,
                email: card.email,
                isAdministrator: card.isAdministrator,
                seesAllTickets: card.seesAllTickets,
                teams: teams.filter((team) => team.members.includes(id)).map((team) => team.id),
                grants: grants.filter((grant) => grant.agent === id),
              })
            : null,
        )
      }
      return made.get(id) ?? null
    },
    membersOf: (department) =>
      grants
        .filter((grant) => grant.department === department && grant.permissions.includes('ticket.view'))
        .map((grant) => grant.agent),
  }
}
