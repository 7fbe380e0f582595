import { sql } from 'kysely'
import { type InboundNote, landingsOf } from '#channels/inbound-messages.ts'
import type { Context } from '#core/context.ts'
import type { EventFacts } from '#core/events.ts'
import { type Attachment, listAttachments } from '#files/attachments.ts'
import { type EndUser, findEndUser } from '#people/end-users.ts'
import { type Collaborator, namedCollaborators } from '#threads/collaborators.ts'
import { type Entry, readEntries, readEntry } from '#threads/entries.ts'
import { accessTicket, type TicketRef, visibleTickets } from './ticket-access.ts'
import { extrasOf, type TicketExtras } from './ticket-extras.ts'
import type { Ticket } from './ticket-store.ts'

export interface Delivery {
  id: number
  entryId: number | null
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'held' | 'withdrawn'
  sentAt: Date | null
  sendsAt: Date
  failure: string | null
  lastError: string | null
}

export interface TicketEvent {
  id: number
  at: Date
  verb: string
  actor: { kind: string; id: number | null; name: string | null }
  data: Record<string, unknown>
}

export interface ShownTicket extends TicketExtras {
  ticket: Ticket
  requester: EndUser
  copies: Collaborator[]
  /** Whom mails named for copy and nobody has approved yet. */
  proposed: Collaborator[]
  /** Departments that may see it beside its own. */
  referrals: readonly number[]
  entries: Entry[]
  attachments: Attachment[]
  deliveries: Delivery[]
  events: TicketEvent[]
  pinned: Entry | null
  /** Why each mail landed here, by inbound message id. */
  inbound: Map<number, InboundNote>
}

/** Everything an agent's ticket page shows. `before` pages to older entries. Errors: NotFound, Forbidden. */
export async function showTicket(
  ctx: Context,
  ref: TicketRef,
  options: { entries?: number; before?: number } = {},
): Promise<ShownTicket> {
  const ticket = await accessTicket(ctx, ref, 'ticket.view')
  const [requester, { onCopy: copies, proposed }, entries, events, extras] = await Promise.all([
    findEndUser(ctx, ticket.requesterId),
    namedCollaborators(ctx, ticket.threadId),
    readEntries(ctx, ticket.threadId, {
      audience: 'agent',
      limit: options.entries ?? 100,
      ...(options.before ? { before: options.before } : {}),
    }),
    ticketEvents(ctx, ticket.id),
    extrasOf(ctx, ticket),
  ])
  const inboundIds = entries.flatMap((entry) => (entry.inboundMessageId === null ? [] : [entry.inboundMessageId]))
  const pinned =
    ticket.pinnedEntryId === null
      ? null
      : (entries.find((entry) => entry.id === ticket.pinnedEntryId) ?? (await readEntry(ctx, ticket.pinnedEntryId)))
  const [attachments, deliveries, inbound] = await Promise.all([
    listAttachments(
      ctx,
      'entry',
      entries.map((entry) => entry.id),
    ),
    deliveriesOf(
      ctx,
      entries.map((entry) => entry.id),
    ),
    landingsOf(ctx, inboundIds),
  ])
  return {
    ticket,
    requester: requester!,
    copies,
    proposed,
    referrals: ticket.referredTo,
    entries,
    attachments,
    deliveries,
    events,
    inbound,
    ...extras,
    pinned: pinned?.threadId === ticket.threadId ? pinned : null,
  }
}

/** The ticket's history, oldest first, with names of agents and end users. The caller has passed the gate. */
async function ticketEvents(ctx: Context, ticket: number): Promise<TicketEvent[]> {
  const rows = await ctx.db
    .selectFrom('event')
    .leftJoin('agent', (join) => join.onRef('agent.id', '=', 'event.actor_id').on('event.actor_kind', 'in', ['agent', 'token']))
    .leftJoin('end_user', (join) =>
      join.onRef('end_user.id', '=', 'event.actor_id').on('event.actor_kind', 'in', ['user', 'guest']),
    )
    .select(['event.id', 'event.at', 'event.verb', 'event.actor_kind', 'event.actor_id', 'event.data'])
    .select(sql<string | null>`coalesce(agent.name, end_user.name)`.as('actor_name'))
    .where('event.subject_kind', '=', 'ticket')
    .where((eb) =>
      eb.or([
        eb('event.subject_id', '=', ticket),
        eb('event.subject_id', 'in', (merged) => merged.selectFrom('ticket').select('id').where('merged_into_id', '=', ticket)),
      ]),
    )
    .orderBy('event.id', 'desc')
    .limit(300)
    .execute()
  return rows
    .map((row) => ({
      id: row.id,
      at: row.at,
      verb: row.verb,
      actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
      data: row.data as Record<string, unknown>,
    }))
    .reverse()
}

/** By entry and not by ticket: a message keeps its deliveries when a merge or split moves it. */
async function deliveriesOf(ctx: Context, entries: readonly number[]): Promise<Delivery[]> {
  if (entries.length === 0) return []
  const rows = await ctx.db
    .selectFrom('outbound_message')
    .select([
      'id',
      'entry_id as entryId',
      'state',
      'sent_at as sentAt',
      'sends_at as sendsAt',
      'failure',
      'last_error as lastError',
    ])
    .where('entry_id', 'in', [...entries])
    .where('kind', 'in', ['reply', 'forward'])
    .orderBy('id')
    .execute()
  return rows
}

/** What the gate of live events and mails about a ticket must know; for the channels' slot. */
export async function ticketFacts(ctx: Context, id: number): Promise<EventFacts | null> {
  const row = await ctx.db
    .selectFrom('ticket')
    .select(['department_id', 'assignee_id', 'team_id', 'requester_id', 'referred_to'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row
    ? {
        department: row.department_id,
        assignee: row.assignee_id,
        team: row.team_id,
        requester: row.requester_id,
        shared: row.referred_to.map(Number),
      }
    : null
}

/** Other tickets of the same requester that the actor may see, newest first. */
export async function otherTicketsOf(
  ctx: Context,
  requester: number,
  except: number,
): Promise<Array<{ id: number; number: string; subject: string; state: string; createdAt: Date }>> {
  return ctx.db
    .selectFrom('ticket')
    .select(['ticket.id', 'ticket.number', 'ticket.subject', 'ticket.state', 'ticket.created_at as createdAt'])
    .where('ticket.requester_id', '=', requester)
    .where('ticket.id', '<>', except)
    .where('ticket.place', '=', 'desk')
    .where(visibleTickets(ctx.actor))
    .orderBy('ticket.id', 'desc')
    .limit(10)
    .execute()
}
