import { agentActor, endUserActor, guestActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { setGrants } from '#access/roles.ts'
import { actingAs, type Context } from '#core/context.ts'
import { createAgent } from '#people/agents.ts'
import { createDepartment } from '#people/departments.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'

/** Who plays in the tests. Each is a context acting as that person. */
export interface Cast {
  /** Administrator, sees everything. */
  ada: Context
  /** Agent in Support. */
  sam: Context
  /** Agent in Billing, with no right in Support. */
  bo: Context
  /** Light agent in Support: sees and notes. */
  lin: Context
  /** Viewer in Support. */
  vic: Context
  /** A customer. */
  kim: Context
  /** Another customer. */
  pat: Context
  support: number
  billing: number
}

/** Brings the cast onto a fresh desk. */
export async function bringCast(ctx: Context): Promise<Cast> {
  const departments = await ctx.db.selectFrom('department').select(['id', 'name']).orderBy('id').execute()
  const support = departments[0]!.id
  const { id: billing } = await createDepartment(ctx, { name: 'Billing' })
  const roles = new Map((await ctx.db.selectFrom('role').select(['id', 'key']).execute()).map((role) => [role.key, role.id]))
  const agent = async (name: string, grants: Array<[number, string]>, administrator = false): Promise<Context> => {
    const { id } = await createAgent(ctx, { name, email: `${name.split(' ')[0]!.toLowerCase()}@cast.example`, administrator })
    await setGrants(
      ctx,
      id,
      grants.map(([department, role]) => ({ department, role: roles.get(role)! })),
    )
    return actingAs(ctx, agentActor((await agentFacts(ctx, id))!))
  }
  const customer = async (name: string): Promise<Context> => {
    const address = `${name.split(' ')[0]!.toLowerCase()}@customer.example`
    const { id } = await findOrCreateEndUser(ctx, { address, name })
    return actingAs(ctx, endUserActor({ id, name, address }))
  }
  return {
    ada: await agent('Ada Admin', [], true),
    sam: await agent('Sam Support', [[support, 'agent']]),
    bo: await agent('Bo Billing', [[billing, 'agent']]),
    lin: await agent('Lin Light', [[support, 'light']]),
    vic: await agent('Vic Viewer', [[support, 'viewer']]),
    kim: await customer('Kim Customer'),
    pat: await customer('Pat Customer'),
    support,
    billing,
  }
}

/** Somebody who opened one ticket's link. */
export const guestOf = (ctx: Context, ticket: number, person: Context): Context =>
  actingAs(
    ctx,
    guestActor([{ ticket, endUser: person.actor.id! }], {
      id: person.actor.id!,
      name: person.actor.name,
      address: person.actor.address!,
    }),
  )
