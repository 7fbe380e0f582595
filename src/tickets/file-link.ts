import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { readSignedFile } from '#files/attachments.ts'
import { askForTicketLink } from './ticket-links.ts'

/** What the page behind a file's link in a mail shows; whoever holds the link reads it, so no more than the mail itself said. */
export interface FileLink {
  state: 'opens' | 'expired' | 'gone'
  /** Null for a file that is not to be had any more. */
  file: { name: string; size: number } | null
  expires: Date
  /** Number of the request it belongs to; null when that was erased. */
  number: string | null
}

export interface FileLinkRef {
  file: number
  /** Epoch seconds. */
  expires: number
  signature: string
}

/** Errors: NotFound for what nobody here signed, and for signatures of other uses. */
export async function showFileLink(ctx: Context, link: FileLinkRef): Promise<FileLink> {
  const found = await readSignedFile(ctx, link.file, link.expires, link.signature)
  if (found?.use !== 'link') throw notFound()
  const { file, state, expires } = found
  const ticket =
    file?.ownerKind === 'entry'
      ? await ctx.db
          .selectFrom('thread_entry')
          .innerJoin('ticket', 'ticket.thread_id', 'thread_entry.thread_id')
          .select('ticket.number')
          .where('thread_entry.id', '=', file.ownerId)
          .executeTakeFirst()
      : undefined
  return {
    state,
    file: file && state === 'opens' ? { name: file.name, size: file.size } : null,
    expires,
    number: ticket?.number ?? null,
  }
}

/**
 * "Send me a new link", from a file's link that does not open: a link to its request goes to the address given, when that is a party
 * of it. Whether it was is told to nobody. Errors: NotFound, TooMany, Invalid.
 */
export async function askForFileLink(ctx: Context, link: FileLinkRef, input: { email: string }): Promise<void> {
  const { number } = await showFileLink(ctx, link)
  if (number === null) throw notFound()
  await askForTicketLink(ctx, { number, email: input.email })
}
