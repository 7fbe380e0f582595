import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { snoozeTicket } from '#tickets/snooze.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { transferTicket } from '#tickets/transfer.ts'

/** What can be done to many at once. */
export const BulkAct = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('assign'),
    agent: z.number().int().nullable().optional(),
    team: z.number().int().nullable().optional(),
  }),
  z.object({
    kind: z.literal('status'),
    status: z.union([z.number().int(), z.string().max(40)]),
    reason: z.string().max(500).nullable().default(null),
  }),
  z.object({ kind: z.literal('transfer'), department: z.number().int() }),
  z.object({ kind: z.literal('priority'), priority: z.number().int() }),
  z.object({
    kind: z.literal('tag'),
    add: z
      .array(z.union([z.number().int(), z.string().max(200)]))
      .max(20)
      .default([]),
    remove: z.array(z.number().int()).max(100).default([]),
  }),
  z.object({ kind: z.literal('snooze'), until: z.iso.datetime({ offset: true }) }),
  z.object({ kind: z.literal('move'), place: z.enum(['desk', 'spam', 'trash']) }),
  /** A mail of its own to each requester, in each ticket's own thread. */
  z.object({
    kind: z.literal('reply'),
    body: z.string().min(1).max(500_000),
    format: z.enum(['html', 'text']).default('html'),
    status: z.string().max(40).optional(),
  }),
])
export type BulkAct = z.output<typeof BulkAct>

/** One act on one ticket, by its own verb. */
export async function applyAct(ctx: Context, ticket: number, act: BulkAct): Promise<void> {
  const ref = { id: ticket }
  switch (act.kind) {
    case 'assign':
      await assignTicket(ctx, ref, {
        ...(act.agent === undefined ? {} : { agent: act.agent }),
        ...(act.team === undefined ? {} : { team: act.team }),
      })
      return
    case 'status':
      await changeStatus(ctx, ref, { status: act.status, reason: act.reason })
      return
    case 'transfer':
      await transferTicket(ctx, ref, { department: act.department })
      return
    case 'priority':
      await editTicket(ctx, ref, { priority: act.priority })
      return
    case 'tag':
      await tagTicket(ctx, ref, { add: act.add, remove: act.remove })
      return
    case 'snooze':
      await snoozeTicket(ctx, ref, { until: act.until })
      return
    case 'move':
      await moveTicket(ctx, ref, act.place)
      return
    case 'reply':
      await replyToTicket(
        ctx,
        ref,
        { body: act.body, format: act.format, ...(act.status === undefined ? {} : { status: act.status }) },
        // The composer's draft on one of them is none of this; an API reply leaves it alone.
        { channel: 'agent', undoSeconds: 0 },
      )
  }
}
