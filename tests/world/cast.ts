import { createRestToken } from '#access/api-tokens.ts'
import { peekToken } from '#access/one-time-tokens.ts'
import type { TokenScope } from '#access/permissions.ts'
import { readRoles, setGrants } from '#access/roles.ts'
import { startSession } from '#access/sessions.ts'
import type { Context } from '#core/context.ts'
import { createAgent } from '#people/agents.ts'
import { createDepartment } from '#people/departments.ts'
import { defaultDepartment } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { ticketLink } from '#tickets/ticket-links.ts'

export const ALL_SCOPES: readonly TokenScope[] = ['tickets:read', 'tickets:write', 'people:read', 'people:write']

export interface Cast {
  support: number
  billing: number
  /** Agents by first name. */
  agents: Record<'ada' | 'mona' | 'sam' | 'lee' | 'vic' | 'bo', number>
  /** Customers. */
  users: Record<'kim' | 'noor', number>
  /** Kim's ticket, in Support. */
  ticket: { id: number; number: string }
  /** Noor's ticket, in Support. */
  other: { id: number; number: string }
}

/**
 * Ada, administrator who sees all · Mona, manager of Support · Sam, agent of Support · Lee, light agent of Support · Vic, viewer of
 * Support · Bo, agent of Billing · Kim and Noor, customers with a ticket each in Support. `ctx` acts as the desk itself.
 */
export async function openCast(ctx: Context): Promise<Cast> {
  const support = (await defaultDepartment(ctx)).id
  const billing = (await createDepartment(ctx, { name: 'Billing' })).id
  const roles = await readRoles(ctx)
  const agent = async (name: string, role: string | null, department: number, administrator = false): Promise<number> => {
    const { id } = await createAgent(ctx, {
      name,
      email: `${name.toLowerCase()}@desk.example`,
      administrator,
      seesAllTickets: administrator,
    })
    if (role) await setGrants(ctx, id, [{ department, role: roles.find((one) => one.key === role)!.id }])
    return id
  }
  const agents = {
    ada: await agent('Ada', 'manager', support, true),
    mona: await agent('Mona', 'manager', support),
    sam: await agent('Sam', 'agent', support),
    lee: await agent('Lee', 'light', support),
    vic: await agent('Vic', 'viewer', support),
    bo: await agent('Bo', 'agent', billing),
  }
  const kim = (await findOrCreateEndUser(ctx, { address: 'kim@customer.example', name: 'Kim' })).id
  const noor = (await findOrCreateEndUser(ctx, { address: 'noor@elsewhere.example', name: 'Noor' })).id
  const ask = async (email: string, subject: string) => {
    const { id, number } = await openTicket(
      ctx,
      {
        requester: { email },
        subject,
        message: `${subject}, please help.`,
        department: support,
        autorespond: false,
        alert: false,
      },
      { channel: 'web' },
    )
    return { id, number }
  }
  const ticket = await ask('kim@customer.example', 'The grinder smells burnt')
  const other = await ask('noor@elsewhere.example', 'Where is my order')
  return { support, billing, agents, users: { kim, noor }, ticket, other }
}

/** A bearer token of an agent. */
export const tokenFor = async (ctx: Context, agent: number, scopes: readonly TokenScope[] = ALL_SCOPES): Promise<string> =>
  (await createRestToken(ctx, { name: 'test', agent, scopes: [...scopes] })).token

/** The cookie of a browser in which somebody is signed in. */
export const cookieFor = async (ctx: Context, who: { agent?: number; endUser?: number }): Promise<string> =>
  `session=${(await startSession(ctx, who)).token}`

/** The cookie of a browser in which a ticket's link was opened. */
export async function guestCookie(ctx: Context, ticket: { id: number; number: string }, endUser: number): Promise<string> {
  const key = new URL(await ticketLink(ctx, ticket, endUser)).searchParams.get('key')!
  const token = (await peekToken(ctx, 'ticket', key))!.id
  return `session=${(await startSession(ctx, { grants: [{ ticket: ticket.id, endUser, token }] })).token}`
}
