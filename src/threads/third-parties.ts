import { sql } from 'kysely'
import { readMessageId, readReplyAddress, type SigningKey } from '#channels/email/signed-address.ts'
import type { Context } from '#core/context.ts'

/** Somebody outside the ticket to whom something of it was sent: a supplier, another firm. They see nothing else of it. */
export interface ThirdParty {
  name: string
  /** Lower-case. */
  address: string
}

/** From now on their mail lands on the thread as theirs. The caller has passed the thread's gate. */
export async function addThirdParties(ctx: Context, thread: number, people: readonly ThirdParty[]): Promise<void> {
  if (people.length === 0) return
  await ctx.db
    .insertInto('third_party')
    .values(people.map(({ name, address }) => ({ thread_id: thread, name, address, added_at: ctx.clock.now() })))
    .onConflict((conflict) => conflict.columns(['thread_id', 'address']).doNothing())
    .execute()
}

export async function thirdPartiesOf(ctx: Context, thread: number): Promise<ThirdParty[]> {
  return ctx.db
    .selectFrom('third_party')
    .select(['name', 'address'])
    .where('thread_id', '=', thread)
    .orderBy('added_at')
    .orderBy('address')
    .execute()
}

/** Message-IDs of what went to and came from third parties, oldest first: the references of the next forward. */
export async function sideMessageIds(ctx: Context, thread: number, limit = 20): Promise<string[]> {
  const rows = await sideReferences(ctx, thread)
    .select('message_reference.message_id as id')
    .orderBy('thread_entry.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id).reverse()
}

/**
 * Whether one of these ids is of something between us and a third party: what answers it is not for the customer's eyes. Ids that we
 * signed name their entry themselves, as those of a mail that was sent again.
 */
export async function isSideMessage(ctx: Context, thread: number, key: SigningKey, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return false
  const entries = ids.flatMap((id) => readMessageId(key, id)?.entry || [])
  if (entries.length > 0) {
    const side = await ctx.db
      .selectFrom('thread_entry')
      .select('id')
      .where('thread_id', '=', thread)
      .where('id', 'in', entries)
      .where('side', 'is not', null)
      .where('kind', '=', 'note')
      .limit(1)
      .executeTakeFirst()
    if (side) return true
  }
  const row = await sideReferences(ctx, thread)
    .select(sql`1`.as('one'))
    .where('message_reference.message_id', 'in', [...ids])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const sideReferences = (ctx: Context, thread: number) =>
  ctx.db
    .selectFrom('message_reference')
    .innerJoin('thread_entry', 'thread_entry.id', 'message_reference.entry_id')
    .where('message_reference.thread_id', '=', thread)
    .where('thread_entry.side', 'is not', null)
    .where('thread_entry.kind', '=', 'note')

/** Pure: whether one of the addresses a mail came to was made for one of these people, whoever it says it is from. */
export const isMadeForAny = (key: SigningKey, addresses: readonly string[], people: readonly string[]): boolean =>
  addresses.some((address) => people.some((person) => readReplyAddress(key, address, person)?.madeForSender === true))
