import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import type { TicketState } from '#workflow/workflow.ts'

export type TicketPlace = 'desk' | 'spam' | 'trash'

export interface Ticket {
  id: number
  number: string
  threadId: number
  subject: string
  preview: string
  requesterId: number
  departmentId: number
  helpTopicId: number | null
  statusId: number
  state: TicketState
  priorityId: number
  urgency: number
  assigneeId: number | null
  teamId: number | null
  channel: 'email' | 'web' | 'api' | 'phone' | 'agent'
  mailboxId: number | null
  place: TicketPlace
  createdAt: Date
  updatedAt: Date
  /** When the customer wrote and nobody has answered since. */
  waitingSince: Date | null
  lastMessageAt: Date | null
  lastResponseAt: Date | null
  firstResponseAt: Date | null
  dueAt: Date | null
  dueKind: 'first_response' | 'next_response' | null
  statusReason: string | null
  resolvedAt: Date | null
  closedAt: Date | null
  reopenedAt: Date | null
  lastEntryId: number | null
  continuesId: number | null
  /** Departments that it was referred to: they may see it and add notes. */
  referredTo: readonly number[]
  snoozedUntil: Date | null
  /** Who wants it back then. */
  snoozedBy: number | null
  pinnedEntryId: number | null
  /** The ticket that holds its number and messages since a merge; nobody sees this one as long as that is so. */
  mergedIntoId: number | null
  parentId: number | null
  /** Since when it lies in spam or trash. */
  placedAt: Date | null
}

/** What no ticket has when it is opened. */
export const unset = {
  snoozedUntil: null,
  snoozedBy: null,
  pinnedEntryId: null,
  mergedIntoId: null,
  parentId: null,
  placedAt: null,
} as const
type Unset = keyof typeof unset

export const ticketColumns = [
  'ticket.id',
  'ticket.number',
  'ticket.thread_id',
  'ticket.subject',
  'ticket.preview',
  'ticket.requester_id',
  'ticket.department_id',
  'ticket.help_topic_id',
  'ticket.status_id',
  'ticket.state',
  'ticket.priority_id',
  'ticket.urgency',
  'ticket.assignee_id',
  'ticket.team_id',
  'ticket.channel',
  'ticket.mailbox_id',
  'ticket.place',
  'ticket.created_at',
  'ticket.updated_at',
  'ticket.waiting_since',
  'ticket.last_message_at',
  'ticket.last_response_at',
  'ticket.first_response_at',
  'ticket.due_at',
  'ticket.due_kind',
  'ticket.status_reason',
  'ticket.resolved_at',
  'ticket.closed_at',
  'ticket.reopened_at',
  'ticket.last_entry_id',
  'ticket.continues_id',
  'ticket.referred_to',
  'ticket.snoozed_until',
  'ticket.snoozed_by',
  'ticket.pinned_entry_id',
  'ticket.merged_into_id',
  'ticket.parent_id',
  'ticket.placed_at',
] as const

export interface TicketRow {
  id: number
  number: string
  thread_id: number
  subject: string
  preview: string
  requester_id: number
  department_id: number
  help_topic_id: number | null
  status_id: number
  state: TicketState
  priority_id: number
  urgency: number
  assignee_id: number | null
  team_id: number | null
  channel: Ticket['channel']
  mailbox_id: number | null
  place: TicketPlace
  created_at: Date
  updated_at: Date
  waiting_since: Date | null
  last_message_at: Date | null
  last_response_at: Date | null
  first_response_at: Date | null
  due_at: Date | null
  due_kind: Ticket['dueKind']
  status_reason: string | null
  resolved_at: Date | null
  closed_at: Date | null
  reopened_at: Date | null
  last_entry_id: number | null
  continues_id: number | null
  referred_to: number[]
  snoozed_until: Date | null
  snoozed_by: number | null
  pinned_entry_id: number | null
  merged_into_id: number | null
  parent_id: number | null
  placed_at: Date | null
}

export const ticketOf = (row: TicketRow): Ticket => ({
  id: row.id,
  number: row.number,
  threadId: row.thread_id,
  subject: row.subject,
  preview: row.preview,
  requesterId: row.requester_id,
  departmentId: row.department_id,
  helpTopicId: row.help_topic_id,
  statusId: row.status_id,
  state: row.state,
  priorityId: row.priority_id,
  urgency: row.urgency,
  assigneeId: row.assignee_id,
  teamId: row.team_id,
  channel: row.channel,
  mailboxId: row.mailbox_id,
  place: row.place,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  waitingSince: row.waiting_since,
  lastMessageAt: row.last_message_at,
  lastResponseAt: row.last_response_at,
  firstResponseAt: row.first_response_at,
  dueAt: row.due_at,
  dueKind: row.due_kind,
  statusReason: row.status_reason,
  resolvedAt: row.resolved_at,
  closedAt: row.closed_at,
  reopenedAt: row.reopened_at,
  lastEntryId: row.last_entry_id,
  continuesId: row.continues_id,
  referredTo: row.referred_to.map(Number),
  snoozedUntil: row.snoozed_until,
  snoozedBy: row.snoozed_by,
  pinnedEntryId: row.pinned_entry_id,
  mergedIntoId: row.merged_into_id,
  parentId: row.parent_id,
  placedAt: row.placed_at,
})

/** Inserts a ticket under the first free of some number candidates, in one statement. */
export async function insertTicket(
  ctx: Context,
  ticket: Omit<Ticket, 'id' | 'number' | 'updatedAt' | Unset>,
  numberCandidates: readonly string[],
): Promise<Ticket> {
  const { rows } = await sql<{
    id: number
    number: string
  }>`insert into ticket (number, thread_id, subject, preview, requester_id, department_id, help_topic_id,
      status_id, state, priority_id, urgency, assignee_id, team_id, channel, mailbox_id, place, created_at, updated_at, waiting_since, last_message_at,
      last_response_at, first_response_at, due_at, due_kind, status_reason, last_entry_id, continues_id, referred_to)
    values (take_ticket_number(${[...numberCandidates]}::text[]), ${ticket.threadId}, ${ticket.subject}, ${ticket.preview}, ${ticket.requesterId}, ${ticket.departmentId},
      ${ticket.helpTopicId}, ${ticket.statusId}, ${ticket.state}, ${ticket.priorityId}, ${ticket.urgency}, ${ticket.assigneeId}, ${ticket.teamId},
      ${ticket.channel}, ${ticket.mailboxId}, ${ticket.place}, ${ticket.createdAt}, ${ticket.createdAt}, ${ticket.waitingSince}, ${ticket.lastMessageAt},
      ${ticket.lastResponseAt}, ${ticket.firstResponseAt}, ${ticket.dueAt}, ${ticket.dueKind}, ${ticket.statusReason}, ${ticket.lastEntryId}, ${ticket.continuesId}, ${[...ticket.referredTo]}::bigint[])
    returning id, number`.execute(ctx.db)
  return { ...unset, ...ticket, id: Number(rows[0]!.id), number: rows[0]!.number, updatedAt: ticket.createdAt }
}

const COLUMN_OF: Partial<Record<keyof Ticket, keyof TicketRow>> = {
  subject: 'subject',
  preview: 'preview',
  requesterId: 'requester_id',
  departmentId: 'department_id',
  helpTopicId: 'help_topic_id',
  statusId: 'status_id',
  state: 'state',
  priorityId: 'priority_id',
  urgency: 'urgency',
  assigneeId: 'assignee_id',
  teamId: 'team_id',
  mailboxId: 'mailbox_id',
  place: 'place',
  waitingSince: 'waiting_since',
  lastMessageAt: 'last_message_at',
  lastResponseAt: 'last_response_at',
  firstResponseAt: 'first_response_at',
  dueAt: 'due_at',
  dueKind: 'due_kind',
  statusReason: 'status_reason',
  resolvedAt: 'resolved_at',
  closedAt: 'closed_at',
  reopenedAt: 'reopened_at',
  lastEntryId: 'last_entry_id',
  referredTo: 'referred_to',
  snoozedUntil: 'snoozed_until',
  snoozedBy: 'snoozed_by',
  pinnedEntryId: 'pinned_entry_id',
  mergedIntoId: 'merged_into_id',
  parentId: 'parent_id',
  placedAt: 'placed_at',
}

export const same = (a: unknown, b: unknown): boolean =>
  a instanceof Date && b instanceof Date
    ? a.getTime() === b.getTime()
    : Array.isArray(a) && Array.isArray(b)
      ? a.length === b.length && a.every((one, at) => one === b[at])
      : a === b

/** Writes what differs between the two; the caller holds the row. Returns the ticket as it now is. */
export async function saveTicket(ctx: Context, before: Ticket, after: Ticket): Promise<Ticket> {
  const set: Record<string, unknown> = {}
  for (const [field, column] of Object.entries(COLUMN_OF) as Array<[keyof Ticket, string]>) {
    if (!same(before[field], after[field])) set[column] = after[field]
  }
  if (Object.keys(set).length === 0) return before
  const updatedAt = ctx.clock.now()
  await ctx.db
    .updateTable('ticket')
    .set({ ...set, updated_at: updatedAt })
    .where('id', '=', before.id)
    .execute()
  return { ...after, updatedAt }
}

export async function markSeen(ctx: Context, agent: number, ticket: number, entry: number): Promise<void> {
  await sql`insert into ticket_seen as s (agent_id, ticket_id, entry_id) values (${agent}, ${ticket}, ${entry})
    on conflict (agent_id, ticket_id) do update set entry_id = excluded.entry_id where s.entry_id < excluded.entry_id`.execute(
    ctx.db,
  )
}

/** The row itself, locked, whoever may see it: for verbs that have a gate of their own. */
export async function lockTickets(ctx: Context, ids: readonly number[]): Promise<Ticket[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db
    .selectFrom('ticket')
    .select(ticketColumns)
    .where('ticket.id', 'in', [...ids])
    .orderBy('ticket.id')
    .forNoKeyUpdate()
    .execute()
  return rows.map(ticketOf)
}

/** Something changed that stands in another table: lists sorted by the last change show it. */
export async function touchTicket(ctx: Context, ticket: Ticket): Promise<Ticket> {
  const updatedAt = ctx.clock.now()
  await ctx.db.updateTable('ticket').set({ updated_at: updatedAt }).where('id', '=', ticket.id).execute()
  return { ...ticket, updatedAt }
}

/** Shown as unread again. */
export async function markUnseen(ctx: Context, agent: number, ticket: number): Promise<void> {
  await ctx.db.deleteFrom('ticket_seen').where('agent_id', '=', agent).where('ticket_id', '=', ticket).execute()
}

/** What is left of an erased ticket: its number, and that it was there. */
export async function eraseTicketRow(ctx: Context, id: number): Promise<void> {
  const now = ctx.clock.now()
  for (const table of ['ticket_tag', 'ticket_follower', 'ticket_mention', 'ticket_seen'] as const)
    await ctx.db.deleteFrom(table).where('ticket_id', '=', id).execute()
  await ctx.db
    .deleteFrom('ticket_link')
    .where((eb) => eb.or([eb('ticket_id', '=', id), eb('other_id', '=', id)]))
    .execute()
  await ctx.db.updateTable('ticket').set({ parent_id: null }).where('parent_id', '=', id).execute()
  await ctx.db
    .updateTable('ticket')
    .set({ subject: '', preview: '', status_reason: null, deleted_at: now, updated_at: now })
    .where('id', '=', id)
    .execute()
}
