import { z } from 'zod'
import type { InboundReason } from '#channels/inbound-messages.ts'
import type { Context } from '#core/context.ts'
import type { Attachment } from '#files/attachments.ts'
import { readDirectory } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { publicAddress } from '#settings/settings.ts'
import type { Entry } from '#threads/entries.ts'
import { sanitizeHtml } from '#threads/sanitize-html.ts'
import type { TicketListRow } from '#tickets/find-tickets.ts'
import { tagsOf } from '#tickets/tag-ticket.ts'
import type { Ticket } from '#tickets/ticket-access.ts'
import { readTags } from '#workflow/tags.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { idText, type PublicIds } from '../public-id.ts'

/** What the API answers, and how it is made of what rooms return. Times are RFC 3339 in UTC. */

const time = z.iso.datetime()

const named = (kind: 'agent' | 'team' | 'department' | 'topic') => z.object({ id: idText(kind), name: z.string() })

export const StatusShape = z.object({
  id: idText('status'),
  key: z.string().nullable(),
  name: z.string(),
  state: z.enum(['open', 'on_hold', 'resolved', 'closed']),
})
export const PriorityShape = z.object({
  id: idText('priority'),
  key: z.string().nullable(),
  name: z.string(),
  urgency: z.number().int(),
})
export const AgentShape = named('agent').extend({ email: z.string() })
export const TeamShape = named('team')
export const DepartmentShape = named('department').extend({ isPublic: z.boolean() })
export const TopicShape = named('topic').extend({ isPublic: z.boolean(), department: idText('department').nullable() })
export const PersonShape = z.object({ id: idText('person'), name: z.string(), email: z.string() })

export const TicketSummary = z.object({
  id: idText('ticket'),
  number: z.string(),
  subject: z.string(),
  preview: z.string(),
  status: StatusShape,
  priority: PriorityShape,
  department: named('department'),
  assignee: named('agent').nullable(),
  team: named('team').nullable(),
  requester: PersonShape,
  channel: z.string(),
  createdAt: time,
  updatedAt: time,
  waitingSince: time.nullable(),
  dueAt: time.nullable(),
  lastMessageAt: time.nullable(),
  snoozedUntil: time.nullable(),
  tags: z.array(z.object({ id: idText('tag'), name: z.string() })),
})

export const TicketShape = TicketSummary.extend({
  topic: named('topic').nullable(),
  place: z.enum(['desk', 'spam', 'trash']),
  statusReason: z.string().nullable(),
  firstResponseAt: time.nullable(),
  lastResponseAt: time.nullable(),
  resolvedAt: time.nullable(),
  closedAt: time.nullable(),
  /** The newest entry: send it as `seen` with a reply, and what came meanwhile stops it. */
  lastEntry: idText('entry').nullable(),
  url: z.url(),
})

export const AttachmentShape = z.object({
  id: idText('attachment'),
  name: z.string(),
  contentType: z.string(),
  size: z.number().int().describe('Bytes'),
  isInline: z.boolean(),
})

export const EntryShape = z.object({
  id: idText('entry'),
  kind: z.enum(['message', 'response', 'note']),
  side: z.enum(['forward', 'third_party']).nullable().describe('Sent to somebody outside the ticket, or written by them'),
  channel: z.string(),
  author: z.object({ kind: z.enum(['agent', 'user', 'system']), name: z.string(), email: z.string().nullable() }),
  text: z.string(),
  html: z.string().nullable().describe('Sanitised; remote pictures are taken out'),
  visibleText: z.string().nullable().describe('Without quoted history, when something was cut'),
  verdict: z.enum(['verified', 'internal', 'not_verified', 'failed']).nullable(),
  isFlagged: z.boolean(),
  landed: z
    .object({ reason: z.string(), match: z.string() })
    .nullable()
    .describe('Of a mail: why it is on this ticket, and by what it was found'),
  attachments: z.array(AttachmentShape),
  createdAt: time,
  releasedAt: time.nullable(),
  sendsAt: time.nullable().describe('Until then the reply can be taken back'),
})

/** A page of a list. `next` is the cursor of the following page, null on the last one. */
export const pageOf = (rows: z.ZodType) => z.object({ data: z.array(rows), next: z.string().nullable() })

export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** Names of everything that tickets refer to, from caches. */
export async function readNames(ctx: Context, ids: PublicIds) {
  const { statuses, priorities } = await readWorkflow(ctx)
  const { departments, agents, teams } = await readDirectory(ctx)
  const topics = await readHelpTopics(ctx)
  const tags = await readTags(ctx)
  const name = <K extends 'agent' | 'team' | 'department' | 'topic'>(
    kind: K,
    list: ReadonlyArray<{ id: number; name: string }>,
    id: number | null,
  ) => (id === null ? null : { id: ids.write(kind, id), name: list.find((one) => one.id === id)?.name ?? '' })
  return {
    status: (id: number) => {
      const status = statuses.find((one) => one.id === id)!
      return { id: ids.write('status', id), key: status.key, name: status.name, state: status.state }
    },
    priority: (id: number) => {
      const priority = priorities.find((one) => one.id === id)!
      return { id: ids.write('priority', id), key: priority.key, name: priority.name, urgency: priority.urgency }
    },
    department: (id: number) => name('department', departments, id)!,
    agent: (id: number | null) => name('agent', agents, id),
    team: (id: number | null) => name('team', teams, id),
    topic: (id: number | null) => name('topic', topics, id),
    tags: (given: readonly number[]) =>
      tags.filter((tag) => given.includes(tag.id)).map((tag) => ({ id: ids.write('tag', tag.id), name: tag.name })),
  }
}

type Names = Awaited<ReturnType<typeof readNames>>

const common = (names: Names, ids: PublicIds, ticket: Pick<Ticket, keyof Ticket & keyof TicketListRow>) => ({
  id: ids.write('ticket', ticket.id),
  number: ticket.number,
  subject: ticket.subject,
  preview: ticket.preview,
  status: names.status(ticket.statusId),
  priority: names.priority(ticket.priorityId),
  department: names.department(ticket.departmentId),
  assignee: names.agent(ticket.assigneeId),
  team: names.team(ticket.teamId),
  channel: ticket.channel,
  createdAt: ticket.createdAt.toISOString(),
  updatedAt: ticket.updatedAt.toISOString(),
  waitingSince: iso(ticket.waitingSince),
  dueAt: iso(ticket.dueAt),
  lastMessageAt: iso(ticket.lastMessageAt),
  snoozedUntil: iso(ticket.snoozedUntil),
})

export const summaryOf = (names: Names, ids: PublicIds, row: TicketListRow): z.infer<typeof TicketSummary> => ({
  ...common(names, ids, row as TicketListRow & Pick<Ticket, 'channel'>),
  tags: names.tags(row.tagIds),
  requester: { id: ids.write('person', row.requesterId), name: row.requesterName, email: row.requesterAddress },
})

export async function ticketShape(ctx: Context, ids: PublicIds, ticket: Ticket): Promise<z.infer<typeof TicketShape>> {
  const names = await readNames(ctx, ids)
  const requester = (await findEndUser(ctx, ticket.requesterId))!
  return {
    ...common(names, ids, ticket),
    tags: names.tags((await tagsOf(ctx, ticket.id)).map((tag) => tag.id)),
    requester: { id: ids.write('person', requester.id), name: requester.name, email: requester.address },
    topic: names.topic(ticket.helpTopicId),
    place: ticket.place,
    statusReason: ticket.statusReason,
    firstResponseAt: iso(ticket.firstResponseAt),
    lastResponseAt: iso(ticket.lastResponseAt),
    resolvedAt: iso(ticket.resolvedAt),
    closedAt: iso(ticket.closedAt),
    lastEntry: ids.write('entry', ticket.lastEntryId),
    url: `${await publicAddress(ctx)}/agent/tickets/${ticket.number}`,
  }
}

export const attachmentShape = (ids: PublicIds, file: Attachment): z.infer<typeof AttachmentShape> => ({
  id: ids.write('attachment', file.id),
  name: file.name,
  contentType: file.contentType,
  size: file.size,
  isInline: file.isInline,
})

export const entryShape = (
  ids: PublicIds,
  entry: Entry,
  files: readonly Attachment[],
  landing: InboundReason | null = null,
): z.infer<typeof EntryShape> => ({
  id: ids.write('entry', entry.id),
  kind: entry.kind,
  side: entry.side,
  channel: entry.channel,
  author: { kind: entry.author.kind, name: entry.author.name, email: entry.author.address },
  text: entry.bodyText,
  html: entry.bodyHtml === null ? null : sanitizeHtml(entry.bodyHtml, { allowRemoteImages: false, imageUrl: () => null }),
  visibleText: entry.visibleText,
  verdict: entry.verdict,
  isFlagged: entry.isFlagged,
  landed: landing && { reason: landing.key, match: String(landing.params?.match ?? 'none') },
  attachments: files.filter((file) => file.ownerId === entry.id).map((file) => attachmentShape(ids, file)),
  createdAt: entry.createdAt.toISOString(),
  releasedAt: iso(entry.releasedAt),
  sendsAt: iso(entry.sendsAt),
})
