import { z } from 'zod'
import { isOwnAddress } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { listAttachments, type NewAttachment } from '#files/attachments.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findAgent, findDepartment } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { readSettings, type Settings } from '#settings/settings.ts'
import { renderMail, textAsHtml } from '#templates/render-mail.ts'
import { collaboratorsOf } from '#threads/collaborators.ts'
import { addEntry, type Entry, readEntries, rememberMessageId, visibleText } from '#threads/entries.ts'
import { addThirdParties, sideMessageIds } from '#threads/third-parties.ts'
import { composed, takeFiles } from './compose-entry.ts'
import { mailFiles, SignatureChoice, senderOf, signatureOf, ticketVariables } from './outgoing.ts'
import type { ReplyExtras } from './reply.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketForwarded } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const ForwardInput = z.object({
  /** HTML of our editor, or plain text when `format` says so; may be empty when something of the conversation goes along. */
  body: z.string().max(500_000).default(''),
  format: z.enum(['html', 'text']).default('html'),
  to: z.array(z.string().trim().max(254)).min(1).max(20),
  signature: SignatureChoice.default('department'),
  /** What of the conversation goes along. Notes never do. */
  include: z.enum(['all', 'last', 'none']).default('all'),
  /** Whether the files of what goes along do, too. */
  files: z.boolean().default(true),
})

const MOST_MESSAGES = 30
const MOST_FILES = 50

/**
 * Sends something of a ticket to somebody outside it, such as a supplier. It stands on the ticket as a note, and so do their
 * answers; the customer sees neither. It leaves after the undo window. Errors: NotFound, Forbidden, Invalid.
 */
export async function forwardTicket(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof ForwardInput>,
  extras: ReplyExtras = {},
): Promise<{ entry: number; sendsAt: Date | null }> {
  const given = parseInput(ForwardInput, input)
  const settings = await readSettings(ctx)
  const written = composed(given)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.reply')
    const to = await outsiders(ctx, ticket, given.to)
    const quoted = await partsOf(ctx, ticket, given.include)
    if (written.isEmpty && quoted.length === 0) throw invalid('/body', 'required')
    const now = ctx.clock.now()
    const undoSeconds = extras.undoSeconds ?? settings['replies.undoSeconds']
    const sendsAt = addSeconds(now, undoSeconds)
    const agent = ctx.actor.id === null ? null : await findAgent(ctx, ctx.actor.id)
    const agentName = agent?.name ?? ctx.actor.name
    const recipients = { to, cc: [] }
    const entry = await addEntry(ctx, ticket.threadId, {
      kind: 'note',
      side: 'forward',
      channel: extras.channel ?? 'web',
      author: { kind: 'agent', id: ctx.actor.id, name: agentName, address: ctx.actor.address },
      bodyText: written.text,
      bodyHtml: written.html,
      recipients,
      releasedAt: now,
      sendsAt: undoSeconds === 0 ? null : sendsAt,
    })
    const carriedAlong = given.files ? await filesOf(ctx, quoted) : []
    const { html, files } = await takeFiles(
      ctx,
      ticket,
      { id: entry, kind: 'forward', html: written.html },
      { ...extras, files: [...(extras.files ?? []), ...carriedAlong] },
    )
    const saved = await saveTicket(ctx, ticket, { ...ticket, lastEntryId: entry })
    await addThirdParties(ctx, ticket.threadId, to)

    const requester = (await findEndUser(ctx, ticket.requesterId))!
    const department = await findDepartment(ctx, ticket.departmentId)
    const carried = await mailFiles(ctx, html, files, settings)
    const mail = await renderMail(ctx, 'forward', settings['desk.locale'], {
      ...(await ticketVariables(ctx, ticket, requester, { audience: 'customer' })),
      agent: { name: agentName },
      body_html: html + carried.links,
      signature: signatureOf(given.signature, department, agent),
      conversation_html: quoted.map((part) => quoteOf(part, settings)).join(''),
    })
    const ids = await sideMessageIds(ctx, ticket.threadId)
    const sender = await senderOf(ctx, ticket, to[0]!.address, agentName)
    const queued = await queueOutbound(ctx, {
      mailbox: sender.mailbox,
      kind: 'forward',
      ticket: ticket.id,
      entry,
      sendsAt,
      content: {
        from: sender.from,
        replyTo: sender.replyTo,
        to,
        cc: [],
        subject: mail.subject,
        // The customer's own ids are no business of others.
        inReplyTo: ids.at(-1) ?? null,
        references: ids,
        text: mail.text,
        html: mail.html,
        files: carried.files,
        automatic: 'no',
      },
    })
    await rememberMessageId(ctx, queued.messageId, ticket.threadId, entry)
    await emit(
      ctx,
      ticketForwarded({
        subject: { kind: 'ticket', id: ticket.id },
        data: { entry, to: to.map((one) => one.address) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return { entry, sendsAt: undoSeconds === 0 ? null : sendsAt }
  })
}

/** Errors: Invalid at /to/N for what is no address, an address of the desk, or somebody who reads the ticket already. */
async function outsiders(ctx: Context, ticket: Ticket, typed: readonly string[]): Promise<{ name: string; address: string }[]> {
  const requester = await findEndUser(ctx, ticket.requesterId)
  const copies = await collaboratorsOf(ctx, ticket.threadId)
  const inside = new Set([requester?.address, ...copies.map((copy) => copy.address)].map((one) => normalAddress(one ?? '')))
  const found = new Map<string, { name: string; address: string }>()
  for (const [index, text] of typed.entries()) {
    const address = normalAddress(text)
    if (!isAddress(address)) throw invalid(`/to/${index}`, 'email')
    if (inside.has(address)) throw invalid(`/to/${index}`, 'isOnTicket')
    if (await isOwnAddress(ctx, address)) throw invalid(`/to/${index}`, 'isOwnAddress')
    found.set(address, { name: '', address })
  }
  return [...found.values()]
}

/** What goes along, oldest first: messages and replies that the customer sees, without those that may not be from who they say. */
async function partsOf(ctx: Context, ticket: Ticket, include: 'all' | 'last' | 'none'): Promise<Entry[]> {
  if (include === 'none') return []
  const seen = await readEntries(ctx, ticket.threadId, { audience: 'customer', limit: MOST_MESSAGES })
  const trusted = seen.filter((entry) => !entry.isFlagged)
  return include === 'all' ? trusted : trusted.filter((entry) => entry.kind === 'message').slice(-1)
}

async function filesOf(ctx: Context, entries: readonly Entry[]): Promise<NewAttachment[]> {
  const files = await listAttachments(
    ctx,
    'entry',
    entries.map((entry) => entry.id),
  )
  return files
    .filter((file) => !file.isInline)
    .slice(0, MOST_FILES)
    .map(({ blob, name, contentType, size }) => ({ blob, name, contentType, size }))
}

function quoteOf(entry: Entry, settings: Settings): string {
  const at = new Intl.DateTimeFormat(settings['desk.locale'], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: settings['desk.timeZone'],
  }).format(entry.createdAt)
  return `<p>${textAsHtmlLine(entry.author.name)}, ${at}:</p><blockquote type="cite">${textAsHtml(visibleText(entry).slice(0, 20_000))}</blockquote>`
}

const textAsHtmlLine = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
