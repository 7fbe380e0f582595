import type { Context } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { defineSlot } from '#core/slots.ts'
import {
  type Attachment,
  attachmentById,
  attachmentsOf,
  deleteAttachment,
  insertAttachments,
  moveAttachments,
  type NewAttachment,
} from './attachment-store.ts'
import { blobs } from './blob-store.ts'

export type { Attachment, NewAttachment } from './attachment-store.ts'

/** Who may open a file: the room that owns the owner says so. `name` is the owner kind ('entry', 'draft', …). */
export interface FileOwner {
  readonly name: string
  mayRead(ctx: Context, ownerId: number): Promise<boolean>
  mayChange(ctx: Context, ownerId: number): Promise<boolean>
  /** Whether signed links to its files still open: not when it was taken away. Left out: as long as they are valid. */
  isThere?(ctx: Context, ownerId: number): Promise<boolean>
}

export const fileOwners = defineSlot<FileOwner>('file owners')

/** A file as it came from a form, a request or a mail, not stored yet. */
export interface IncomingFile {
  name: string
  contentType: string
  content: Uint8Array
  contentId?: string | null
  isInline?: boolean
}

/** Stores the bytes of files before a transaction begins. Errors: TooLarge, pointing at the file. */
export async function storeFiles(ctx: Context, files: readonly IncomingFile[]): Promise<NewAttachment[]> {
  const store = ctx.slots.use(blobs)
  const stored: NewAttachment[] = []
  for (const [index, file] of files.entries()) {
    if (file.content.byteLength > ctx.site.limits.fileBytes) {
      throw new AppError('too_large', 'fileTooLarge', {
        params: { name: file.name, megabytes: Math.floor(ctx.site.limits.fileBytes / 1_048_576) },
        problems: [
          {
            pointer: `/attachments/${index}`,
            key: 'fileTooLarge',
            params: { name: file.name, megabytes: Math.floor(ctx.site.limits.fileBytes / 1_048_576) },
          },
        ],
      })
    }
    const { hash, size } = await store.put(file.content)
    stored.push({
      blob: hash,
      size,
      name: safeFileName(file.name),
      contentType: file.contentType.toLowerCase().split(';')[0]!.trim() || 'application/octet-stream',
      contentId: file.contentId ?? null,
      isInline: file.isInline ?? false,
    })
  }
  return stored
}

/** One line, no path, no control or direction-changing character, at most 200 characters. */
export function safeFileName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/^.*[\\/]/s, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
  return clean.slice(-200) || 'file'
}

/** Attaches stored files to their owner, in the caller's transaction. */
export const attach = (
  ctx: Context,
  owner: { kind: string; id: number },
  files: readonly NewAttachment[],
): Promise<Attachment[]> => insertAttachments(ctx, owner, files)

export const listAttachments = (ctx: Context, kind: string, ids: readonly number[]): Promise<Attachment[]> =>
  attachmentsOf(ctx, kind, ids)

export const handOver = (
  ctx: Context,
  from: { kind: string; id: number },
  to: { kind: string; id: number },
  only?: readonly number[],
): Promise<void> => moveAttachments(ctx, from, to, only)

/** The attachment, when its owner's room lets the actor read it. Errors: NotFound (also for what may not be seen). */
export async function accessAttachment(ctx: Context, id: number): Promise<Attachment> {
  const found = await attachmentById(ctx, id)
  const owner = found ? ctx.slots.get(fileOwners, found.ownerKind) : undefined
  if (!found || !owner || !(await owner.mayRead(ctx, found.ownerId))) throw notFound()
  return found
}

/** Takes a file away from something that is still being written. Errors: NotFound. */
export async function removeAttachment(ctx: Context, id: number): Promise<void> {
  const found = await attachmentById(ctx, id)
  const owner = found ? ctx.slots.get(fileOwners, found.ownerKind) : undefined
  if (!found || !owner || !(await owner.mayChange(ctx, found.ownerId))) throw notFound()
  await deleteAttachment(ctx, id)
}

/**
 * What a signed path is for. `link`: in a mail; it leads to a page that says what the file is, and to the file from there. `direct`:
 * on a page of a customer, the file itself. `frame`: a picture of a frame, which shows wherever the frame does, in the trash as well.
 */
export type SignedUse = 'link' | 'direct' | 'frame'

/** A link that opens one attachment without a session until `expires` (epoch seconds). */
export function signedFilePath(
  ctx: Context,
  attachment: { id: number; name: string },
  validSeconds: number,
  use: SignedUse = 'link',
): string {
  // Rounded up, so that a page rendered twice in an hour uses the browser's cached picture.
  const step = Math.max(60, Math.min(3600, validSeconds))
  const expires = Math.ceil((ctx.clock.now().getTime() / 1000 + validSeconds) / step) * step
  const signature = ctx.site.keys.sign(`file-${use}`, `${attachment.id}:${expires}`)
  return `/files/${attachment.id}/${encodeURIComponent(attachment.name)}?expires=${expires}&signature=${signature}`
}

export interface SignedFile {
  use: SignedUse
  expires: Date
  /** Why it does not open: its time is over, or what it leads to was thrown away. */
  state: 'opens' | 'expired' | 'gone'
  /** Null when it was erased. */
  file: Attachment | null
}

/** What a signed link is and leads to. Null when nobody here signed it. */
export async function readSignedFile(ctx: Context, id: number, expires: number, signature: string): Promise<SignedFile | null> {
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(expires)) return null
  const use = (['link', 'direct', 'frame'] as const).find((one) =>
    ctx.site.keys.verify(`file-${one}`, `${id}:${expires}`, signature),
  )
  if (!use) return null
  const file = (await attachmentById(ctx, id)) ?? null
  const owner = file ? ctx.slots.get(fileOwners, file.ownerKind) : undefined
  const isThere = file !== null && (use === 'frame' || !owner?.isThere || (await owner.isThere(ctx, file.ownerId)))
  const isOver = expires * 1000 < ctx.clock.now().getTime()
  return { use, expires: new Date(expires * 1000), state: !isThere ? 'gone' : isOver ? 'expired' : 'opens', file }
}

/** The attachment of a signed link. Errors: NotFound when the signature is wrong, its time is over, or it was thrown away. */
export async function openSignedFile(ctx: Context, id: number, expires: number, signature: string): Promise<Attachment> {
  const found = await readSignedFile(ctx, id, expires, signature)
  if (!found) throw notFound()
  if (found.state !== 'opens' || !found.file) throw notFound('linkExpired')
  return found.file
}
