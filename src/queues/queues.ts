import { type ExpressionBuilder, sql } from 'kysely'
import type { Actor } from '#core/actor.ts'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import type { Page } from '#core/page.ts'
import type { Database } from '#db/types.ts'
import { readSettings } from '#settings/settings.ts'
import { findTickets, type TicketFilter, type TicketListRow, type TicketSort } from '#tickets/find-tickets.ts'
import { visibleTickets } from '#tickets/ticket-access.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { endOfDay } from './end-of-day.ts'

export const queueKeys = [
  'needs-reply',
  'mine',
  'unassigned',
  'due-today',
  'overdue',
  'waiting',
  'on-hold',
  'snoozed',
  'mentions',
  'open',
  'resolved',
  'closed',
  'spam',
  'trash',
] as const
export type QueueKey = (typeof queueKeys)[number]

export interface Queue {
  key: QueueKey
  sort: TicketSort
  /** Below the line: no open work. */
  aside: boolean
  /** Counted exactly: only open work is. */
  counted: boolean
  filter(at: { actor: Actor; now: Date; endOfToday: Date; waitingStatus: number; holdStatus: number }): TicketFilter
}

/** The queues a new desk ships with, in their order. The first one is where an agent lands. */
export const queues: readonly Queue[] = [
  {
    key: 'needs-reply',
    sort: 'waiting',
    aside: false,
    counted: true,
    filter: () => ({ states: ['open'], waiting: true, snoozed: false }),
  },
  {
    key: 'mine',
    sort: 'updated',
    aside: false,
    counted: true,
    filter: ({ actor }) => ({ states: ['open', 'on_hold'], assigneeId: actor.id ?? -1, snoozed: false }),
  },
  {
    key: 'unassigned',
    sort: 'updated',
    aside: false,
    counted: true,
    filter: () => ({ states: ['open', 'on_hold'], assigneeId: null, snoozed: false }),
  },
  {
    key: 'due-today',
    sort: 'due',
    aside: false,
    counted: true,
    filter: ({ endOfToday }) => ({ states: ['open'], dueBefore: endOfToday }),
  },
  { key: 'overdue', sort: 'due', aside: false, counted: true, filter: ({ now }) => ({ states: ['open'], dueBefore: now }) },
  {
    key: 'waiting',
    sort: 'updated',
    aside: false,
    counted: true,
    filter: ({ waitingStatus }) => ({ states: ['on_hold'], statusId: waitingStatus, snoozed: false }),
  },
  {
    key: 'on-hold',
    sort: 'updated',
    aside: false,
    counted: true,
    filter: ({ holdStatus }) => ({ states: ['on_hold'], statusId: holdStatus, snoozed: false }),
  },
  {
    key: 'snoozed',
    sort: 'snoozed',
    aside: false,
    counted: true,
    filter: () => ({ states: ['open', 'on_hold'], snoozed: true }),
  },
  {
    key: 'mentions',
    sort: 'updated',
    aside: false,
    counted: true,
    filter: ({ actor }) => ({ states: ['open', 'on_hold'], mentions: actor.id ?? -1 }),
  },
  { key: 'open', sort: 'updated', aside: false, counted: true, filter: () => ({ states: ['open', 'on_hold'] }) },
  {
    key: 'resolved',
    sort: 'updated',
    aside: false,
    counted: false,
    filter: ({ now }) => ({ states: ['resolved'], resolvedAfter: new Date(now.getTime() - 7 * 86_400_000) }),
  },
  { key: 'closed', sort: 'updated', aside: false, counted: false, filter: () => ({ states: ['closed'] }) },
  { key: 'spam', sort: 'updated', aside: true, counted: false, filter: () => ({ place: 'spam' }) },
  { key: 'trash', sort: 'updated', aside: true, counted: false, filter: () => ({ place: 'trash' }) },
]

async function facts(ctx: Context): Promise<Parameters<Queue['filter']>[0]> {
  const settings = await readSettings(ctx)
  const { statuses } = await readWorkflow(ctx)
  const now = ctx.clock.now()
  return {
    actor: ctx.actor,
    now,
    endOfToday: endOfDay(now, settings['desk.timeZone']),
    waitingStatus: statuses.find((status) => status.key === 'waiting')?.id ?? -1,
    holdStatus: statuses.find((status) => status.key === 'on_hold')?.id ?? -1,
  }
}

/** Errors: NotFound. */
export function queueOf(key: string): Queue {
  const found = queues.find((queue) => queue.key === key)
  if (!found) throw notFound()
  return found
}

/** A queue as the filter it is at this moment, for acts on all of it. Errors: NotFound. */
export async function queueFilter(ctx: Context, key: string): Promise<TicketFilter> {
  return queueOf(key).filter(await facts(ctx))
}

/** A page of a queue: only what the actor may see. Errors: NotFound, Invalid at /cursor. */
export async function queuePage(
  ctx: Context,
  key: string,
  options: { cursor?: string | null; limit?: number } = {},
): Promise<Page<TicketListRow>> {
  const queue = queueOf(key)
  return findTickets(ctx, queue.filter(await facts(ctx)), { sort: queue.sort, ...options })
}

/** Open work that is the same for every counted queue. */
interface Alike {
  status: number
  isOpen: boolean
  assignee: 'me' | 'other' | 'nobody'
  isWaiting: boolean
  isDueToday: boolean
  isOverdue: boolean
  isSnoozed: boolean
  isMentioned: boolean
  count: number
}

/**
 * How many tickets the actor sees in each counted queue: one pass over the open work, under the same gate as the lists. The database
 * counts what is alike, which is a handful of groups; testing every row for every queue there took most of a page's time.
 */
export async function queueCounts(ctx: Context): Promise<Map<QueueKey, number>> {
  const at = await facts(ctx)
  const counted = queues.filter((queue) => queue.counted)
  const me = ctx.actor.id ?? -1
  const { statuses } = await readWorkflow(ctx)
  const openStatuses = new Set(statuses.filter((status) => status.state === 'open').map((status) => status.id))
  const rows = await ctx.db
    .selectFrom('ticket')
    .select((eb) => [
      'ticket.status_id as status',
      sql<number>`case when ticket.assignee_id = ${me} then 1 when ticket.assignee_id is null then 0 else 2 end`.as('whose'),
      sql<boolean>`ticket.waiting_since is not null`.as('waits'),
      sql<number>`case when ticket.due_at < ${at.now} then 2 when ticket.due_at < ${at.endOfToday} then 1 else 0 end`.as('due'),
      sql<boolean>`ticket.snoozed_until is not null`.as('snoozed'),
      // A hashed list of the agent's few, looked at once.
      sql<boolean>`ticket.id in (select m.ticket_id from ticket_mention m where m.agent_id = ${me} and m.done_at is null)`.as(
        'mentioned',
      ),
      eb.fn.countAll<number>().as('count'),
    ])
    .where('ticket.state', 'in', sql<'open'>`('open', 'on_hold')`)
    .where('ticket.place', '=', sql<'desk'>`'desk'`)
    .where((eb) => visibleTickets(ctx.actor)(eb as unknown as ExpressionBuilder<Database, 'ticket'>))
    .groupBy(sql`1, 2, 3, 4, 5, 6`)
    .execute()
  const groups = rows.map(
    (row): Alike => ({
      status: row.status,
      isOpen: openStatuses.has(row.status),
      assignee: row.whose === 1 ? 'me' : row.whose === 0 ? 'nobody' : 'other',
      isWaiting: row.waits,
      isDueToday: row.due > 0,
      isOverdue: row.due === 2,
      isSnoozed: row.snoozed,
      isMentioned: row.mentioned,
      count: Number(row.count),
    }),
  )
  return new Map(
    counted.map((queue) => {
      const filter = queue.filter(at)
      const fits = (group: Alike): boolean =>
        (filter.states === undefined || filter.states.includes(group.isOpen ? 'open' : 'on_hold')) &&
        (filter.statusId === undefined || filter.statusId === group.status) &&
        (filter.assigneeId === undefined ||
          (filter.assigneeId === null ? group.assignee === 'nobody' : group.assignee === 'me')) &&
        (!filter.waiting || group.isWaiting) &&
        (filter.snoozed === undefined || filter.snoozed === group.isSnoozed) &&
        (filter.mentions === undefined || group.isMentioned) &&
        (filter.dueBefore === undefined || (filter.dueBefore === at.now ? group.isOverdue : group.isDueToday))
      return [queue.key, groups.reduce((sum, group) => sum + (fits(group) ? group.count : 0), 0)]
    }),
  )
}
