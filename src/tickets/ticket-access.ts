import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Actor, Permission } from '#core/actor.ts'
import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import type { EventFacts } from '#core/events.ts'
import type { Database } from '#db/types.ts'
import { type Ticket, ticketColumns, ticketOf } from './ticket-store.ts'

export type { Ticket } from './ticket-store.ts'

/** A ticket by its id, its number, or its thread. One that was merged is the ticket that it was merged into. */
export type TicketRef = { id: number } | { number: string } | { thread: number }

const isStaff = (actor: Actor): boolean => actor.kind === 'agent' || actor.kind === 'token' || actor.kind === 'system'

/**
 * Which rows of `ticket` the actor may see, for every list, search, counter and export. Deleted ones nobody sees.
 * Agents: their departments' tickets, those referred to their departments, and those assigned to them or their teams. Customers: what they asked for or are on copy of,
 * but nothing from spam or trash. Guests: the tickets that their links opened.
 */
export function visibleTickets(actor: Actor) {
  return (eb: ExpressionBuilder<Database, 'ticket'>): Expression<SqlBool> => {
    const alive = eb('ticket.deleted_at', 'is', null)
    if (isStaff(actor)) {
      const departments = actor.departmentsWith('ticket.view')
      if (departments === 'all') return alive
      const ways: Expression<SqlBool>[] = []
      if (departments.length > 0) ways.push(eb('ticket.department_id', 'in', [...departments]))
      if (departments.length > 0) ways.push(sql<SqlBool>`ticket.referred_to && ${[...departments]}::bigint[]`)
      if (departments.length > 0 && actor.id !== null) ways.push(eb('ticket.assignee_id', '=', actor.id))
      if (departments.length > 0 && actor.teams.length > 0) ways.push(eb('ticket.team_id', 'in', [...actor.teams]))
      return ways.length > 0 ? eb.and([alive, eb.or(ways)]) : eb.val(false)
    }
    const ways: Expression<SqlBool>[] = []
    if (actor.grants.length > 0) ways.push(eb('ticket.id', 'in', [...actor.grants]))
    if (actor.kind === 'user' && actor.id !== null) {
      ways.push(eb('ticket.requester_id', '=', actor.id))
      ways.push(
        eb.exists(
          eb
            .selectFrom('collaborator')
            .select('collaborator.thread_id')
            .whereRef('collaborator.thread_id', '=', 'ticket.thread_id')
            .where('collaborator.end_user_id', '=', actor.id)
            .where('collaborator.pending_at', 'is', null),
        ),
      )
    }
    return ways.length > 0 ? eb.and([alive, eb('ticket.place', '=', 'desk'), eb.or(ways)]) : eb.val(false)
  }
}

/** The same question of one event's facts, without a query: for live screens. Agents only. */
export function maySeeTicket(actor: Actor, facts: EventFacts): boolean {
  if (!isStaff(actor)) return false
  const departments = actor.departmentsWith('ticket.view')
  if (departments === 'all') return true
  if (departments.length === 0) return false
  if (facts.department != null && departments.includes(facts.department)) return true
  if (facts.shared?.some((department) => departments.includes(department))) return true
  if (facts.assignee != null && facts.assignee === actor.id) return true
  return facts.team != null && actor.teams.includes(facts.team)
}

/** What a referral allows: to see the ticket and to say something to colleagues. */
const REFERRAL_GIVES = new Set<Permission>(['ticket.view', 'ticket.note'])

/** May the actor do this to a ticket they can see? In another department's ticket that is assigned to them they act as at home. */
export function mayTicket(
  actor: Actor,
  ticket: { departmentId: number; assigneeId: number | null; teamId: number | null; referredTo?: readonly number[] },
  permission: Permission,
): boolean {
  if (!isStaff(actor)) return false
  if (actor.may(permission, { department: ticket.departmentId })) return true
  if (REFERRAL_GIVES.has(permission) && ticket.referredTo?.some((department) => actor.may(permission, { department })))
    return true
  const mine =
    (ticket.assigneeId !== null && ticket.assigneeId === actor.id) ||
    (ticket.teamId !== null && actor.teams.includes(ticket.teamId))
  return mine && actor.may(permission)
}

async function select(ctx: Context, ref: TicketRef, lock: boolean): Promise<Ticket | null> {
  const row = await ctx.db
    .selectFrom('ticket')
    .select(ticketColumns)
    .$if('id' in ref, (query) => query.where('ticket.id', '=', (ref as { id: number }).id))
    .$if('thread' in ref, (query) => query.where('ticket.thread_id', '=', (ref as { thread: number }).thread))
    .$if('number' in ref, (query) =>
      query.where((eb) =>
        eb.or([
          eb('ticket.number', '=', (ref as { number: string }).number),
          eb(
            'ticket.id',
            '=',
            eb
              .selectFrom('ticket_number')
              .select('ticket_id')
              .where('number', '=', (ref as { number: string }).number)
              .where('is_alias', '=', true),
          ),
        ]),
      ),
    )
    .where((eb) => visibleTickets(ctx.actor)(eb as unknown as ExpressionBuilder<Database, 'ticket'>))
    .$if(lock, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  if (row) return ticketOf(row)
  const into = await mergedInto(ctx, ref)
  return into === null ? null : select(ctx, { id: into }, lock)
}

/** Where a ticket that was merged lives on. Null for all others. */
async function mergedInto(ctx: Context, ref: TicketRef): Promise<number | null> {
  const at = 'id' in ref ? sql`id = ${ref.id}` : 'thread' in ref ? sql`thread_id = ${ref.thread}` : sql`number = ${ref.number}`
  const { rows } = await sql<{ id: number }>`with recursive up as (
      select id, merged_into_id from ticket where ${at} and merged_into_id is not null
      union all select t.id, t.merged_into_id from ticket t join up on t.id = up.merged_into_id
    ) select id from up where merged_into_id is null`.execute(ctx.db)
  return rows[0] ? Number(rows[0].id) : null
}

/** Tickets that live on in this one, those merged into them included. */
export async function mergedHere(ctx: Context, ticket: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`with recursive down as (
      select id from ticket where merged_into_id = ${ticket}
      union all select t.id from ticket t join down on t.merged_into_id = down.id
    ) select id from down`.execute(ctx.db)
  return rows.map((row) => Number(row.id))
}

/**
 * For a customer whose own request was merged into one that they may not open: the number of that one, and no more. Null for all
 * else, so that nobody learns of other people's requests by trying numbers.
 */
export async function whereMerged(ctx: Context, number: string): Promise<string | null> {
  const { actor } = ctx
  if (actor.kind !== 'user' && actor.kind !== 'guest') return null
  const source = await ctx.db
    .selectFrom('ticket')
    .select(['id', 'requester_id'])
    .where('number', '=', number)
    .where('merged_into_id', 'is not', null)
    .executeTakeFirst()
  if (!source || !(actor.grants.includes(source.id) || (actor.kind === 'user' && source.requester_id === actor.id))) return null
  const into = await mergedInto(ctx, { id: source.id })
  const target =
    into === null ? undefined : await ctx.db.selectFrom('ticket').select('number').where('id', '=', into).executeTakeFirst()
  return target?.number ?? null
}

/**
 * The gate of every agent's verb: the ticket, its row locked, or a refusal. What may not be seen is not there.
 * Errors: NotFound, Forbidden.
 */
export async function accessTicket(ctx: Context, ref: TicketRef, permission: Permission): Promise<Ticket> {
  const ticket = await select(ctx, ref, ctx.tx !== null)
  if (!ticket || !isStaff(ctx.actor)) throw notFound('ticketNotFound')
  if (!mayTicket(ctx.actor, ticket, permission)) throw forbidden()
  return ticket
}

/** A customer's gate: the ticket they asked for, are on copy of, or opened by link. Errors: NotFound. */
export async function accessOwnTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  if (ctx.actor.kind !== 'user' && ctx.actor.kind !== 'guest') throw notFound('ticketNotFound')
  const ticket = await select(ctx, ref, ctx.tx !== null)
  if (!ticket) throw notFound('ticketNotFound')
  return ticket
}

/** Whoever may see it, agent or customer, without a lock. Errors: NotFound. */
export async function seeTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  const ticket = await select(ctx, ref, false)
  if (!ticket) throw notFound('ticketNotFound')
  return ticket
}

/** What the gate must know of this ticket's events. */
export const factsOf = (ticket: Ticket, extra: Partial<EventFacts> = {}): EventFacts => ({
  department: ticket.departmentId,
  assignee: ticket.assigneeId,
  team: ticket.teamId,
  requester: ticket.requesterId,
  ...(ticket.referredTo.length > 0 ? { shared: ticket.referredTo } : {}),
  ...extra,
})
