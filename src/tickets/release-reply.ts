import { hastenOutbound, withdrawOutbound } from '#channels/queue-outbound.ts'
import { type Context, onBehalfOf } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { defineJob, dequeue } from '#core/jobs.ts'
import { transact } from '#core/transact.ts'
import { handOver } from '#files/attachments.ts'
import { readSettings } from '#settings/settings.ts'
import { restoreDraft } from '#threads/drafts.ts'
import {
  type Entry,
  isScheduled,
  lockEntry,
  moveEntrySending,
  previewOf,
  releaseEntry,
  removeEntry,
  scheduledEntries,
  visibleText,
} from '#threads/entries.ts'
import { type Status, statusById } from '#workflow/workflow.ts'
import { editableHtml } from './inline-images.ts'
import { accessTicket, factsOf } from './ticket-access.ts'
import { replyWithdrawn, statusChanged, ticketReplied } from './ticket-events.ts'
import { afterReply } from './ticket-rules.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const releaseReplyJob = defineJob<{ entry: number }>('release-reply', { priority: -2 })

/** The undo window is over: the world sees the reply. Runs as the system; a withdrawn or already released reply is left alone. */
export async function releaseReply(ctx: Context, entryId: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const peek = await lockEntry(ctx, entryId)
    if (!peek || peek.releasedAt) return
    const ticket = await accessTicket(ctx, { thread: peek.threadId }, 'ticket.reply')
    await releaseEntry(ctx, entryId)
    await finishReply(
      onBehalfOf(ctx, { ...peek.author, kind: 'agent' }),
      ticket,
      peek,
      peek.statusOnRelease === null ? null : await statusById(ctx, peek.statusOnRelease),
    )
  })
}

/**
 * What a released reply does to its ticket. A customer's message that came within the window keeps the ticket open; a status set by
 * hand within the window stands (`status` is null then).
 */
export async function finishReply(
  ctx: Context,
  ticket: Ticket,
  entry: Pick<Entry, 'id' | 'bodyText' | 'visibleText' | 'createdAt'>,
  status: Status | null,
): Promise<Ticket> {
  const now = ctx.clock.now()
  const settings = await readSettings(ctx)
  const crossed =
    ticket.waitingSince !== null && ticket.lastMessageAt !== null && ticket.lastMessageAt.getTime() > entry.createdAt.getTime()
  const replied = afterReply(ticket, { at: now, entry: entry.id, preview: previewOf(visibleText(entry)), status }, settings)
  const next = crossed ? { ...ticket, lastResponseAt: now, firstResponseAt: ticket.firstResponseAt ?? now } : replied
  const saved = await saveTicket(ctx, ticket, next)
  await emit(
    ctx,
    ticketReplied({
      subject: { kind: 'ticket', id: ticket.id },
      data: { entry: entry.id, first: ticket.firstResponseAt === null },
      facts: factsOf(saved),
    }),
  )
  if (saved.statusId !== ticket.statusId) {
    await emit(
      ctx,
      statusChanged({
        subject: { kind: 'ticket', id: ticket.id },
        data: {
          from: ticket.statusId,
          to: saved.statusId,
          fromState: ticket.state,
          toState: saved.state,
          reason: null,
          cause: 'reply',
        },
        facts: factsOf(saved),
      }),
    )
  }
  return saved
}

/**
 * Takes a reply back before it leaves: the text returns to the writer's draft. Within the undo window only the writer may; one that
 * waits for its time, whoever may reply. Errors: NotFound, Conflict (it has left).
 */
export async function withdrawReply(ctx: Context, entryId: number): Promise<{ draft: number | null }> {
  return transact(ctx, async (ctx) => {
    const entry = await lockEntry(ctx, entryId)
    if (!entry || !(entry.kind === 'response' || entry.side === 'forward') || ctx.actor.id === null) throw notFound()
    const ticket = await accessTicket(ctx, { thread: entry.threadId }, 'ticket.reply')
    // A forward is a note, which colleagues see at once: only its mail says whether it has left.
    if (entry.releasedAt && entry.side !== 'forward') throw new AppError('conflict', 'replyHasLeft')
    if (entry.author.id !== ctx.actor.id && !isScheduled(entry)) throw notFound()
    const outbound = await withdrawOutbound(ctx, entryId)
    if (outbound.gone > 0 || (entry.side === 'forward' && outbound.withdrawn === 0))
      throw new AppError('conflict', 'replyHasLeft')
    return { draft: await toDraft(ctx, ticket, entry) }
  })
}

/** The reply as its writer's draft again, with its files; null when nobody has drafts (written by the desk itself). */
async function toDraft(ctx: Context, ticket: Ticket, entry: Entry): Promise<number | null> {
  await dequeue(ctx, `release:${entry.id}`)
  await removeEntry(ctx, entry.id)
  let draft: number | null = null
  if (entry.author.kind === 'agent' && entry.author.id !== null) {
    draft = await restoreDraft(ctx, {
      agent: entry.author.id,
      thread: entry.threadId,
      kind: entry.side === 'forward' ? 'forward' : 'response',
      bodyHtml: editableHtml(entry.bodyHtml ?? entry.bodyText),
      recipients: entry.recipients,
    })
    await handOver(ctx, { kind: 'entry', id: entry.id }, { kind: 'draft', id: draft })
  }
  await emit(
    ctx,
    replyWithdrawn({
      subject: { kind: 'ticket', id: ticket.id },
      data: { entry: entry.id },
      facts: factsOf(ticket, { internal: true }),
    }),
  )
  return draft
}

/** Lets a reply that waits for its time leave at once. Errors: NotFound, Forbidden, Conflict (it has left). */
export async function sendReplyNow(ctx: Context, entryId: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const entry = await lockEntry(ctx, entryId)
    if (entry?.kind !== 'response') throw notFound()
    await accessTicket(ctx, { thread: entry.threadId }, 'ticket.reply')
    if (!isScheduled(entry)) throw new AppError('conflict', 'replyHasLeft')
    await hastenOutbound(ctx, entryId)
    await dequeue(ctx, `release:${entryId}`)
    await moveEntrySending(ctx, entryId, ctx.clock.now())
    await releaseReply(ctx, entryId)
  })
}

/** What waits for its time on a ticket that goes to spam or trash leaves no more: it is its writer's draft again. The caller holds the ticket. */
export async function withdrawScheduled(ctx: Context, ticket: Ticket): Promise<void> {
  for (const entry of await scheduledEntries(ctx, ticket.threadId)) {
    const { gone } = await withdrawOutbound(ctx, entry.id)
    if (gone === 0) await toDraft(ctx, ticket, entry)
  }
}
