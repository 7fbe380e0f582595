import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { mailboxChanged } from './channel-events.ts'
import { fromNames, mailboxesCache } from './mailboxes.ts'

/** How mails of a mailbox look, and how fast they leave. */
export const SendingInput = z.object({
  /** What stands before the address. */
  fromName: z.enum(fromNames),
  /** Where answers go instead of the mailbox; '' for the mailbox. */
  replyTo: z.string().trim().max(254).default(''),
  /** Messages a minute at most; null for as many as the server takes. */
  perMinute: z.coerce.number().int().min(1).max(100_000).nullable().default(null),
  connections: z.coerce.number().int().min(1).max(20).default(3),
})

export interface SendingSettings extends z.output<typeof SendingInput> {
  id: number
  address: string
}

/** Errors: Forbidden, NotFound. */
export async function showSending(ctx: Context, id: number): Promise<SendingSettings> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = await ctx.db
    .selectFrom('mailbox')
    .select(['id', 'address', 'from_name', 'reply_to', 'messages_per_minute', 'connections'])
    .where('id', '=', id)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw notFound()
  return {
    id: row.id,
    address: row.address,
    fromName: row.from_name ?? 'agent_at_desk',
    replyTo: row.reply_to ?? '',
    perMinute: row.messages_per_minute,
    connections: row.connections,
  }
}

/** Errors: Forbidden, NotFound, Invalid (also for a reply address that is no address). */
export async function changeSending(ctx: Context, id: number, input: z.input<typeof SendingInput>): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = parseInput(SendingInput, input)
  const replyTo = normalAddress(given.replyTo)
  if (replyTo !== '' && !isAddress(replyTo)) throw invalid('/replyTo', 'email')
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('mailbox')
      .set({
        from_name: given.fromName,
        reply_to: replyTo || null,
        messages_per_minute: given.perMinute,
        connections: given.connections,
      })
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notFound()
    await emit(
      ctx,
      mailboxChanged({ subject: { kind: 'mailbox', id }, data: { changes: ['sending'] }, facts: { internal: true } }),
    )
    dropCached(ctx, mailboxesCache)
  })
}
