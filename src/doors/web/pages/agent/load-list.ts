import type { RouterContextProvider } from 'react-router'
import type { Context } from '#core/context.ts'
import { type Directory, readDirectory } from '#people/directory.ts'
import { whoIsHere } from '#presence/presence.ts'
import { queuePage } from '#queues/queues.ts'
import type { TicketListRow } from '#tickets/find-tickets.ts'
import { readTags, type Tag } from '#workflow/tags.ts'
import { readWorkflow, type Workflow } from '#workflow/workflow.ts'
import { ctxOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import type { ListView, TicketRow, Viewer } from './view.ts'

/** A page of a queue with everything its rows show. A queue that does not exist reads as not found. */
export async function loadList(
  context: Readonly<RouterContextProvider>,
  queue: string,
  cursor: string | null,
): Promise<ListView> {
  const ctx = ctxOf(context)
  const page = await orRefuse(queuePage(ctx, queue, { cursor }))
  return { queue, rows: await drawRows(ctx, page.rows), next: page.next }
}

/** Rows of any list with names instead of ids, and who is at them. */
export async function drawRows(ctx: Context, rows: readonly TicketListRow[]): Promise<TicketRow[]> {
  const [directory, workflow, tags, here] = await Promise.all([
    readDirectory(ctx),
    readWorkflow(ctx),
    readTags(ctx),
    whoIsHere(
      ctx,
      rows.map((row) => row.id),
    ),
  ])
  return rows.map((row) => drawRow(row, directory, workflow, tags, others(here.get(row.id) ?? [], ctx.actor.id)))
}

export const others = (viewers: readonly Viewer[], me: number | null): Viewer[] => viewers.filter((viewer) => viewer.id !== me)

function drawRow(
  row: TicketListRow,
  directory: Directory,
  workflow: Workflow,
  tags: readonly Tag[],
  viewers: Viewer[],
): TicketRow {
  const status = workflow.statuses.find((one) => one.id === row.statusId)
  const priority = workflow.priorities.find((one) => one.id === row.priorityId)
  const assignee = row.assigneeId === null ? undefined : directory.agents.find((agent) => agent.id === row.assigneeId)
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    preview: row.preview,
    requester: { name: row.requesterName, address: row.requesterAddress },
    assignee: assignee ? { id: assignee.id, name: assignee.name } : null,
    status: { key: status?.key ?? null, name: status?.name ?? '', state: row.state },
    priority: { key: priority?.key ?? null, name: priority?.name ?? '', urgency: row.urgency },
    dueAt: row.dueAt?.toISOString() ?? null,
    lastMessageAt: (row.lastMessageAt ?? row.updatedAt).toISOString(),
    unread: row.isUnread,
    place: row.place,
    tags: tags.filter((tag) => row.tagIds.includes(tag.id)).map(({ id, name, colour }) => ({ id, name, colour })),
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    viewers,
  }
}
