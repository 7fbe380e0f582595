import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import type { AgentFacts } from './actors.ts'

/** SQL of an agent's facts as one JSON value, for joining to whatever proves who acts. `agent` must be in scope. */
export const agentFactsSql = sql<AgentFacts>`json_build_object('id', agent.id, 'name', agent.name, 'email', agent.email,
  'locale', agent.locale, 'timeZone', agent.time_zone, 'isAdministrator', agent.is_administrator, 'seesAllTickets', agent.sees_all_tickets,
  'teams', coalesce((select json_agg(m.team_id) from team_member m where m.agent_id = agent.id), '[]'::json),
  'grants', coalesce((select json_agg(json_build_object('department', g.department_id, 'permissions', r.permissions))
     from department_grant g join role r on r.id = g.role_id where g.agent_id = agent.id), '[]'::json))`

/** The facts of an agent who is not archived, or null. */
export async function agentFacts(ctx: Context, id: number): Promise<AgentFacts | null> {
  const row = await ctx.db
    .selectFrom('agent')
    .select(agentFactsSql.as('facts'))
    .where('agent.id', '=', id)
    .where('agent.archived_at', 'is', null)
    .executeTakeFirst()
  return row?.facts ?? null
}
