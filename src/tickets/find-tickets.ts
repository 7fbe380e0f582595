import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import type { Database } from '#db/types.ts'
import { queryOf } from '#search/tokens.ts'
import { readTags } from '#workflow/tags.ts'
import type { TicketState } from '#workflow/workflow.ts'
import { visibleTickets } from './ticket-access.ts'
import type { TicketPlace } from './ticket-store.ts'

/** One line of a list: what every list shows, in one query. Names of agents, statuses and priorities come from their caches. */
export interface TicketListRow {
  id: number
  number: string
  subject: string
  preview: string
  requesterId: number
  requesterName: string
  requesterAddress: string
  departmentId: number
  statusId: number
  state: TicketState
  priorityId: number
  urgency: number
  assigneeId: number | null
  teamId: number | null
  channel: string
  createdAt: Date
  updatedAt: Date
  waitingSince: Date | null
  dueAt: Date | null
  lastMessageAt: Date | null
  lastEntryId: number | null
  snoozedUntil: Date | null
  place: TicketPlace
  /** Ids of its tags. */
  tagIds: number[]
  /** The asking agent has not seen its newest entry. */
  isUnread: boolean
}

/** How a list is sorted; each has an index to stand on. */
export type TicketSort = 'waiting' | 'due' | 'updated' | 'newest' | 'snoozed'

export interface TicketFilter {
  states?: readonly TicketState[]
  statusId?: number
  place?: TicketPlace
  assigneeId?: number | null
  teamIds?: readonly number[]
  departmentId?: number
  requesterId?: number
  number?: string
  /** Only those where a customer waits for an answer. */
  waiting?: boolean
  dueBefore?: Date
  resolvedAfter?: Date
  /** Put off until later, or not; left out: either. */
  snoozed?: boolean
  /** Those in which this agent was named and has not answered yet. */
  mentions?: number
  /** Those with all of these tags. */
  tagIds?: readonly number[]
  /** Those whose parent this is. */
  parentId?: number
  ids?: readonly number[]
  /** Those of a higher id. */
  after?: number
  /** Typed words: number, subject, name and address of the requester. */
  words?: string
}

type Eb = ExpressionBuilder<Database, 'ticket'>

/** A filter as conditions on `ticket`; the gate is added by `findTickets`, never left to a caller. */
export function conditionsOf(filter: TicketFilter): (eb: Eb) => Expression<SqlBool> {
  return (eb) => {
    // A search looks into spam too, never into the trash.
    const all: Expression<SqlBool>[] = [
      filter.words !== undefined && !filter.place
        ? eb('ticket.place', 'in', ['desk', 'spam'])
        : eb('ticket.place', '=', eb.val(filter.place ?? 'desk')),
    ]
    if (filter.states)
      all.push(
        filter.states.length === 1 ? eb('ticket.state', '=', filter.states[0]!) : eb('ticket.state', 'in', [...filter.states]),
      )
    if (filter.statusId !== undefined) all.push(eb('ticket.status_id', '=', filter.statusId))
    if (filter.assigneeId !== undefined)
      all.push(
        filter.assigneeId === null ? eb('ticket.assignee_id', 'is', null) : eb('ticket.assignee_id', '=', filter.assigneeId),
      )
    if (filter.teamIds) all.push(filter.teamIds.length > 0 ? eb('ticket.team_id', 'in', [...filter.teamIds]) : eb.val(false))
    if (filter.departmentId !== undefined) all.push(eb('ticket.department_id', '=', filter.departmentId))
    if (filter.requesterId !== undefined) all.push(eb('ticket.requester_id', '=', filter.requesterId))
    if (filter.number !== undefined) all.push(eb('ticket.number', '=', filter.number))
    if (filter.waiting) all.push(eb('ticket.waiting_since', 'is not', null))
    if (filter.dueBefore) all.push(eb('ticket.due_at', '<', filter.dueBefore))
    if (filter.snoozed !== undefined) all.push(eb('ticket.snoozed_until', filter.snoozed ? 'is not' : 'is', null))
    if (filter.parentId !== undefined) all.push(eb('ticket.parent_id', '=', filter.parentId))
    if (filter.after !== undefined) all.push(eb('ticket.id', '>', filter.after))
    if (filter.ids) all.push(filter.ids.length > 0 ? eb('ticket.id', 'in', [...filter.ids]) : eb.val(false))
    if (filter.mentions !== undefined)
      all.push(
        eb('ticket.id', 'in', (mention) =>
          mention
            .selectFrom('ticket_mention')
            .select('ticket_id')
            .where('agent_id', '=', filter.mentions!)
            .where('done_at', 'is', null),
        ),
      )
    for (const tag of filter.tagIds ?? [])
      all.push(eb('ticket.id', 'in', (marked) => marked.selectFrom('ticket_tag').select('ticket_id').where('tag_id', '=', tag)))
    if (filter.resolvedAfter) all.push(eb('ticket.resolved_at', '>=', filter.resolvedAfter))
    return eb.and(all)
  }
}

const SORTS: Record<
  TicketSort,
  { column: 'waiting_since' | 'due_at' | 'updated_at' | 'last_message_at' | 'snoozed_until'; descending: boolean }
> = {
  snoozed: { column: 'snoozed_until', descending: false },
  waiting: { column: 'waiting_since', descending: false },
  due: { column: 'due_at', descending: false },
  updated: { column: 'updated_at', descending: true },
  newest: { column: 'last_message_at', descending: true },
}

const columns = [
  'ticket.id',
  'ticket.number',
  'ticket.subject',
  'ticket.preview',
  'ticket.requester_id as requesterId',
  'end_user.name as requesterName',
  'end_user.address as requesterAddress',
  'ticket.department_id as departmentId',
  'ticket.status_id as statusId',
  'ticket.state',
  'ticket.priority_id as priorityId',
  'ticket.urgency',
  'ticket.assignee_id as assigneeId',
  'ticket.team_id as teamId',
  'ticket.channel',
  'ticket.created_at as createdAt',
  'ticket.updated_at as updatedAt',
  'ticket.waiting_since as waitingSince',
  'ticket.due_at as dueAt',
  'ticket.last_message_at as lastMessageAt',
  'ticket.last_entry_id as lastEntryId',
  'ticket.snoozed_until as snoozedUntil',
  'ticket.place',
] as const

const tagIds = sql<
  number[]
>`coalesce((select json_agg(tt.tag_id order by tt.tag_id) from ticket_tag tt where tt.ticket_id = ticket.id), '[]')`

/** A page of the tickets that the actor may see, keyset by the sort and id. Errors: Invalid at /cursor. */
export async function findTickets(
  ctx: Context,
  filter: TicketFilter,
  options: { sort?: TicketSort; cursor?: string | null; limit?: number } = {},
): Promise<Page<TicketListRow>> {
  const { column, descending } = SORTS[options.sort ?? 'updated']
  const limit = Math.min(Math.max(options.limit ?? 50, 1), 200)
  const agent = ctx.actor.kind === 'agent' ? ctx.actor.id : null
  const words = filter.words === undefined ? undefined : queryOf(filter.words)
  if (words === null) return { rows: [], next: null }

  let query = ctx.db
    .selectFrom('ticket')
    .innerJoin('end_user', 'end_user.id', 'ticket.requester_id')
    .select(columns)
    .select(tagIds.as('tagIds'))
    .where((eb) => visibleTickets(ctx.actor)(eb as unknown as Eb))
    .where((eb) => conditionsOf(filter)(eb as unknown as Eb))
    .orderBy(`ticket.${column}`, descending ? 'desc' : 'asc')
    .orderBy('ticket.id', descending ? 'desc' : 'asc')
    .limit(limit + 1)
  if (words !== undefined) {
    query = query.where('ticket.id', 'in', (eb) =>
      eb
        .selectFrom('search_document')
        .select('search_document.id')
        .where('search_document.kind', '=', 'ticket')
        .where(sql<SqlBool>`search_document.public_tokens @@ ${words}::tsquery`),
    )
  }
  if (agent !== null) {
    query = query
      .leftJoin('ticket_seen', (join) =>
        join.onRef('ticket_seen.ticket_id', '=', 'ticket.id').on('ticket_seen.agent_id', '=', agent),
      )
      .select(sql<boolean>`ticket.last_entry_id > coalesce(ticket_seen.entry_id, 0)`.as('isUnread')) as typeof query
  }
  if (options.cursor) {
    const [at, id] = readCursor(options.cursor, 2)
    const edge = new Date(String(at))
    if (Number.isNaN(edge.getTime()) || typeof id !== 'number') return { rows: [], next: null }
    query = query.where((eb) =>
      eb(eb.refTuple(`ticket.${column}`, 'ticket.id'), descending ? '<' : '>', eb.tuple(edge as never, id as never)),
    )
  }
  const rows = (await query.execute()) as unknown as TicketListRow[]
  const page = rows.slice(0, limit).map((row) => ({ ...row, isUnread: row.isUnread ?? false }))
  const last = page.at(-1)
  const edge =
    last &&
    {
      waiting_since: last.waitingSince,
      due_at: last.dueAt,
      updated_at: last.updatedAt,
      last_message_at: last.lastMessageAt,
      snoozed_until: last.snoozedUntil,
    }[column]
  return { rows: page, next: rows.length > limit && last && edge ? writeCursor([edge.toISOString(), last.id]) : null }
}

/** `tag:billing` or `tag:"needs parts"` among the words asks for a tag. */
const TAG_TERM = /(?:^|\s)tag:(?:"([^"]{1,60})"|(\S{1,60}))/giu

/** What was typed as a filter: its words and its tags. Null when it asks for a tag that there is not. */
export async function readQuery(ctx: Context, typed: string): Promise<TicketFilter | null> {
  const wanted = [...typed.matchAll(TAG_TERM)].map((match) => (match[1] ?? match[2] ?? '').toLowerCase())
  if (wanted.length === 0) return { words: typed }
  const tags = await readTags(ctx)
  const ids = wanted.map((name) => tags.find((tag) => tag.name.toLowerCase() === name)?.id)
  if (ids.some((id) => id === undefined)) return null
  const words = typed.replace(TAG_TERM, ' ').trim()
  return { tagIds: ids as number[], ...(words ? { words } : {}) }
}

/**
 * The ids of all that match, ascending, at most `most`: for acts on more than a page shows. The gate is the list's.
 * `isMore` says that there are others beyond.
 */
export async function findTicketIds(
  ctx: Context,
  filter: TicketFilter,
  most: number,
): Promise<{ ids: number[]; isMore: boolean }> {
  const words = filter.words === undefined ? undefined : queryOf(filter.words)
  if (words === null) return { ids: [], isMore: false }
  const rows = await ctx.db
    .selectFrom('ticket')
    .select('ticket.id')
    .where(visibleTickets(ctx.actor))
    .where(conditionsOf(filter))
    .$if(words !== undefined, (query) =>
      query.where('ticket.id', 'in', (eb) =>
        eb
          .selectFrom('search_document')
          .select('search_document.id')
          .where('search_document.kind', '=', 'ticket')
          .where(sql<SqlBool>`search_document.public_tokens @@ ${words}::tsquery`),
      ),
    )
    .orderBy('ticket.id')
    .limit(most + 1)
    .execute()
  return { ids: rows.slice(0, most).map((row) => row.id), isMore: rows.length > most }
}

/** The first few matches of typed words, newest first; a number typed whole comes first. For the palette and quick search. */
export async function searchTickets(ctx: Context, typed: string, limit = 8): Promise<TicketListRow[]> {
  const number = /^#?\s*(\d{4,12})$/.exec(typed.trim())?.[1]
  const exact = number ? (await findTickets(ctx, { number }, { limit: 1 })).rows : []
  const filter = await readQuery(ctx, typed)
  const found = filter ? await findTickets(ctx, filter, { sort: 'newest', limit }) : { rows: [] }
  return [...exact, ...found.rows.filter((row) => row.id !== exact[0]?.id)].slice(0, limit)
}
