import type { z } from 'zod'
import type { Context } from '#core/context.ts'
import { countAttempt, type Limit } from '#core/limits.ts'
import { once } from '#core/once.ts'
import { type IncomingFile, storeFiles } from '#files/attachments.ts'
import { findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { clientOf } from '#sign-in/limits.ts'
import { type CustomerReplyInput, replyAsCustomer } from './customer-message.ts'
import { openTicket } from './open-ticket.ts'
import { accessOwnTicket } from './ticket-access.ts'
import { threadStateFor } from './ticket-rules.ts'

const perClient: Limit = { name: 'answer:address', max: 120, windowSeconds: 3600 }

/**
 * A customer answers on the portal's ticket page. On a ticket that was closed too long ago a new one begins, linked to it.
 * Returns the number of the ticket it landed on. Errors: NotFound, TooMany, TooLarge, Invalid.
 */
export async function answerByPortal(
  ctx: Context,
  number: string,
  input: z.output<typeof CustomerReplyInput>,
  files: readonly IncomingFile[],
  submission: string | null,
): Promise<{ number: string; isNew: boolean }> {
  await accessOwnTicket(ctx, { number })
  await countAttempt(ctx, perClient, clientOf(ctx))
  const stored = await storeFiles(ctx, files)
  const settings = await readSettings(ctx)
  return once(ctx, 'portal.answer', submission, async (ctx) => {
    const ticket = await accessOwnTicket(ctx, { number })
    if (threadStateFor(ticket, ctx.clock.now(), settings) !== 'closed_for_good') {
      await replyAsCustomer(ctx, { id: ticket.id }, input, stored)
      return { number: ticket.number, isNew: false }
    }
    const writer = ctx.actor.id === null ? null : await findEndUser(ctx, ctx.actor.id)
    const requester = writer ?? (await findEndUser(ctx, ticket.requesterId))!
    const next = await openTicket(
      ctx,
      {
        requester: { email: requester.address, name: requester.name },
        subject: ticket.subject,
        message: input.message,
        topic: ticket.helpTopicId,
      },
      { channel: 'web', files: stored, continues: ticket.id },
    )
    return { number: next.number, isNew: true }
  })
}
