import { loadInbound } from '#channels/inbound-messages.ts'
import { withJunkMail } from '#channels/junk.ts'
import { unparkInbound } from '#channels/mail-log.ts'
import { receiveMessage as receiveMessageJob, receiveRaw } from '#channels/receive-raw.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, forbidden } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { enqueue } from '#core/jobs.ts'
import { transact } from '#core/transact.ts'
import { rememberSender } from '#people/known-senders.ts'
import { receiveMessage } from './receive-message.ts'
import { suspendedTaken } from './take-suspended.ts'

/**
 * "Take as ticket" of a mail that the provider sorted into junk: stored as any other, posted whatever the verdict was, and moved to
 * the inbox of its server. Done twice it is one ticket. `trust`: further mail of its sender is not suspended as spam.
 * `moved` is false when the server did not let the mail be moved. Errors: those of `withJunkMail`; Conflict (it could not be posted
 * and is suspended).
 */
export async function takeJunk(
  ctx: Context,
  input: { mailbox: number; ref: string; trust?: boolean },
): Promise<{ ticket: number; moved: boolean }> {
  if (!ctx.actor.administrator) throw forbidden()
  const { kept, moved } = await withJunkMail(ctx, input, async (message) => {
    const id = await transact(ctx, async (ctx) => {
      const { id, fresh } = await receiveRaw(ctx, message)
      if (fresh || (await unparkInbound(ctx, id))) {
        // The job that comes with the row would suspend it again: this one, in its place, takes it also when this process ends.
        await enqueue(ctx, receiveMessageJob, { message: id, take: true }, { key: `receive:${id}` })
        await emit(ctx, suspendedTaken({ subject: { kind: 'inbound_message', id }, data: {}, facts: { internal: true } }))
      }
      return id
    })
    const { ticket } = await receiveMessage(actingAs(ctx, systemActor), id, { take: true, lastTry: true })
    if (ticket === null) throw new AppError('conflict', 'notPosted')
    if (input.trust) {
      const from = (await loadInbound(ctx, id))?.summary?.from
      if (from) await rememberSender(ctx, from, 'trusted')
    }
    return ticket
  })
  return { ticket: kept, moved }
}
