import { actingAs, type Context } from '#core/context.ts'
import { guestActor } from './actors.ts'
import { readSession } from './sessions.ts'

/**
 * A browser may hold links of several people: on one ticket a guest acts as the person that this ticket's link was made for.
 * `token` is the session's. Others than guests stay who they are.
 */
export async function actByGrant(ctx: Context, token: string | null, ticket: number): Promise<Context> {
  if (ctx.actor.kind !== 'guest' || token === null) return ctx
  const session = await readSession(ctx, token)
  const grant = session?.grants.find((one) => one.ticket === ticket)
  if (!session || !grant) return ctx
  const person = await ctx.db
    .selectFrom('end_user')
    .select(['id', 'name', 'address'])
    .where('id', '=', grant.endUser)
    .where('blocked_at', 'is', null)
    .executeTakeFirst()
  return person ? actingAs(ctx, guestActor(session.grants, person)) : ctx
}
