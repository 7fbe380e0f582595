import { z } from 'zod'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import { type Context, onBehalfOf } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { attach, type NewAttachment } from '#files/attachments.ts'
import { findAgent } from '#people/directory.ts'
import { readSettings } from '#settings/settings.ts'
import { isBareThanks } from '#threads/bare-thanks.ts'
import { addEntry, type EntryChannel, previewOf, type Recipients } from '#threads/entries.ts'
import { statusOfMove } from '#workflow/moves.ts'
import { wakeForCustomer } from './snooze.ts'
import { accessOwnTicket, accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { customerWrote, statusChanged, ticketAssigned } from './ticket-events.ts'
import { afterMessage } from './ticket-rules.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const CustomerReplyInput = z.object({ message: z.string().trim().min(1).max(200_000) })

/** A customer writes on their ticket in the portal. Errors: NotFound, Invalid. */
export async function replyAsCustomer(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof CustomerReplyInput>,
  files: readonly NewAttachment[] = [],
): Promise<{ ticket: Ticket; entry: number }> {
  const given = parseInput(CustomerReplyInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessOwnTicket(ctx, ref)
    return appendMessage(ctx, ticket, {
      channel: 'web',
      author: { id: ctx.actor.id, name: ctx.actor.name, address: ctx.actor.address },
      body: { text: given.message, html: null, visibleText: null, visibleHtml: null },
      files,
      moves: true,
    })
  })
}

export interface IncomingMessage {
  channel: EntryChannel
  author: { id: number | null; name: string; address: string | null }
  body: { text: string; html: string | null; visibleText: string | null; visibleHtml: string | null }
  files?: readonly NewAttachment[]
  recipients?: Recipients | null
  verdict?: Verdict | null
  isFlagged?: boolean
  inboundMessage?: number | null
  messageId?: string | null
  /** Automatic mail is kept and moves nothing. */
  moves: boolean
}

/** The intake's way in: a mail that belongs to this ticket. Runs as the system. */
export async function takeMessage(
  ctx: Context,
  ticketId: number,
  message: IncomingMessage,
): Promise<{ ticket: Ticket; entry: number }> {
  return transact(ctx, async (ctx) => appendMessage(ctx, await accessTicket(ctx, { id: ticketId }, 'ticket.view'), message))
}

async function appendMessage(ctx: Context, ticket: Ticket, message: IncomingMessage): Promise<{ ticket: Ticket; entry: number }> {
  const now = ctx.clock.now()
  const entry = await addEntry(ctx, ticket.threadId, {
    kind: 'message',
    channel: message.channel,
    author: { kind: 'user', ...message.author },
    bodyText: message.body.text,
    bodyHtml: message.body.html,
    visibleText: message.body.visibleText,
    visibleHtml: message.body.visibleHtml,
    recipients: message.recipients ?? null,
    verdict: message.verdict ?? null,
    isFlagged: message.isFlagged ?? false,
    inboundMessageId: message.inboundMessage ?? null,
    releasedAt: now,
    messageId: message.messageId ?? null,
  })
  if (message.files?.length) await attach(ctx, { kind: 'entry', id: entry }, message.files)
  const text = message.body.visibleText ?? message.body.text
  const awake = message.moves && !isBareThanks(text) ? await wakeForCustomer(ctx, ticket, message.author) : ticket
  const settings = await readSettings(ctx)
  const open = await statusOfMove(ctx, 'opened')
  const assignee = ticket.assigneeId === null ? null : await findAgent(ctx, ticket.assigneeId)
  const isAway = assignee !== null && (assignee.isArchived || (assignee.awayUntil !== null && assignee.awayUntil > now))
  const next = afterMessage(
    awake,
    {
      at: now,
      entry,
      preview: previewOf(text),
      open,
      assigneeIsAway: isAway,
      moves: message.moves,
    },
    settings,
  )
  const saved = await saveTicket(ctx, ticket, next)
  const by = onBehalfOf(ctx, { kind: 'user', id: message.author.id, name: message.author.name })
  const subject = { kind: 'ticket', id: ticket.id }
  await emit(
    by,
    customerWrote({
      subject,
      data: {
        entry,
        reopened: saved.reopenedAt !== ticket.reopenedAt,
        flagged: message.isFlagged ?? false,
        automatic: !message.moves,
      },
      facts: factsOf(saved),
    }),
  )
  if (saved.statusId !== ticket.statusId) {
    await emit(
      by,
      statusChanged({
        subject,
        data: {
          from: ticket.statusId,
          to: saved.statusId,
          fromState: ticket.state,
          toState: saved.state,
          reason: null,
          cause: 'customer',
        },
        facts: factsOf(saved),
      }),
    )
  }
  if (saved.assigneeId !== ticket.assigneeId) {
    await emit(
      by,
      ticketAssigned({
        subject,
        data: {
          from: { agent: ticket.assigneeId, team: ticket.teamId },
          to: { agent: null, team: ticket.teamId },
          claimed: false,
        },
        facts: factsOf(saved, { internal: true }),
      }),
    )
  }
  return { ticket: saved, entry }
}
