import type { Context } from '#core/context.ts'
import { type Attachment, signedFilePath } from '#files/attachments.ts'
import type { Entry } from '#threads/entries.ts'
import { richNodes } from '../../rich-nodes.ts'
import type { MessageView } from './request-message.tsx'

const FILE_LINK_SECONDS = 3600

/**
 * One message as its customer reads it. `reader` is who reads (whose own messages say "You"), `frames` the path below which its HTML
 * is framed; file links are signed for the acting person.
 */
export function messageView(
  ctx: Context,
  entry: Entry,
  attachments: Attachment[],
  { desk, reader, frames }: { desk: string; reader: number | null; frames: string },
): MessageView {
  const composed = entry.channel !== 'email' && entry.bodyHtml !== null
  const html = entry.visibleHtml ?? entry.bodyHtml ?? ''
  const shown = new Set<number>()
  const withLinks = html.replace(/\bsrc="cid:attachment-(\d{1,15})"/gi, (whole, id: string) => {
    const file = attachments.find((one) => one.id === Number(id))
    if (!file) return whole
    shown.add(file.id)
    return `src="${signedFilePath(ctx, file, FILE_LINK_SECONDS, 'direct').replaceAll('&', '&amp;')}"`
  })
  const byDesk = entry.kind === 'response'
  return {
    id: entry.id,
    byDesk,
    isYou: !byDesk && entry.author.kind === 'user' && entry.author.id !== null && entry.author.id === reader,
    name: byDesk ? `${entry.author.name} · ${desk}` : entry.author.name,
    at: (entry.releasedAt ?? entry.createdAt).toISOString(),
    nodes: composed ? richNodes(withLinks) : null,
    text: composed ? '' : (entry.visibleText ?? entry.bodyText),
    quoted: quotedPart(entry),
    frame: !composed && entry.bodyHtml !== null ? `${frames}/${entry.id}/frame` : null,
    files: attachments
      .filter((file) => !shown.has(file.id) && !(file.isInline && file.contentId !== null && entry.bodyHtml !== null))
      .map((file) => ({
        id: file.id,
        name: file.name,
        size: file.size,
        path: signedFilePath(ctx, file, FILE_LINK_SECONDS, 'direct'),
      })),
  }
}

/** What was folded: the history below the new words, or the whole text when they are woven into it. */
function quotedPart(entry: Entry): string | null {
  const visible = entry.visibleText?.trim()
  const whole = entry.bodyText.trim()
  if (visible === undefined || visible === whole) return null
  return (whole.startsWith(visible) ? whole.slice(visible.length) : whole).trim() || null
}
