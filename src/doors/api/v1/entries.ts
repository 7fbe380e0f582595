import { z } from 'zod'
import { landingsOf } from '#channels/inbound-messages.ts'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { readCursor, writeCursor } from '#core/page.ts'
import { listAttachments } from '#files/attachments.ts'
import { readEntries, readEntry } from '#threads/entries.ts'
import { addNote, NoteInput } from '#tickets/add-note.ts'
import { ForwardInput, forwardTicket } from '#tickets/forward.ts'
import { sendReplyNow, withdrawReply } from '#tickets/release-reply.ts'
import { ReplyInput, replyToTicket } from '#tickets/reply.ts'
import { publishEntry } from '#tickets/third-party-message.ts'
import { accessTicket } from '#tickets/ticket-access.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { InlineFile } from '../incoming-files.ts'
import { idText, type PublicIds } from '../public-id.ts'
import { EntryShape, entryShape, pageOf, pageQuery } from './shapes.ts'

const TAG = 'Entries'
const files = { attachments: z.array(InlineFile).max(20).optional() }

const list = endpoint(
  {
    method: 'GET',
    path: '/tickets/{ticket}/entries',
    ids: { ticket: 'ticket' },
    summary: 'Messages, replies and notes of a ticket, newest first',
    tag: TAG,
    scope: 'tickets:read',
    query: pageQuery,
    answer: pageOf(EntryShape),
  },
  async ({ ctx, ids, path, query }) => {
    const ticket = await accessTicket(ctx, { id: path.ticket! }, 'ticket.view')
    const before = query.cursor ? ids.read('entry', String(readCursor(query.cursor, 1)[0])) : undefined
    const found = await readEntries(ctx, ticket.threadId, {
      audience: 'agent',
      limit: query.limit + 1,
      ...(before === undefined ? {} : { before }),
    })
    const entries = found.reverse().slice(0, query.limit)
    const attached = await listAttachments(
      ctx,
      'entry',
      entries.map((entry) => entry.id),
    )
    const landings = await landingsOf(
      ctx,
      entries.flatMap((entry) => entry.inboundMessageId ?? []),
    )
    const last = entries.at(-1)
    return {
      data: entries.map((entry) => entryShape(ids, entry, attached, landings.get(entry.inboundMessageId ?? -1)?.reason ?? null)),
      next: found.length > query.limit && last ? writeCursor([ids.write('entry', last.id)]) : null,
    }
  },
)

async function posted(ctx: Context, ids: PublicIds, id: number) {
  const entry = await readEntry(ctx, id)
  if (!entry) throw notFound()
  return entryShape(ids, entry, await listAttachments(ctx, 'entry', [id]))
}

const reply = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/replies',
    ids: { ticket: 'ticket' },
    summary: 'Answer in public: one mail to the requester and those on copy',
    tag: TAG,
    scope: 'tickets:write',
    body: ReplyInput.omit({ seen: true, format: true }).extend({
      format: z.enum(['html', 'text']).default('text'),
      seen: idText('entry')
        .optional()
        .describe('The newest entry the writer knew: what others wrote since refuses the reply with 409'),
      undoSeconds: z.number().int().min(0).max(60).default(0).describe('Seconds in which it can be taken back'),
      ...files,
    }),
    takesFiles: true,
    answer: EntryShape,
  },
  async ({ ctx, ids, path, body, files }) => {
    const { attachments: _, undoSeconds, seen, ...rest } = body
    const { entry } = await replyToTicket(
      ctx,
      { id: path.ticket! },
      { ...rest, ...(seen === undefined ? {} : { seen: ids.read('entry', seen) }) },
      { channel: 'api', files, undoSeconds },
    )
    return posted(ctx, ids, entry)
  },
)

const note = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/notes',
    ids: { ticket: 'ticket' },
    summary: 'Add an internal note',
    tag: TAG,
    scope: 'tickets:write',
    body: NoteInput.omit({ format: true }).extend({ format: z.enum(['html', 'text']).default('text'), ...files }),
    takesFiles: true,
    answer: EntryShape,
  },
  async ({ ctx, ids, path, body, files }) => {
    const { attachments: _, ...rest } = body
    const { entry } = await addNote(ctx, { id: path.ticket! }, rest, { channel: 'api', files })
    return posted(ctx, ids, entry)
  },
)

const forward = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/forwards',
    ids: { ticket: 'ticket' },
    summary: 'Send something of a ticket to somebody outside it; the customer sees neither that nor the answer',
    tag: TAG,
    scope: 'tickets:write',
    body: ForwardInput.omit({ format: true, files: true }).extend({
      format: z.enum(['html', 'text']).default('text'),
      includeFiles: z.boolean().default(true).describe('Whether the files of what goes along do, too'),
      undoSeconds: z.number().int().min(0).max(60).default(0).describe('Seconds in which it can be taken back'),
      ...files,
    }),
    takesFiles: true,
    answer: EntryShape,
  },
  async ({ ctx, ids, path, body, files }) => {
    const { attachments: _, undoSeconds, includeFiles, ...rest } = body
    const { entry } = await forwardTicket(
      ctx,
      { id: path.ticket! },
      { ...rest, files: includeFiles },
      { channel: 'api', files, undoSeconds },
    )
    return posted(ctx, ids, entry)
  },
)

const publish = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/entries/{entry}/publish',
    ids: { ticket: 'ticket', entry: 'entry' },
    summary: 'Show the customer what somebody outside wrote',
    tag: TAG,
    scope: 'tickets:write',
    answer: EntryShape,
  },
  async ({ ctx, ids, path }) => {
    await entryOf(ctx, path.ticket!, path.entry!)
    await publishEntry(ctx, path.entry!)
    return posted(ctx, ids, path.entry!)
  },
)

const sendNow = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/entries/{entry}/send-now',
    ids: { ticket: 'ticket', entry: 'entry' },
    summary: 'Let a reply that waits for its time leave at once',
    tag: TAG,
    scope: 'tickets:write',
    answer: EntryShape,
  },
  async ({ ctx, ids, path }) => {
    await entryOf(ctx, path.ticket!, path.entry!)
    await sendReplyNow(ctx, path.entry!)
    return posted(ctx, ids, path.entry!)
  },
)

const withdraw = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/entries/{entry}/withdraw',
    ids: { ticket: 'ticket', entry: 'entry' },
    summary: 'Take back a reply that has not left; its text is a draft of its writer again',
    tag: TAG,
    scope: 'tickets:write',
    answer: z.object({ withdrawn: z.literal(true) }),
  },
  async ({ ctx, path }) => {
    await entryOf(ctx, path.ticket!, path.entry!)
    await withdrawReply(ctx, path.entry!)
    return { withdrawn: true as const }
  },
)

/** Errors: NotFound when the ticket may not be seen, or the entry is not on it. */
async function entryOf(ctx: Context, ticketId: number, entryId: number): Promise<void> {
  const ticket = await accessTicket(ctx, { id: ticketId }, 'ticket.view')
  if ((await readEntry(ctx, entryId))?.threadId !== ticket.threadId) throw notFound()
}

export const entryEndpoints: readonly Endpoint[] = [list, reply, note, forward, publish, sendNow, withdraw]
