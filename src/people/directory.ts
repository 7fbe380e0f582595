import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'

export interface Department {
  id: number
  name: string
  isPublic: boolean
  managerId: number | null
  signature: string
  isArchived: boolean
}

export interface Team {
  id: number
  name: string
  leadId: number | null
  members: number[]
  isArchived: boolean
}

/** What everybody in the desk may know of a colleague. */
export interface AgentCard {
  id: number
  name: string
  email: string
  isAdministrator: boolean
  seesAllTickets: boolean
  alertMail: boolean
  signature: string
  awayUntil: Date | null
  /** A language of the catalogue; null: the desk's. */
  locale: string | null
  /** IANA name; null: the desk's. */
  timeZone: string | null
  isArchived: boolean
  /** Has accepted the invitation. */
  hasPassword: boolean
}

export interface Directory {
  departments: Department[]
  teams: Team[]
  agents: AgentCard[]
}

/** Departments, teams and agents, small and read by nearly every request. */
export const directoryCache = defineCached<Directory>('directory', async (ctx) => {
  const departments = await ctx.db.selectFrom('department').selectAll().orderBy('position').orderBy('id').execute()
  const teams = await ctx.db.selectFrom('team').selectAll().orderBy('name').execute()
  const members = await ctx.db.selectFrom('team_member').selectAll().execute()
  const agents = await ctx.db.selectFrom('agent').selectAll().orderBy('name').execute()
  return {
    departments: departments.map((row) => ({
      id: row.id,
      name: row.name,
      isPublic: row.is_public,
      managerId: row.manager_id,
      signature: row.signature,
      isArchived: row.archived_at !== null,
    })),
    teams: teams.map((row) => ({
      id: row.id,
      name: row.name,
      leadId: row.lead_id,
      members: members.filter((member) => member.team_id === row.id).map((member) => member.agent_id),
      isArchived: row.archived_at !== null,
    })),
    agents: agents.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      isAdministrator: row.is_administrator,
      seesAllTickets: row.sees_all_tickets,
      alertMail: row.alert_mail,
      signature: row.signature,
      awayUntil: row.away_until,
      locale: row.locale,
      timeZone: row.time_zone,
      isArchived: row.archived_at !== null,
      hasPassword: row.password_hash !== null,
    })),
  }
})

export const readDirectory = (ctx: Context): Promise<Directory> => cached(ctx, directoryCache)

/** Errors: NotFound. */
export async function findDepartment(ctx: Context, id: number): Promise<Department> {
  const found = (await readDirectory(ctx)).departments.find((department) => department.id === id)
  if (!found) throw notFound()
  return found
}

export async function findAgent(ctx: Context, id: number): Promise<AgentCard | null> {
  return (await readDirectory(ctx)).agents.find((agent) => agent.id === id) ?? null
}

export async function findAgentByEmail(ctx: Context, email: string): Promise<AgentCard | null> {
  const normal = email.trim().toLowerCase()
  return (await readDirectory(ctx)).agents.find((agent) => agent.email === normal && !agent.isArchived) ?? null
}

/** The department new work falls to when nothing says otherwise: the first that is not archived. */
export async function defaultDepartment(ctx: Context): Promise<Department> {
  const found = (await readDirectory(ctx)).departments.find((department) => !department.isArchived)
  if (!found) throw new Error('the desk has no department')
  return found
}
