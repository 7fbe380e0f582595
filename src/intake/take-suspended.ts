import { unparkInbound } from '#channels/mail-log.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { receiveMessage } from './receive-message.ts'

export const suspendedTaken = defineEvent<Record<string, never>>('inbound_message.taken')

/**
 * "Take as ticket": posts a suspended message whatever its verdict was. Errors: Forbidden, NotFound, Conflict (it could not be posted
 * and is suspended again).
 */
export async function takeSuspended(ctx: Context, id: number): Promise<{ ticket: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    if (!(await unparkInbound(ctx, id))) throw notFound()
    await emit(ctx, suspendedTaken({ subject: { kind: 'inbound_message', id }, data: {}, facts: { internal: true } }))
  })
  const { ticket } = await receiveMessage(actingAs(ctx, systemActor), id, { take: true, lastTry: true })
  if (ticket === null) throw new AppError('conflict', 'notPosted')
  return { ticket }
}
