import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from './address.ts'
import { senderStanding } from './people-events.ts'

/** trusted: no more suspended as spam. spam: suspended, because a person said so of an earlier mail. */
export type Standing = 'trusted' | 'spam'

export interface KnownSender {
  address: string
  standing: Standing
  createdAt: Date
  createdBy: string | null
}

/** Few on any desk; asked for with every mail. */
const sendersCache = defineCached<ReadonlyMap<string, Standing>>('known-senders', async (ctx) => {
  const rows = await ctx.db.selectFrom('known_sender').select(['address', 'standing']).execute()
  return new Map(rows.map((row) => [row.address, row.standing as Standing]))
})

export const standingOf = async (ctx: Context, address: string): Promise<Standing | null> =>
  (await cached(ctx, sendersCache)).get(normalAddress(address)) ?? null

/** Remembers what a person said of a sender, or forgets it (null). Part of a verb that has passed its own gate; emits its own event. */
export async function rememberSender(ctx: Context, address: string, standing: Standing | null): Promise<void> {
  const normal = normalAddress(address)
  if (!isAddress(normal)) return
  await transact(ctx, async (ctx) => {
    if (standing === null) {
      const gone = await ctx.db.deleteFrom('known_sender').where('address', '=', normal).returning('address').executeTakeFirst()
      if (!gone) return
    } else {
      const said = { standing, created_by: ctx.actor.id, created_at: ctx.clock.now() }
      await ctx.db
        .insertInto('known_sender')
        .values({ address: normal, ...said })
        .onConflict((conflict) => conflict.column('address').doUpdateSet(said))
        .execute()
    }
    dropCached(ctx, sendersCache)
    await emit(
      ctx,
      senderStanding({
        subject: { kind: 'sender', id: 0 },
        data: { standing },
        facts: { internal: true },
        personal: { address: normal },
      }),
    )
  })
}

/** Newest first. Errors: Forbidden. */
export async function listKnownSenders(ctx: Context): Promise<KnownSender[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db
    .selectFrom('known_sender as k')
    .leftJoin('agent', 'agent.id', 'k.created_by')
    .select(['k.address', 'k.standing', 'k.created_at', 'agent.name as createdBy'])
    .orderBy('k.created_at', 'desc')
    .limit(1000)
    .execute()
  return rows.map((row) => ({
    address: row.address,
    standing: row.standing as Standing,
    createdAt: row.created_at,
    createdBy: row.createdBy,
  }))
}

/** Errors: Forbidden, NotFound. */
export async function forgetSender(ctx: Context, address: string): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  if ((await standingOf(ctx, address)) === null) throw notFound()
  await rememberSender(ctx, address, null)
}
