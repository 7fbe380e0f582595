import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import type { TicketState } from '#workflow/workflow.ts'
import { accessTicket, factsOf, mayTicket, seeTicket, type TicketRef, visibleTickets } from './ticket-access.ts'
import { ticketLinked, ticketUnlinked } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const LinkInput = z.object({
  /** The other ticket's number. */
  ticket: z.string().trim().min(1).max(20),
  /** What the other one is to this one. */
  as: z.enum(['parent', 'related']),
})

/**
 * Ties two tickets together: related, or the other one as the parent of this (an outage with its reports). A parent has no parent of
 * its own. Errors: NotFound, Forbidden, Invalid at /ticket.
 */
export async function linkTicket(ctx: Context, ref: TicketRef, input: z.input<typeof LinkInput>): Promise<void> {
  const given = parseInput(LinkInput, input)
  await transact(ctx, async (ctx) => {
    const [ticket, other] = await both(ctx, ref, given.ticket)
    if (given.as === 'parent') {
      if (ticket.parentId === other.id) return
      if (other.parentId !== null) throw invalid('/ticket', 'parentIsChild', { number: other.number })
      if ((await childIds(ctx, ticket.id)).length > 0) throw invalid('/ticket', 'hasChildren')
      await saveTicket(ctx, ticket, { ...ticket, parentId: other.id })
    } else {
      if (!(await relate(ctx, ticket.id, other.id, 'related'))) return
    }
    await emit(
      ctx,
      ticketLinked({
        subject: { kind: 'ticket', id: ticket.id },
        data: { ticket: other.id, number: other.number, as: given.as },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
    await emit(
      ctx,
      ticketLinked({
        subject: { kind: 'ticket', id: other.id },
        data: { ticket: ticket.id, number: ticket.number, as: given.as === 'parent' ? 'child' : 'related' },
        facts: factsOf(other, { internal: true }),
      }),
    )
  })
}

/** Errors: NotFound, Forbidden, Invalid at /ticket. */
export async function unlinkTicket(ctx: Context, ref: TicketRef, number: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [ticket, other] = await both(ctx, ref, number)
    const gone = await ctx.db
      .deleteFrom('ticket_link')
      .where('ticket_id', '=', Math.min(ticket.id, other.id))
      .where('other_id', '=', Math.max(ticket.id, other.id))
      .returning('ticket_id')
      .executeTakeFirst()
    if (ticket.parentId === other.id) await saveTicket(ctx, ticket, { ...ticket, parentId: null })
    else if (other.parentId === ticket.id) await saveTicket(ctx, other, { ...other, parentId: null })
    else if (!gone) return
    for (const [one, two] of [
      [ticket, other],
      [other, ticket],
    ] as const)
      await emit(
        ctx,
        ticketUnlinked({
          subject: { kind: 'ticket', id: one.id },
          data: { ticket: two.id, number: two.number },
          facts: factsOf(one, { internal: true }),
        }),
      )
  })
}

/** Both locked, lowest id first. */
async function both(ctx: Context, ref: TicketRef, number: string): Promise<[Ticket, Ticket]> {
  const peek = await seeTicket(ctx, ref)
  if (!mayTicket(ctx.actor, peek, 'ticket.edit')) throw forbidden()
  const found = await seeTicket(ctx, { number: number.replace(/^#/, '') }).catch(() => null)
  if (!found) throw invalid('/ticket', 'ticketUnknown', { number })
  if (found.id === peek.id) throw invalid('/ticket', 'linkItself')
  const held = new Map<number, Ticket>()
  for (const id of [peek.id, found.id].sort((a, b) => a - b))
    held.set(id, await accessTicket(ctx, { id }, id === peek.id ? 'ticket.edit' : 'ticket.view'))
  return [held.get(peek.id)!, held.get(found.id)!]
}

/** The row alone; says whether it is new. */
export async function relate(ctx: Context, one: number, two: number, kind: 'related' | 'split'): Promise<boolean> {
  const row = await ctx.db
    .insertInto('ticket_link')
    .values({ ticket_id: Math.min(one, two), other_id: Math.max(one, two), kind, created_at: ctx.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('ticket_id')
    .executeTakeFirst()
  return row !== undefined
}

export interface LinkedTicket {
  id: number
  number: string
  subject: string
  state: TicketState
  statusId: number
  as: 'parent' | 'child' | 'related'
}

/** What a ticket is tied to, as far as the actor may see it. The caller has passed the gate. */
export async function linksOf(ctx: Context, ticket: Ticket): Promise<LinkedTicket[]> {
  const rows = await ctx.db
    .selectFrom('ticket')
    .select(['ticket.id', 'ticket.number', 'ticket.subject', 'ticket.state', 'ticket.status_id', 'ticket.parent_id'])
    .where((eb) =>
      eb.or([
        eb('ticket.parent_id', '=', ticket.id),
        ...(ticket.parentId === null ? [] : [eb('ticket.id', '=', ticket.parentId)]),
        eb('ticket.id', 'in', (link) => link.selectFrom('ticket_link').select('other_id').where('ticket_id', '=', ticket.id)),
        eb('ticket.id', 'in', (link) => link.selectFrom('ticket_link').select('ticket_id').where('other_id', '=', ticket.id)),
      ]),
    )
    .where(visibleTickets(ctx.actor))
    .orderBy('ticket.id')
    .limit(500)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    subject: row.subject,
    state: row.state,
    statusId: row.status_id,
    as: row.id === ticket.parentId ? 'parent' : row.parent_id === ticket.id ? 'child' : 'related',
  }))
}

async function childIds(ctx: Context, ticket: number): Promise<number[]> {
  const rows = await ctx.db
    .selectFrom('ticket')
    .select('ticket.id')
    .where('ticket.parent_id', '=', ticket)
    .where('ticket.deleted_at', 'is', null)
    .orderBy('ticket.id')
    .execute()
  return rows.map((row) => row.id)
}
