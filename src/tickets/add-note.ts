import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { htmlToText } from '#core/html-to-text.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { attach, handOver, listAttachments, type NewAttachment } from '#files/attachments.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { discardDraft } from '#threads/drafts.ts'
import { addEntry, type EntryChannel, setEntryHtml } from '#threads/entries.ts'
import { sanitizeComposed } from '#threads/sanitize-html.ts'
import { inlineAttachmentIds, nameInlineImages } from './inline-images.ts'
import { isFromComposer } from './reply.ts'
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
  const composed =
    given.format === 'text'
      ? textAsHtml(given.body)
      : sanitizeComposed(given.body, { ownImage: (src) => src.startsWith('/files/') || src.startsWith('cid:') })
  const text = given.format === 'text' ? given.body.trim() : htmlToText(composed)
  if (!text.trim() && !composed.includes('<img') && !extras.files?.length) throw invalid('/body', 'required')
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.note')
    const entry = await addEntry(ctx, ticket.threadId, {
      kind: 'note',
      channel: extras.channel ?? 'web',
      author: {
        kind: ctx.actor.kind === 'system' ? 'system' : 'agent',
        id: ctx.actor.id,
        name: ctx.actor.name,
        address: ctx.actor.address,
      },
      bodyText: text,
      bodyHtml: composed,
      releasedAt: ctx.clock.now(),
      inboundMessageId: extras.inboundMessage ?? null,
      messageId: extras.messageId ?? null,
    })
    if (isFromComposer(ctx, extras.channel)) {
      const draft = await discardDraft(ctx, ctx.actor.id!, ticket.threadId, 'note')
      if (draft !== null) await handOver(ctx, { kind: 'draft', id: draft }, { kind: 'entry', id: entry })
    }
    const attached = extras.files?.length ? await attach(ctx, { kind: 'entry', id: entry }, extras.files) : []
    if (composed.includes('<img')) {
      const named = nameInlineImages(composed, attached)
      const own = new Set((await listAttachments(ctx, 'entry', [entry])).map((file) => file.id))
      const html = inlineAttachmentIds(named)
        .filter((id) => !own.has(id))
        .reduce((text, id) => text.replaceAll(`cid:attachment-${id}"`, '"'), named)
      if (html !== composed) await setEntryHtml(ctx, entry, html)
    }
    const saved = await saveTicket(ctx, ticket, { ...ticket, lastEntryId: entry })
    await emit(
      ctx,
      noteAdded({
        subject: { kind: 'ticket', id: ticket.id },
        data: { entry, mentions: [] },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return { entry }
  })
}
