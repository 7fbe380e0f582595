import type { ExpressionBuilder } from 'kysely'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid, notFound } from '#core/errors.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import { parseInput } from '#core/parse.ts'
import { afterCommit, transact } from '#core/transact.ts'
import type { Database } from '#db/types.ts'
import { readDirectory } from '#people/directory.ts'
import { visibleTickets } from '#tickets/ticket-access.ts'

/** What an agent was told in the workspace, as one line of their inbox. */
export interface InboxItem {
  id: number
  /** A key of `agent.inbox.kinds`. */
  kind: string
  at: Date
  isRead: boolean
  /** Who did it; empty for the desk itself. */
  by: string
  ticket: { id: number; number: string; subject: string } | null
  /** The first words of the message or note that it was about. */
  excerpt: string | null
  /** What the event was about, when it was about no ticket. */
  subject: { kind: string; id: number }
}

/** Above this many a count says "and more". */
export const COUNTED_UP_TO = 99
const EXCERPT = 200
const DAY_MS = 86_400_000
/** Read ones stay this long, others twice as long. */
const KEPT_DAYS = 60

const ownerOf = (ctx: Context): number | null => (ctx.actor.kind === 'agent' || ctx.actor.kind === 'token' ? ctx.actor.id : null)

/**
 * The gate of every read: one's own, of tickets that one may still see. What is about no ticket is for administrators.
 * A ticket that was transferred out of sight takes its lines with it.
 */
const mayRead = (ctx: Context, agent: number) => (eb: ExpressionBuilder<Database, 'notification' | 'ticket'>) =>
  eb.and([
    eb('notification.agent_id', '=', agent),
    eb.or([
      eb.and([eb('notification.ticket_id', 'is', null), eb.val(ctx.actor.administrator)]),
      eb.and([
        eb('notification.ticket_id', 'is not', null),
        visibleTickets(ctx.actor)(eb as unknown as ExpressionBuilder<Database, 'ticket'>),
      ]),
    ]),
  ])

/** One's own notifications, newest first. Errors: Invalid (cursor). */
export async function listNotifications(
  ctx: Context,
  options: { unreadOnly?: boolean; notMailedSince?: Date; cursor?: string | null; limit?: number } = {},
): Promise<Page<InboxItem>> {
  const agent = ownerOf(ctx)
  if (agent === null) return { rows: [], next: null }
  const limit = options.limit ?? 50
  const before = options.cursor ? Number(readCursor(options.cursor, 1)[0]) : null
  if (before !== null && !Number.isSafeInteger(before)) throw invalid('/cursor', 'cursor')
  const rows = await ctx.db
    .selectFrom('notification')
    .innerJoin('event', 'event.id', 'notification.event_id')
    .leftJoin('ticket', 'ticket.id', 'notification.ticket_id')
    .leftJoin('end_user', (join) =>
      join.onRef('end_user.id', '=', 'event.actor_id').on('event.actor_kind', 'in', ['user', 'guest']),
    )
    .leftJoin('thread_entry', (join) =>
      join
        .on((eb) => eb('thread_entry.id', '=', eb.cast<number>(eb.ref('event.data', '->>').key('entry' as never), 'bigint')))
        .onRef('thread_entry.thread_id', '=', 'ticket.thread_id')
        .on('thread_entry.deleted_at', 'is', null)
        .on('thread_entry.released_at', 'is not', null),
    )
    .select((eb) => [
      'notification.id',
      'notification.kind',
      'notification.created_at as at',
      'notification.read_at as readAt',
      'event.actor_kind as actorKind',
      'event.actor_id as actorId',
      'event.subject_kind as subjectKind',
      'event.subject_id as subjectId',
      'ticket.id as ticketId',
      'ticket.number',
      'ticket.subject',
      'end_user.name as userName',
      eb
        .fn<string | null>('left', [eb.fn.coalesce('thread_entry.visible_text', 'thread_entry.body_text'), eb.val(EXCERPT)])
        .as('excerpt'),
    ])
    .where((eb) => mayRead(ctx, agent)(eb as unknown as ExpressionBuilder<Database, 'notification' | 'ticket'>))
    .$if(options.unreadOnly === true, (query) => query.where('notification.read_at', 'is', null))
    .$if(options.notMailedSince !== undefined, (query) =>
      query.where('notification.mailed_at', 'is', null).where('notification.created_at', '>=', options.notMailedSince!),
    )
    .$if(before !== null, (query) => query.where('notification.id', '<', before!))
    .orderBy('notification.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { agents } = await readDirectory(ctx)
  const nameOf = (row: (typeof rows)[number]): string =>
    row.userName ??
    (row.actorKind === 'agent' || row.actorKind === 'token' ? (agents.find((one) => one.id === row.actorId)?.name ?? '') : '')
  const shown = rows.slice(0, limit)
  return {
    rows: shown.map((row) => ({
      id: row.id,
      kind: row.kind,
      at: row.at,
      isRead: row.readAt !== null,
      by: nameOf(row),
      ticket: row.ticketId === null ? null : { id: row.ticketId, number: row.number!, subject: row.subject! },
      excerpt: row.excerpt?.replace(/\s+/g, ' ').trim() || null,
      subject: { kind: row.subjectKind, id: row.subjectId },
    })),
    next: rows.length > limit ? writeCursor([shown.at(-1)!.id]) : null,
  }
}

/** How many one has not read, counted up to `COUNTED_UP_TO` and one more. */
export async function countUnread(ctx: Context): Promise<number> {
  const agent = ownerOf(ctx)
  if (agent === null) return 0
  const row = await ctx.db
    .selectFrom((from) =>
      from
        .selectFrom('notification')
        .leftJoin('ticket', 'ticket.id', 'notification.ticket_id')
        .select('notification.id')
        .where('notification.read_at', 'is', null)
        .where((eb) => mayRead(ctx, agent)(eb as unknown as ExpressionBuilder<Database, 'notification' | 'ticket'>))
        .limit(COUNTED_UP_TO + 1)
        .as('unread'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export const MarkNotificationInput = z.object({ id: z.number().int(), read: z.boolean().default(true) })

/** Marks one of one's own as read, or as unread again. Errors: NotFound. */
export async function markNotification(ctx: Context, input: z.input<typeof MarkNotificationInput>): Promise<void> {
  const given = parseInput(MarkNotificationInput, input)
  const agent = ownerOf(ctx)
  if (agent === null) throw notFound()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('notification')
      .set({ read_at: given.read ? ctx.clock.now() : null })
      .where('id', '=', given.id)
      .where('agent_id', '=', agent)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notFound()
    tellInbox(ctx, [agent])
  })
}

/** Marks all of one's own as read, up to the newest that one has seen: what came since stays unread. Returns how many. */
export async function markAllRead(ctx: Context, upTo: number | null = null): Promise<number> {
  const agent = ownerOf(ctx)
  if (agent === null) return 0
  return transact(ctx, async (ctx) => {
    const rows = await ctx.db
      .updateTable('notification')
      .set({ read_at: ctx.clock.now() })
      .where('agent_id', '=', agent)
      .where('read_at', 'is', null)
      .$if(upTo !== null, (query) => query.where('id', '<=', upTo!))
      .returning('id')
      .execute()
    if (rows.length > 0) tellInbox(ctx, [agent])
    return rows.length
  })
}

/** Opening a ticket reads what one was told of it. */
export async function readNotificationsOf(ctx: Context, number: string): Promise<void> {
  const agent = ownerOf(ctx)
  if (agent === null) return
  await transact(ctx, async (ctx) => {
    const rows = await ctx.db
      .updateTable('notification')
      .set({ read_at: ctx.clock.now() })
      .where('agent_id', '=', agent)
      .where('read_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('ticket_id', '=', eb.selectFrom('ticket').select('ticket.id').where('ticket.number', '=', number)),
          eb(
            'ticket_id',
            '=',
            eb
              .selectFrom('ticket_number')
              .select('ticket_number.ticket_id')
              .where('ticket_number.number', '=', number)
              .where('ticket_number.is_alias', '=', true),
          ),
        ]),
      )
      .returning('id')
      .execute()
    if (rows.length > 0) tellInbox(ctx, [agent])
  })
}

/** Tells the open screens of these agents, and of nobody else, that their inbox is another. */
export function tellInbox(ctx: Context, agents: readonly number[]): void {
  afterCommit(ctx, () => {
    for (const id of agents)
      ctx.live.tell({ id: 0, verb: 'inbox.changed', subject: { kind: 'agent', id }, facts: { internal: true } })
  })
}

/** Forgets what is long past; run by the scheduler. */
export async function sweepNotifications(ctx: Context): Promise<void> {
  const now = ctx.clock.now().getTime()
  await ctx.db
    .deleteFrom('notification')
    .where((eb) =>
      eb.or([
        eb('read_at', '<', new Date(now - KEPT_DAYS * DAY_MS)),
        eb('created_at', '<', new Date(now - 2 * KEPT_DAYS * DAY_MS)),
      ]),
    )
    .execute()
}
