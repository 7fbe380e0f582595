import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { isAddress } from '#people/address.ts'
import { findEndUserByAddress } from '#people/end-users.ts'
import { queueKeys, queuePage } from '#queues/queues.ts'
import { namedCollaborators } from '#threads/collaborators.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { addCopy, approveCopy, CopyInput, removeCopy } from '#tickets/copies.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { findTickets, type TicketFilter } from '#tickets/find-tickets.ts'
import { OpenTicketInput, openTicket } from '#tickets/open-ticket.ts'
import { accessTicket, type Ticket } from '#tickets/ticket-access.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { readTags } from '#workflow/tags.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { type Call, type Endpoint, endpoint } from '../endpoint.ts'
import { InlineFile } from '../incoming-files.ts'
import { type IdKind, idText, type PublicIds } from '../public-id.ts'
import { PersonShape, pageOf, pageQuery, readNames, summaryOf, TicketShape, TicketSummary, ticketShape } from './shapes.ts'

const TAG = 'Tickets'

const CopyShape = PersonShape.extend({
  isPending: z.boolean().describe('Named by a mail and not approved: gets no mail and sees nothing'),
})

/** A status or priority is named by its id, or by the key of a shipped one. */
const idOrKey = (kind: 'status' | 'priority', keys: string) => z.string().max(60).describe(`Id of a ${kind}, or a key: ${keys}`)
const statusRef = idOrKey('status', 'open, waiting, on_hold, resolved, closed')
const priorityRef = idOrKey('priority', 'urgent, high, normal, low')

const listQuery = pageQuery.extend({
  status: statusRef.optional(),
  state: z.enum(['open', 'on_hold', 'resolved', 'closed']).optional(),
  assignee: z.union([idText('agent'), z.enum(['me', 'none'])]).optional(),
  department: idText('department').optional(),
  requester: z
    .union([idText('person'), z.string().max(254)])
    .optional()
    .describe('Id of a person, or an e-mail address'),
  number: z.string().max(20).optional(),
  tag: z.string().max(60).optional().describe('Name or id of a tag'),
  queue: z.enum(queueKeys).optional().describe('A queue of the desk; goes with no other filter'),
  q: z.string().max(200).optional().describe('Words of number, subject, name and address; goes with state and department'),
  sort: z.enum(['updated', 'newest', 'waiting', 'due']).optional(),
})

const openBody = OpenTicketInput.omit({ topic: true, department: true, priority: true, assignee: true }).extend({
  topic: idText('topic').nullable().default(null),
  department: idText('department').nullable().default(null),
  priority: priorityRef.nullable().default(null),
  assignee: idText('agent').nullable().default(null),
  attachments: z.array(InlineFile).max(20).optional(),
})

const patchBody = z.object({
  subject: z.string().trim().min(1).max(255).optional(),
  topic: idText('topic').nullable().optional(),
  priority: priorityRef.optional(),
  status: statusRef.optional().describe('`closed` closes, `open` reopens'),
  reason: z.string().trim().max(500).nullable().optional(),
  assignee: z
    .union([idText('agent'), z.literal('me')])
    .nullable()
    .optional(),
  team: idText('team').nullable().optional(),
  department: idText('department').optional(),
  place: z.enum(['desk', 'spam', 'trash']).optional(),
})

/** An id inside a body: what is none of that kind is a mistake at its field. */
function ref(ids: PublicIds, kind: IdKind, text: string, pointer: string): number {
  const id = ids.peek(kind, text)
  if (id === null) throw invalid(pointer, 'unknownChoice')
  return id
}

async function statusOf(ctx: Context, ids: PublicIds, text: string, pointer = '/status'): Promise<number> {
  const found = (await readWorkflow(ctx)).statuses.find((status) => status.key === text)
  return found ? found.id : ref(ids, 'status', text, pointer)
}

async function priorityOf(ctx: Context, ids: PublicIds, text: string): Promise<number> {
  const found = (await readWorkflow(ctx)).priorities.find((priority) => priority.key === text)
  return found ? found.id : ref(ids, 'priority', text, '/priority')
}

async function filterOf(ctx: Context, ids: PublicIds, query: z.output<typeof listQuery>): Promise<TicketFilter | null> {
  const filter: TicketFilter = {}
  if (query.status !== undefined) filter.statusId = await statusOf(ctx, ids, query.status)
  if (query.state !== undefined) filter.states = [query.state]
  if (query.department !== undefined) filter.departmentId = ref(ids, 'department', query.department, '/department')
  if (query.number !== undefined) filter.number = query.number
  if (query.q !== undefined) filter.words = query.q
  if (query.tag !== undefined) {
    const { tag } = query
    const named = (await readTags(ctx)).find((one) => one.name.toLowerCase() === tag.toLowerCase())
    filter.tagIds = [named ? named.id : ref(ids, 'tag', tag, '/tag')]
  }
  if (query.assignee === 'none') filter.assigneeId = null
  else if (query.assignee === 'me') filter.assigneeId = ctx.actor.id ?? -1
  else if (query.assignee !== undefined) filter.assigneeId = ref(ids, 'agent', query.assignee, '/assignee')
  if (query.requester !== undefined) {
    const person =
      isAddress(query.requester) && query.requester.includes('@') ? await findEndUserByAddress(ctx, query.requester) : undefined
    if (person === null) return null
    filter.requesterId = person ? person.id : ref(ids, 'person', query.requester, '/requester')
  }
  return filter
}

const OTHERS = ['status', 'state', 'department', 'number', 'q', 'assignee', 'requester', 'tag', 'sort'] as const
const NOT_WITH_WORDS = ['status', 'number', 'assignee', 'requester'] as const

const list = endpoint(
  {
    method: 'GET',
    path: '/tickets',
    summary: 'List tickets',
    tag: TAG,
    scope: 'tickets:read',
    query: listQuery,
    answer: pageOf(TicketSummary),
  },
  async ({ ctx, ids, query }) => {
    if (query.queue) for (const name of OTHERS) if (query[name] !== undefined) throw invalid(`/${name}`, 'value')
    if (query.q) for (const name of NOT_WITH_WORDS) if (query[name] !== undefined) throw invalid(`/${name}`, 'value')
    const options = { cursor: query.cursor ?? null, limit: query.limit }
    const filter = await filterOf(ctx, ids, query)
    if (!filter) return { data: [], next: null }
    const page = query.queue
      ? await queuePage(ctx, query.queue, options)
      : await findTickets(ctx, filter, { ...options, sort: query.sort ?? 'updated' })
    const names = await readNames(ctx, ids)
    return { data: page.rows.map((row) => summaryOf(names, ids, row)), next: page.next }
  },
)

const open = endpoint(
  {
    method: 'POST',
    path: '/tickets',
    summary: 'Open a ticket',
    tag: TAG,
    scope: 'tickets:write',
    body: openBody,
    takesFiles: true,
    madeAt: '/tickets',
    answer: TicketShape,
  },
  async ({ ctx, ids, body, files }) => {
    const { attachments: _, topic, department, priority, assignee, ...rest } = body
    const ticket = await openTicket(
      ctx,
      {
        ...rest,
        topic: topic === null ? null : ref(ids, 'topic', topic, '/topic'),
        department: department === null ? null : ref(ids, 'department', department, '/department'),
        priority: priority === null ? null : await priorityOf(ctx, ids, priority),
        assignee: assignee === null ? null : ref(ids, 'agent', assignee, '/assignee'),
      },
      { channel: 'api', files },
    )
    return ticketShape(ctx, ids, ticket)
  },
)

const show = endpoint(
  {
    method: 'GET',
    path: '/tickets/{ticket}',
    ids: { ticket: 'ticket' },
    summary: 'Read a ticket',
    tag: TAG,
    scope: 'tickets:read',
    answer: TicketShape,
  },
  async ({ ctx, ids, path }) => ticketShape(ctx, ids, await accessTicket(ctx, { id: path.ticket! }, 'ticket.view')),
)

const patch = endpoint(
  {
    method: 'PATCH',
    path: '/tickets/{ticket}',
    ids: { ticket: 'ticket' },
    summary: 'Change a ticket: all of it, or nothing',
    tag: TAG,
    scope: 'tickets:write',
    body: patchBody,
    answer: TicketShape,
  },
  async ({ ctx, ids, path, body }) => {
    const at = { id: path.ticket! }
    let ticket: Ticket = await accessTicket(ctx, at, 'ticket.view')
    if (body.subject !== undefined || body.priority !== undefined || body.topic !== undefined) {
      ticket = await editTicket(ctx, at, {
        ...(body.subject === undefined ? {} : { subject: body.subject }),
        ...(body.priority === undefined ? {} : { priority: await priorityOf(ctx, ids, body.priority) }),
        ...(body.topic === undefined ? {} : { topic: body.topic === null ? null : ref(ids, 'topic', body.topic, '/topic') }),
      })
    }
    if (body.status !== undefined) {
      ticket = await changeStatus(ctx, at, { status: await statusOf(ctx, ids, body.status), reason: body.reason ?? null })
    }
    if (body.place !== undefined) ticket = await moveTicket(ctx, at, body.place)
    if (body.assignee !== undefined || body.team !== undefined) {
      ticket = await assignTicket(ctx, at, {
        ...(body.assignee === undefined ? {} : { agent: assigneeOf(ctx, ids, body.assignee) }),
        ...(body.team === undefined ? {} : { team: body.team === null ? null : ref(ids, 'team', body.team, '/team') }),
      })
    }
    // Last, since whoever hands it over may not see it afterwards.
    if (body.department !== undefined)
      ticket = await transferTicket(ctx, at, { department: ref(ids, 'department', body.department, '/department') })
    return ticketShape(ctx, ids, ticket)
  },
)

const assigneeOf = (ctx: Context, ids: PublicIds, text: string | null): number | null =>
  text === null ? null : text === 'me' ? ctx.actor.id : ref(ids, 'agent', text, '/assignee')

const copies = async ({ ctx, ids, path }: Pick<Call<null, null>, 'ctx' | 'ids' | 'path'>) => {
  const ticket = await accessTicket(ctx, { id: path.ticket! }, 'ticket.view')
  const { onCopy, proposed } = await namedCollaborators(ctx, ticket.threadId)
  return {
    data: [...onCopy, ...proposed].map((person) => ({
      id: ids.write('person', person.endUserId),
      name: person.name,
      email: person.address,
      isPending: proposed.includes(person),
    })),
    next: null,
  }
}

const listCopies = endpoint(
  {
    method: 'GET',
    path: '/tickets/{ticket}/copies',
    ids: { ticket: 'ticket' },
    summary: 'People on copy, and those who wait for approval',
    tag: TAG,
    scope: 'tickets:read',
    answer: pageOf(CopyShape),
  },
  copies,
)

const putCopy = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/copies',
    ids: { ticket: 'ticket' },
    summary: 'Put a person on copy',
    tag: TAG,
    scope: 'tickets:write',
    body: CopyInput,
    answer: pageOf(CopyShape),
  },
  async (call) => {
    await addCopy(call.ctx, { id: call.path.ticket! }, call.body)
    return copies(call)
  },
)

const approve = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/copies/{person}/approval',
    ids: { ticket: 'ticket', person: 'person' },
    summary: 'Let somebody on copy whom a mail named',
    tag: TAG,
    scope: 'tickets:write',
    answer: pageOf(CopyShape),
  },
  async (call) => {
    await approveCopy(call.ctx, { id: call.path.ticket! }, call.path.person!)
    return copies(call)
  },
)

const dropCopy = endpoint(
  {
    method: 'DELETE',
    path: '/tickets/{ticket}/copies/{person}',
    ids: { ticket: 'ticket', person: 'person' },
    summary: 'Take a person off copy',
    tag: TAG,
    scope: 'tickets:write',
    status: 204,
    answer: null,
  },
  ({ ctx, path }) => removeCopy(ctx, { id: path.ticket! }, path.person!),
)

export const ticketEndpoints: readonly Endpoint[] = [list, open, show, patch, listCopies, putCopy, approve, dropCopy]
