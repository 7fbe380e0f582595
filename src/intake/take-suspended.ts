import { loadInbound } from '#channels/inbound-messages.ts'
import { unparkInbound } from '#channels/mail-log.ts'
import { receiveMessage as receiveMessageJob } from '#channels/receive-raw.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { enqueue } from '#core/jobs.ts'
import { transact } from '#core/transact.ts'
import { rememberSender } from '#people/known-senders.ts'
import { receiveMessage } from './receive-message.ts'

export const suspendedTaken = defineEvent<Record<string, never>>('inbound_message.taken')

/**
 * "Take as ticket": posts a suspended message whatever its verdict was; with `trust` ("Take and trust sender") further mail of its sender is not
 * suspended as spam. Errors: Forbidden, NotFound, Conflict (it could not be posted
 * and is suspended again).
 */
export async function takeSuspended(ctx: Context, id: number, options: { trust?: boolean } = {}): Promise<{ ticket: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const summary = (await loadInbound(ctx, id))?.summary
  await transact(ctx, async (ctx) => {
    if (!(await unparkInbound(ctx, id))) throw notFound()
    await emit(ctx, suspendedTaken({ subject: { kind: 'inbound_message', id }, data: {}, facts: { internal: true } }))
  })
  const { ticket } = await receiveMessage(actingAs(ctx, systemActor), id, { take: true, lastTry: true })
  if (ticket === null) throw new AppError('conflict', 'notPosted')
  if (options.trust && summary?.from) await rememberSender(ctx, summary.from, 'trusted')
  return { ticket }
}

/** The same by a job, for callers that cannot wait for name servers (the REST API). Errors: Forbidden, NotFound. */
export async function queueTakeSuspended(ctx: Context, id: number, options: { trust?: boolean } = {}): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const summary = (await loadInbound(ctx, id))?.summary
    if (!(await unparkInbound(ctx, id))) throw notFound()
    await emit(ctx, suspendedTaken({ subject: { kind: 'inbound_message', id }, data: {}, facts: { internal: true } }))
    if (options.trust && summary?.from) await rememberSender(ctx, summary.from, 'trusted')
    await enqueue(ctx, receiveMessageJob, { message: id, take: true }, { key: `receive:${id}` })
  })
}
