import type { Context } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { attach } from '#files/attachments.ts'
import { readSettings } from '#settings/settings.ts'
import { addEntry, lockEntry, showToCustomer } from '#threads/entries.ts'
import { statusByKey } from '#workflow/workflow.ts'
import type { IncomingMessage } from './customer-message.ts'
import { accessTicket, factsOf } from './ticket-access.ts'
import { entryPublished, statusChanged, thirdPartyWrote } from './ticket-events.ts'
import { afterThirdParty } from './ticket-rules.ts'
import { saveTicket } from './ticket-store.ts'

/**
 * The intake's way in for a mail of somebody whom the ticket was forwarded to: a note of theirs, which no customer sees. A ticket
 * that waited is open again; one that is done stays done. Runs as the system.
 */
export async function takeThirdPartyMessage(
  ctx: Context,
  ticketId: number,
  message: IncomingMessage,
): Promise<{ entry: number }> {
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, { id: ticketId }, 'ticket.view')
    const entry = await addEntry(ctx, ticket.threadId, {
      kind: 'note',
      side: 'third_party',
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
      releasedAt: ctx.clock.now(),
      messageId: message.messageId ?? null,
    })
    if (message.files?.length) await attach(ctx, { kind: 'entry', id: entry }, message.files)
    const isFlagged = message.isFlagged ?? false
    const settings = await readSettings(ctx)
    const saved = await saveTicket(
      ctx,
      ticket,
      afterThirdParty(ticket, { entry, open: await statusByKey(ctx, 'open'), moves: message.moves && !isFlagged }, settings),
    )
    const subject = { kind: 'ticket', id: ticket.id }
    await emit(
      ctx,
      thirdPartyWrote({
        subject,
        data: { entry, flagged: isFlagged, automatic: !message.moves },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    if (saved.statusId !== ticket.statusId) {
      await emit(
        ctx,
        statusChanged({
          subject,
          data: {
            from: ticket.statusId,
            to: saved.statusId,
            fromState: ticket.state,
            toState: saved.state,
            reason: null,
            cause: 'third_party',
          },
          facts: factsOf(saved, { internal: true }),
        }),
      )
    }
    return { entry }
  })
}

/** Shows the customer what a third party wrote, under the third party's name. Errors: NotFound, Forbidden, Conflict (they see it already). */
export async function publishEntry(ctx: Context, entryId: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const entry = await lockEntry(ctx, entryId)
    if (entry?.side !== 'third_party') throw notFound()
    const ticket = await accessTicket(ctx, { thread: entry.threadId }, 'ticket.reply')
    if (entry.kind !== 'note') throw new AppError('conflict', 'alreadyPublic')
    await showToCustomer(ctx, entryId)
    await emit(
      ctx,
      entryPublished({ subject: { kind: 'ticket', id: ticket.id }, data: { entry: entryId }, facts: factsOf(ticket) }),
    )
  })
}
