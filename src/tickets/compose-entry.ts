import type { Context } from '#core/context.ts'
import { htmlToText } from '#core/html-to-text.ts'
import { type Attachment, attach, handOver, listAttachments, type NewAttachment } from '#files/attachments.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { type DraftKind, discardDraft } from '#threads/drafts.ts'
import { type EntryChannel, setEntryHtml } from '#threads/entries.ts'
import { sanitizeComposed } from '#threads/sanitize-html.ts'
import { inlineAttachmentIds, nameInlineImages } from './inline-images.ts'
import type { Ticket } from './ticket-store.ts'

/** What an agent wrote, as stored: cleaned HTML and its words. */
export function composed(given: { body: string; format: 'html' | 'text' }): { html: string; text: string; isEmpty: boolean } {
  const html =
    given.format === 'text'
      ? textAsHtml(given.body)
      : sanitizeComposed(given.body, { ownImage: (src) => src.startsWith('/files/') || src.startsWith('cid:') })
  const text = given.format === 'text' ? given.body.trim() : htmlToText(html)
  return { html, text, isEmpty: !text.trim() && !html.includes('<img') }
}

/** Only what was written in the composer takes the composer's draft along: an answer by mail or API leaves it alone. */
const isFromComposer = (ctx: Context, channel: EntryChannel | undefined): boolean =>
  ctx.actor.kind === 'agent' && ctx.actor.id !== null && (channel ?? 'web') === 'web'

/** Moves the draft's files and those of the call to the entry, and gives inline pictures their lasting names. Files that were removed from the text but are inline stay behind. */
export async function takeFiles(
  ctx: Context,
  ticket: Ticket,
  entry: { id: number; kind: DraftKind; html: string },
  extras: { channel?: EntryChannel; files?: readonly NewAttachment[] },
): Promise<{ html: string; files: Attachment[] }> {
  const owner = { kind: 'entry', id: entry.id }
  if (isFromComposer(ctx, extras.channel)) {
    const draft = await discardDraft(ctx, ctx.actor.id!, ticket.threadId, entry.kind)
    if (draft !== null) await handOver(ctx, { kind: 'draft', id: draft }, owner)
  }
  const attached = extras.files?.length ? await attach(ctx, owner, extras.files) : []
  const named = nameInlineImages(entry.html, attached)
  const files = await listAttachments(ctx, 'entry', [entry.id])
  // A picture may only show what belongs to this entry: another ticket's file must not travel by its id.
  const own = new Set(files.map((file) => file.id))
  const foreign = inlineAttachmentIds(named).filter((id) => !own.has(id))
  const html = foreign.reduce((text, id) => text.replaceAll(`cid:attachment-${id}"`, '"'), named)
  if (html !== entry.html) await setEntryHtml(ctx, entry.id, html)
  return { html, files }
}
