import { z } from 'zod'
import { BulkAct } from '#bulk/bulk-act.ts'
import { readBulk, startBulk, undoBulk } from '#bulk/bulk-run.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { translatorFor } from '#i18n/messages.ts'
import { errorText } from '#i18n/translate.ts'
import { ChangeRequesterInput, changeRequester } from '#tickets/change-requester.ts'
import { followTicket, unfollowTicket } from '#tickets/follow.ts'
import { LinkInput, linkTicket, unlinkTicket } from '#tickets/link.ts'
import { MergeInput, mergeTickets } from '#tickets/merge.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { SnoozeInput, snoozeTicket, wakeTicket } from '#tickets/snooze.ts'
import { splitMessage } from '#tickets/split.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { accessTicket } from '#tickets/ticket-access.ts'
import { lastUndoable, undoEvent } from '#tickets/undo.ts'
import { readTags } from '#workflow/tags.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText } from '../public-id.ts'
import { pageOf, TicketShape, ticketShape } from './shapes.ts'

const TAG = 'Further acts'

const on = (path: string, summary: string, method: 'POST' | 'DELETE' = 'POST') => ({
  method,
  path: `/tickets/{ticket}${path}`,
  ids: { ticket: 'ticket' as const },
  summary,
  tag: TAG,
  scope: 'tickets:write' as const,
  status: 200 as const,
  answer: TicketShape,
})

const TagShape = z.object({ id: idText('tag'), name: z.string(), colour: z.string() })

const tags = endpoint(
  { method: 'GET', path: '/tags', summary: 'List tags', tag: TAG, scope: 'tickets:read', answer: pageOf(TagShape) },
  async ({ ctx, ids }) => ({
    data: (await readTags(ctx))
      .filter((tag) => !tag.isArchived)
      .map(({ id, name, colour }) => ({ id: ids.write('tag', id), name, colour })),
    next: null,
  }),
)

const tag = endpoint(
  {
    ...on('/tags', 'Put tags on a ticket and take others off; a new name becomes a tag where the agent may make one'),
    body: z.object({
      add: z.array(z.string().max(200)).max(20).default([]),
      remove: z.array(z.string().max(200)).max(100).default([]),
    }),
  },
  async ({ ctx, ids, path, body }) => {
    const known = await readTags(ctx)
    const remove = body.remove.map((text, index) => {
      const id = ids.peek('tag', text) ?? known.find((one) => one.name.toLowerCase() === text.toLowerCase())?.id
      if (id === undefined) throw invalid(`/remove/${index}`, 'unknownChoice')
      return id
    })
    const add = body.add.map((text) => ids.peek('tag', text) ?? text)
    return ticketShape(ctx, ids, await tagTicket(ctx, { id: path.ticket! }, { add, remove }))
  },
)

const follow = endpoint(on('/follow', "Follow a ticket as the token's agent"), async ({ ctx, ids, path }) => {
  await followTicket(ctx, { id: path.ticket! })
  return ticketShape(ctx, ids, await accessTicket(ctx, { id: path.ticket! }, 'ticket.view'))
})

const unfollow = endpoint(on('/follow', 'Stop following a ticket', 'DELETE'), async ({ ctx, ids, path }) => {
  await unfollowTicket(ctx, { id: path.ticket! })
  return ticketShape(ctx, ids, await accessTicket(ctx, { id: path.ticket! }, 'ticket.view'))
})

const snooze = endpoint(
  { ...on('/snooze', 'Put a ticket off until a time, or until its customer writes'), body: SnoozeInput },
  async ({ ctx, ids, path, body }) => ticketShape(ctx, ids, await snoozeTicket(ctx, { id: path.ticket! }, body)),
)

const wake = endpoint(on('/snooze', 'Wake a snoozed ticket', 'DELETE'), async ({ ctx, ids, path }) =>
  ticketShape(ctx, ids, await wakeTicket(ctx, { id: path.ticket! })),
)

const pin = endpoint(
  {
    ...on('/pin', 'Pin a note above the conversation; null takes it down'),
    body: z.object({ entry: idText('entry').nullable() }),
  },
  async ({ ctx, ids, path, body }) =>
    ticketShape(ctx, ids, await pinNote(ctx, { id: path.ticket! }, body.entry === null ? null : ids.read('entry', body.entry))),
)

const requester = endpoint(
  { ...on('/requester', 'Make somebody else the requester'), body: ChangeRequesterInput },
  async ({ ctx, ids, path, body }) => ticketShape(ctx, ids, await changeRequester(ctx, { id: path.ticket! }, body)),
)

const merge = endpoint(
  { ...on('/merge', 'Merge other tickets, by their numbers, into this one'), body: MergeInput },
  async ({ ctx, ids, path, body }) => ticketShape(ctx, ids, await mergeTickets(ctx, { id: path.ticket! }, body)),
)

const link = endpoint(
  { ...on('/links', 'Link another ticket, by its number, as related or as the parent'), body: LinkInput },
  async ({ ctx, ids, path, body }) => {
    await linkTicket(ctx, { id: path.ticket! }, body)
    return ticketShape(ctx, ids, await accessTicket(ctx, { id: path.ticket! }, 'ticket.view'))
  },
)

const unlink = endpoint(
  {
    ...on('/links/{other}', 'Take a link away', 'DELETE'),
    ids: { ticket: 'ticket', other: 'ticket' },
  },
  async ({ ctx, ids, path }) => {
    const other = await accessTicket(ctx, { id: path.other! }, 'ticket.view')
    await unlinkTicket(ctx, { id: path.ticket! }, other.number)
    return ticketShape(ctx, ids, await accessTicket(ctx, { id: path.ticket! }, 'ticket.view'))
  },
)

const split = endpoint(
  {
    ...on('/split', "Make a ticket of its own from a customer's message; answers with the new ticket"),
    body: z.object({ entry: idText('entry'), subject: z.string().trim().max(255).optional() }),
  },
  async ({ ctx, ids, path, body }) =>
    ticketShape(
      ctx,
      ids,
      await splitMessage(
        ctx,
        { id: path.ticket! },
        {
          entry: ids.read('entry', body.entry),
          ...(body.subject === undefined ? {} : { subject: body.subject }),
        },
      ),
    ),
)

const undo = endpoint(
  {
    ...on('/undo', 'Take back one act of the token’s agent on this ticket, or the last one'),
    body: z.object({ event: idText('event').optional() }),
  },
  async ({ ctx, ids, path, body }) => {
    const ticket = await accessTicket(ctx, { id: path.ticket! }, 'ticket.view')
    const event = body.event ? ids.read('event', body.event) : (await lastUndoable(ctx, { ticket: ticket.id }))?.event
    if (event === undefined) throw notFound('undoNothing')
    return ticketShape(ctx, ids, await undoEvent(ctx, event, { ticket: ticket.id }))
  },
)

const BulkShape = z.object({
  id: idText('bulk'),
  total: z.number().int(),
  done: z.number().int(),
  changed: z.number().int(),
  refused: z.array(z.object({ number: z.string().nullable(), reason: z.string() })),
  isOver: z.boolean(),
  canUndo: z.boolean(),
})

async function bulkShape(
  { ctx, ids }: { ctx: Parameters<typeof readBulk>[0]; ids: { write(kind: 'bulk', id: number): string } },
  id: number,
) {
  const run = await readBulk(ctx, id)
  const t = translatorFor(ctx.locale)
  return {
    ...run,
    id: ids.write('bulk', run.id),
    refused: run.refused.map((one) => ({ number: one.number, reason: errorText(t, one) })),
  }
}

const startMany = endpoint(
  {
    method: 'POST',
    path: '/bulk',
    summary: 'Begin one act on many tickets; read the run until it is over',
    tag: TAG,
    scope: 'tickets:write',
    body: z.object({
      act: z
        .record(z.string(), z.unknown())
        .describe('kind: assign, status, transfer, priority, tag, snooze, move or reply, with its fields'),
      tickets: z.array(z.string().max(20)).min(1).max(500).optional().describe('Numbers'),
      queue: z.string().max(40).optional(),
      q: z.string().max(200).optional(),
    }),
    madeAt: '/bulk',
    answer: BulkShape,
  },
  async ({ ctx, ids, body }) => {
    const refs = { agent: 'agent', team: 'team', department: 'department', priority: 'priority', status: 'status' } as const
    const given: Record<string, unknown> = { ...body.act }
    for (const [field, kind] of Object.entries(refs))
      if (typeof given[field] === 'string') given[field] = ids.peek(kind, given[field] as string) ?? given[field]
    const act = BulkAct.safeParse(given)
    if (!act.success) throw invalid('/act', 'value')
    const selection = body.tickets
      ? { tickets: body.tickets }
      : body.queue
        ? { queue: body.queue }
        : body.q
          ? { words: body.q }
          : null
    if (!selection) {
      if (!ctx.actor.may('ticket.bulk')) throw forbidden()
      throw invalid('/tickets', 'required')
    }
    return bulkShape({ ctx, ids }, await startBulk(ctx, { act: act.data, selection }))
  },
)

const showMany = endpoint(
  {
    method: 'GET',
    path: '/bulk/{bulk}',
    ids: { bulk: 'bulk' },
    summary: 'How far an act on many is, and what was refused',
    tag: TAG,
    scope: 'tickets:read',
    answer: BulkShape,
  },
  async ({ ctx, ids, path }) => bulkShape({ ctx, ids }, path.bulk!),
)

const undoMany = endpoint(
  {
    method: 'POST',
    path: '/bulk/{bulk}/undo',
    ids: { bulk: 'bulk' },
    summary: 'Take back all that an act on many changed',
    tag: TAG,
    scope: 'tickets:write',
    answer: BulkShape,
  },
  async ({ ctx, ids, path }) => bulkShape({ ctx, ids }, await undoBulk(ctx, path.bulk!)),
)

export const furtherEndpoints: readonly Endpoint[] = [
  tags,
  tag,
  follow,
  unfollow,
  snooze,
  wake,
  pin,
  requester,
  merge,
  link,
  unlink,
  split,
  undo,
  startMany,
  showMany,
  undoMany,
]
