import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import type { NewAttachment } from '#files/attachments.ts'
import { addEntry, type EntryChannel } from '#threads/entries.ts'
import { composed, takeFiles } from './compose-entry.ts'
import { answerMentions, mentionedIn, recordMentions } from './mention.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { noteAdded } from './ticket-events.ts'
import { saveTicket } from './ticket-store.ts'

export const NoteInput = z.object({ body: z.string().max(500_000), format: z.enum(['html', 'text']).default('html') })

export interface NoteExtras {
  channel?: EntryChannel
  files?: readonly NewAttachment[]
  inboundMessage?: number | null
  messageId?: string | null
}

/** Adds an internal note: agents alone ever see it. It moves nothing. Errors: NotFound, Forbidden, Invalid. */
export async function addNote(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof NoteInput>,
  extras: NoteExtras = {},
): Promise<{ entry: number }> {
  const given = parseInput(NoteInput, input)
  const written = composed(given)
  if (written.isEmpty && !extras.files?.length) throw invalid('/body', 'required')
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.note')
    const mentions = ctx.actor.kind === 'system' ? [] : await mentionedIn(ctx, ticket, written.text, extras.channel === 'email')
    const entry = await addEntry(ctx, ticket.threadId, {
      kind: 'note',
      channel: extras.channel ?? 'web',
      author: {
        kind: ctx.actor.kind === 'system' ? 'system' : 'agent',
        id: ctx.actor.id,
        name: ctx.actor.name,
        address: ctx.actor.address,
      },
      bodyText: written.text,
      bodyHtml: written.html,
      releasedAt: ctx.clock.now(),
      inboundMessageId: extras.inboundMessage ?? null,
      messageId: extras.messageId ?? null,
    })
    await takeFiles(ctx, ticket, { id: entry, kind: 'note', html: written.html }, extras)
    const saved = await saveTicket(ctx, ticket, { ...ticket, lastEntryId: entry })
    await emit(
      ctx,
      noteAdded({
        subject: { kind: 'ticket', id: ticket.id },
        data: { entry, mentions },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    await answerMentions(ctx, ticket.id)
    await recordMentions(ctx, saved, entry, mentions)
    return { entry }
  })
}
