import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { type Attachment, attach, type IncomingFile, listAttachments, storeFiles } from '#files/attachments.ts'
import { type DraftKind, discardDraft, readDrafts, writeDraft } from '#threads/drafts.ts'
import { accessTicket, type TicketRef } from './ticket-access.ts'
import { markSeen } from './ticket-store.ts'

export const DraftInput = z.object({
  kind: z.enum(['response', 'note', 'forward']),
  body: z.string().max(500_000),
  recipients: z.unknown().optional(),
  /** The revision the writer has; 0 for a first save. */
  revision: z.number().int().min(0).default(0),
})

const gate = (kind: DraftKind): 'ticket.reply' | 'ticket.note' => (kind === 'note' ? 'ticket.note' : 'ticket.reply')

/** Keeps what is being written. Unfinished text is never sanitised or shortened. Errors: NotFound, Forbidden, Conflict (changed elsewhere). */
export async function saveDraft(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof DraftInput>,
): Promise<{ id: number; revision: number; savedAt: Date }> {
  const given = parseInput(DraftInput, input)
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw notFound()
  const agent = ctx.actor.id
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, gate(given.kind))
    const saved = await writeDraft(ctx, {
      agent,
      thread: ticket.threadId,
      kind: given.kind,
      bodyHtml: given.body,
      recipients: given.recipients,
      revision: given.revision,
    })
    return { id: saved.id, revision: saved.revision, savedAt: saved.updatedAt }
  })
}

/** Adds files to a draft, making an empty one when there is none. Errors: NotFound, Forbidden, TooLarge. */
export async function attachToDraft(
  ctx: Context,
  ref: TicketRef,
  kind: DraftKind,
  files: readonly IncomingFile[],
): Promise<Attachment[]> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw notFound()
  const agent = ctx.actor.id
  await accessTicket(ctx, ref, gate(kind))
  const stored = await storeFiles(ctx, files)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, gate(kind))
    let draft = (await readDrafts(ctx, agent, ticket.threadId)).find((candidate) => candidate.kind === kind)?.id
    draft ??= (await writeDraft(ctx, { agent, thread: ticket.threadId, kind, bodyHtml: '', revision: 0 })).id
    if ((await listAttachments(ctx, 'draft', [draft])).length + stored.length > 50)
      throw new AppError('too_large', 'tooManyFiles', { params: { max: 50 } })
    return attach(ctx, { kind: 'draft', id: draft }, stored)
  })
}

/** Throws a draft away. Errors: NotFound. */
export async function dropDraft(ctx: Context, ref: TicketRef, kind: DraftKind): Promise<void> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw notFound()
  const agent = ctx.actor.id
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.view')
    await discardDraft(ctx, agent, ticket.threadId, kind)
  })
}

/** The agent has read up to this entry. Errors: NotFound. */
export async function seeUpTo(ctx: Context, ref: TicketRef, entry: number): Promise<void> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) return
  const ticket = await accessTicket(ctx, ref, 'ticket.view')
  await markSeen(ctx, ctx.actor.id, ticket.id, Math.min(entry, ticket.lastEntryId ?? entry))
}
