import type { Context } from '#core/context.ts'
import { bulkLoadDocuments } from '#search/bulk-load-documents.ts'
import { bulkLoadEntries, bulkLoadThreads, type LoadedEntry } from '#threads/bulk-load-threads.ts'
import { previewOf } from '#threads/entries.ts'
import { bulkLoadNumbers } from '#workflow/bulk-load-numbers.ts'
import type { Ticket, unset } from './ticket-store.ts'

const CHUNK = 500

export interface LoadedTicket
  extends Omit<Ticket, 'id' | 'threadId' | 'preview' | 'lastEntryId' | 'referredTo' | keyof typeof unset> {
  /** Oldest first, at least one. */
  entries: ReadonlyArray<Omit<LoadedEntry, 'thread'>>
  /** What else it is found by. */
  requester: { name: string; address: string }
}

/**
 * Many tickets at once with their entries, numbers and search documents: times are kept, no event is recorded, nobody is told. For
 * import, seeding and tests. Returns their ids, in order.
 */
export async function bulkLoadTickets(ctx: Context, tickets: readonly LoadedTicket[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < tickets.length; at += CHUNK) ids.push(...(await loadChunk(ctx, tickets.slice(at, at + CHUNK))))
  return ids
}

async function loadChunk(ctx: Context, tickets: readonly LoadedTicket[]): Promise<number[]> {
  await bulkLoadNumbers(
    ctx,
    tickets.map((ticket) => ticket.number),
  )
  const threads = await bulkLoadThreads(
    ctx,
    'ticket',
    tickets.map((ticket) => ticket.createdAt),
  )
  const entries = tickets.flatMap((ticket, thread) => ticket.entries.map((entry) => ({ ...entry, thread })))
  const entryIds = await bulkLoadEntries(ctx, threads, entries)
  const newest = new Map<number, { id: number; text: string }>()
  for (const [index, entry] of entries.entries()) newest.set(entry.thread, { id: entryIds[index]!, text: entry.bodyText })
  const rows = await ctx.db
    .insertInto('ticket')
    .values(
      tickets.map((ticket, index) => ({
        number: ticket.number,
        thread_id: threads[index]!,
        subject: ticket.subject,
        preview: previewOf(newest.get(index)?.text ?? ''),
        requester_id: ticket.requesterId,
        department_id: ticket.departmentId,
        help_topic_id: ticket.helpTopicId,
        status_id: ticket.statusId,
        state: ticket.state,
        priority_id: ticket.priorityId,
        urgency: ticket.urgency,
        assignee_id: ticket.assigneeId,
        team_id: ticket.teamId,
        channel: ticket.channel,
        mailbox_id: ticket.mailboxId,
        place: ticket.place,
        created_at: ticket.createdAt,
        updated_at: ticket.updatedAt,
        waiting_since: ticket.waitingSince,
        last_message_at: ticket.lastMessageAt,
        last_response_at: ticket.lastResponseAt,
        first_response_at: ticket.firstResponseAt,
        due_at: ticket.dueAt,
        due_kind: ticket.dueKind,
        status_reason: ticket.statusReason,
        resolved_at: ticket.resolvedAt,
        closed_at: ticket.closedAt,
        reopened_at: ticket.reopenedAt,
        last_entry_id: newest.get(index)?.id ?? null,
        continues_id: ticket.continuesId,
      })),
    )
    .returning('id')
    .execute()
  await bulkLoadDocuments(
    ctx,
    'ticket',
    tickets.map((ticket, index) => ({
      id: rows[index]!.id,
      publicText: [ticket.number, ticket.subject, ticket.requester.name, ticket.requester.address],
      at: ticket.updatedAt,
    })),
  )
  return rows.map((row) => row.id)
}
