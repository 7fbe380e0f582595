import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { findOrCreateTag, readTags, type Tag } from '#workflow/tags.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketTagged } from './ticket-events.ts'
import { type Ticket, touchTicket } from './ticket-store.ts'

export const TagTicketInput = z.object({
  /** Ids, or names: a new name becomes a tag where the actor may make one. */
  add: z
    .array(z.union([z.number().int(), z.string().max(200)]))
    .max(20)
    .default([]),
  remove: z.array(z.number().int()).max(100).default([]),
})

/** Puts tags on a ticket and takes others off. Errors: NotFound, Forbidden, Invalid at /add/0. */
export async function tagTicket(ctx: Context, ref: TicketRef, input: z.input<typeof TagTicketInput>): Promise<Ticket> {
  const given = parseInput(TagTicketInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.edit')
    const known = new Map((await readTags(ctx)).map((tag) => [tag.id, tag]))
    const wanted: number[] = []
    for (const [index, one] of given.add.entries()) {
      const tag = typeof one === 'number' ? known.get(one) : await findOrCreateTag(ctx, one, `/add/${index}`)
      if (!tag || tag.isArchived) throw invalid(`/add/${index}`, 'unknownChoice')
      wanted.push(tag.id)
    }
    const { added, removed } = await changeTags(ctx, ticket.id, wanted, given.remove)
    if (added.length === 0 && removed.length === 0) return ticket
    const saved = await touchTicket(ctx, ticket)
    await emit(
      ctx,
      ticketTagged({
        subject: { kind: 'ticket', id: ticket.id },
        data: { added, removed, undo: { kind: 'tags', added, removed } },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** Changes the rows alone; says what was really new and really there. The caller has passed the gate and holds the ticket. */
export async function changeTags(
  ctx: Context,
  ticket: number,
  add: readonly number[],
  remove: readonly number[],
): Promise<{ added: number[]; removed: number[] }> {
  const removed =
    remove.length === 0
      ? []
      : await ctx.db
          .deleteFrom('ticket_tag')
          .where('ticket_id', '=', ticket)
          .where('tag_id', 'in', [...remove])
          .returning('tag_id')
          .execute()
  const added =
    add.length === 0
      ? []
      : await ctx.db
          .insertInto('ticket_tag')
          .values([...new Set(add)].map((tag) => ({ ticket_id: ticket, tag_id: tag })))
          .onConflict((conflict) => conflict.doNothing())
          .returning('tag_id')
          .execute()
  return { added: added.map((row) => row.tag_id), removed: removed.map((row) => row.tag_id) }
}

/** The tags of one ticket by name. The caller has passed the gate. */
export async function tagsOf(ctx: Context, ticket: number): Promise<Tag[]> {
  const rows = await ctx.db.selectFrom('ticket_tag').select('tag_id').where('ticket_id', '=', ticket).execute()
  const ids = new Set(rows.map((row) => row.tag_id))
  return (await readTags(ctx)).filter((tag) => ids.has(tag.id))
}
