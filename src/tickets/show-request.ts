import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import { type Attachment, listAttachments } from '#files/attachments.ts'
import { findEndUser } from '#people/end-users.ts'
import { collaboratorsOf } from '#threads/collaborators.ts'
import { type Entry, readEntries } from '#threads/entries.ts'
import { readWorkflow, type TicketState } from '#workflow/workflow.ts'
import { customerStatus } from './customer-words.ts'
import { accessOwnTicket, type Ticket, visibleTickets } from './ticket-access.ts'

export type CustomerStatus = ReturnType<typeof customerStatus>

/** A ticket as its customer reads it: no note, no reply that can still be withdrawn, no word of the desk's own. */
export interface Request {
  id: number
  number: string
  subject: string
  status: CustomerStatus
  state: TicketState
  createdAt: Date
  /** When an answer is due, while the customer waits for one. */
  expectedAt: Date | null
  requester: { id: number; name: string }
  copies: { name: string }[]
  entries: Array<{ entry: Entry; attachments: Attachment[] }>
}

/** What the portal's ticket page shows. Errors: NotFound. */
export async function showRequest(ctx: Context, number: string): Promise<Request> {
  return requestOf(ctx, await accessOwnTicket(ctx, { number }))
}

/** A ticket that passed its gate, as its customer reads it. */
export async function requestOf(ctx: Context, ticket: Ticket): Promise<Request> {
  const { statuses } = await readWorkflow(ctx)
  const entries = await readEntries(ctx, ticket.threadId, { audience: 'customer', limit: 500 })
  const attachments = await listAttachments(
    ctx,
    'entry',
    entries.map((entry) => entry.id),
  )
  const requester = await findEndUser(ctx, ticket.requesterId)
  const copies = await collaboratorsOf(ctx, ticket.threadId)
  return {
    id: ticket.id,
    number: ticket.number,
    subject: ticket.subject,
    status: customerStatus({
      state: ticket.state,
      statusKey: statuses.find((status) => status.id === ticket.statusId)?.key ?? null,
      firstResponseAt: ticket.firstResponseAt,
    }),
    state: ticket.state,
    createdAt: ticket.createdAt,
    expectedAt: ticket.state === 'open' && ticket.waitingSince ? ticket.dueAt : null,
    requester: { id: ticket.requesterId, name: requester?.name ?? '' },
    copies: copies.map((copy) => ({ name: copy.name })),
    entries: entries.map((entry) => ({ entry, attachments: attachments.filter((file) => file.ownerId === entry.id) })),
  }
}

export interface RequestRow {
  number: string
  subject: string
  status: CustomerStatus
  isDone: boolean
  /** The customer is on copy, not the one who asked. */
  isCopy: boolean
  lastMessageAt: Date
}

const PAGE = 30

/**
 * A signed-in customer's requests, those they are on copy of included: open ones first, then by their last message. `search`: each word
 * stands in the subject, or begins the number.
 */
export async function listRequests(
  ctx: Context,
  options: { show: 'open' | 'done' | 'all'; search?: string; cursor?: string | null },
): Promise<Page<RequestRow>> {
  const { statuses } = await readWorkflow(ctx)
  const at = sql<Date>`greatest(ticket.last_message_at, ticket.last_response_at, ticket.created_at)`
  const rank = sql<number>`(case when ticket.state in ('resolved', 'closed') then 0 else 1 end)`
  const after = options.cursor ? readCursor(options.cursor, 3) : null
  const words = (options.search ?? '').trim().slice(0, 100).split(/\s+/).filter(Boolean).slice(0, 8)
  const rows = await ctx.db
    .selectFrom('ticket')
    .select([
      'ticket.id',
      'ticket.number',
      'ticket.subject',
      'ticket.state',
      'ticket.status_id',
      'ticket.first_response_at',
      'ticket.requester_id',
    ])
    .select([at.as('at'), rank.as('rank')])
    .where((eb) => visibleTickets(ctx.actor)(eb))
    // The gate's "asked for or on copy of" as two index reads: as one condition it would read every ticket of the desk.
    .where(sql<boolean>`ticket.id in (select own.id from ticket own where own.requester_id = ${ctx.actor.id}
      union all select copied.id from collaborator join ticket copied on copied.thread_id = collaborator.thread_id
        where collaborator.end_user_id = ${ctx.actor.id} and collaborator.pending_at is null)`)
    .$if(options.show !== 'all', (query) =>
      query.where('ticket.state', 'in', options.show === 'open' ? ['open', 'on_hold'] : ['resolved', 'closed']),
    )
    .$if(words.length > 0, (query) =>
      query.where((eb) =>
        eb.and(
          words.map((word) => {
            const plain = word.replace(/[\\%_]/g, '\\$&')
            return eb.or([
              eb('ticket.subject', 'ilike', `%${plain}%`),
              eb('ticket.number', 'ilike', `${plain.replace(/^\[?#/, '').replace(/\]$/, '')}%`),
            ])
          }),
        ),
      ),
    )
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(${rank}, ${at}, ticket.id) < (${Number(after![0])}, ${new Date(String(after![1]))}, ${Number(after![2])})`,
      ),
    )
    .orderBy(rank, 'desc')
    .orderBy(at, 'desc')
    .orderBy('ticket.id', 'desc')
    .limit(PAGE + 1)
    .execute()
  const page = rows.slice(0, PAGE)
  const last = page.at(-1)
  return {
    rows: page.map((row) => ({
      number: row.number,
      subject: row.subject,
      status: customerStatus({
        state: row.state,
        statusKey: statuses.find((status) => status.id === row.status_id)?.key ?? null,
        firstResponseAt: row.first_response_at,
      }),
      isDone: row.state === 'resolved' || row.state === 'closed',
      isCopy: row.requester_id !== ctx.actor.id,
      lastMessageAt: row.at,
    })),
    next: rows.length > PAGE && last ? writeCursor([last.rank, last.at.toISOString(), last.id]) : null,
  }
}
