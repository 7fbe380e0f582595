import { z } from 'zod'
import { isOwnAddress } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { enqueue } from '#core/jobs.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import type { NewAttachment } from '#files/attachments.ts'
import { openVariables } from '#knowledge/fill-variables.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findAgent, findDepartment } from '#people/directory.ts'
import { findEndUser, findOrCreateEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { renderMail, textAsHtml } from '#templates/render-mail.ts'
import { addCollaborators, collaboratorsOf } from '#threads/collaborators.ts'
import {
  addEntry,
  arrivalsSince,
  type Entry,
  type EntryChannel,
  LONGEST_UNDO_SECONDS,
  lastMessage,
  messageIdsOf,
  rememberMessageId,
  visibleText,
} from '#threads/entries.ts'
import { readWorkflow, type Status, statusByKey } from '#workflow/workflow.ts'
import { composed, takeFiles } from './compose-entry.ts'
import { answerMentions } from './mention.ts'
import { mailFiles, SignatureChoice, senderOf, signatureOf, ticketVariables } from './outgoing.ts'
import { finishReply, releaseReplyJob } from './release-reply.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { copiesChanged, replyQueued, replyScheduled, ticketAssigned } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'

export const ReplyInput = z.object({
  /** HTML of our editor, or plain text when `format` says so. */
  body: z.string().max(500_000),
  format: z.enum(['html', 'text']).default('html'),
  /** Everybody on the ticket, the requester alone, or the addresses of `recipients`. */
  to: z.enum(['all', 'requester', 'chosen']).default('all'),
  recipients: z.array(z.string().trim().max(254)).max(50).default([]),
  signature: SignatureChoice.default('department'),
  /** Key of the status after the reply; the desk's usual one when not given. */
  status: z.string().max(40).optional(),
  /** The newest entry the writer has seen: what others wrote since stops the reply, once. */
  seen: z.number().int().optional(),
  sendAnyway: z.boolean().default(false),
  /** When it leaves, instead of after the undo window; at least two minutes from now, at most a year. */
  sendAt: z.iso.datetime({ offset: true }).optional(),
})

const SOONEST_SECONDS = 2 * LONGEST_UNDO_SECONDS
const LATEST_SECONDS = 366 * 86_400

export interface ReplyExtras {
  channel?: EntryChannel
  /** Files stored beside the call; those of the writer's draft come along by themselves. */
  files?: readonly NewAttachment[]
  /** The mail that it came by. */
  inboundMessage?: number | null
  messageId?: string | null
  /** Seconds in which it can be withdrawn; the desk's setting when not given. */
  undoSeconds?: number
}

export interface PostedReply {
  entry: number
  /** Until then `withdrawReply` takes it back; null when it went out at once. */
  sendsAt: Date | null
  /** It leaves at the time that was asked for, not after the undo window. */
  isScheduled: boolean
  ticket: Ticket
}

/**
 * Posts an agent's public reply: one mail, rendered and stored in this transaction, that leaves after the undo window. What the
 * world sees of it takes effect when it is released. Errors: NotFound, Forbidden, Conflict (detail.entries: what arrived), Invalid.
 */
export async function replyToTicket(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof ReplyInput>,
  extras: ReplyExtras = {},
): Promise<PostedReply> {
  const given = parseInput(ReplyInput, input)
  const settings = await readSettings(ctx)
  const written = composed(given)
  if (written.isEmpty) throw invalid('/body', 'required')
  const open = given.format === 'html' ? openVariables(written.html) : []
  if (open.length > 0) throw invalid('/body', 'openVariables', { names: open.map((name) => `{{ ${name} }}`).join(', ') })

  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.reply')
    if (given.seen !== undefined && !given.sendAnyway) {
      const arrived = await arrivalsSince(ctx, ticket.threadId, given.seen, ctx.actor.id)
      if (arrived.length > 0)
        throw new AppError('conflict', 'answeredMeanwhile', {
          params: { name: arrived.at(-1)!.author.name },
          detail: { entries: arrived },
        })
    }
    const status = await statusAfterReply(ctx, given.status, settings['replies.statusAfter'])
    const now = ctx.clock.now()
    const scheduled = given.sendAt === undefined ? null : sendingTime(now, given.sendAt)
    const undoSeconds = extras.undoSeconds ?? settings['replies.undoSeconds']
    const sendsAt = scheduled ?? addSeconds(now, undoSeconds)
    const leavesNow = scheduled === null && undoSeconds === 0
    const requester = (await findEndUser(ctx, ticket.requesterId))!
    const people = await recipientsOf(ctx, ticket, requester, given)
    const agent = ctx.actor.id === null ? null : await findAgent(ctx, ctx.actor.id)
    const agentName = agent?.name ?? ctx.actor.name

    const entry = await addEntry(ctx, ticket.threadId, {
      kind: 'response',
      channel: extras.channel ?? 'web',
      author: { kind: 'agent', id: ctx.actor.id, name: agentName, address: ctx.actor.address },
      bodyText: written.text,
      bodyHtml: written.html,
      recipients: people,
      releasedAt: leavesNow ? now : null,
      sendsAt: leavesNow ? null : sendsAt,
      statusOnRelease: status.id,
      inboundMessageId: extras.inboundMessage ?? null,
      messageId: extras.messageId ?? null,
    })
    const { html, files } = await takeFiles(ctx, ticket, { id: entry, kind: 'response', html: written.html }, extras)

    await answerMentions(ctx, ticket.id)

    const claimed = ticket.assigneeId === null && agent !== null && settings['replies.claimUnassigned']
    let saved = await saveTicket(ctx, ticket, {
      ...ticket,
      lastEntryId: entry,
      assigneeId: claimed ? agent.id : ticket.assigneeId,
    })
    if (claimed) {
      await emit(
        ctx,
        ticketAssigned({
          subject: { kind: 'ticket', id: ticket.id },
          data: { from: { agent: null, team: ticket.teamId }, to: { agent: agent.id, team: ticket.teamId }, claimed: true },
          facts: factsOf(saved, { internal: true }),
        }),
      )
    }

    const first = people.to[0] ?? people.cc[0]
    if (first) {
      const last = await lastMessage(ctx, ticket.threadId, { trusted: true })
      const ids = await messageIdsOf(ctx, ticket.threadId)
      const department = await findDepartment(ctx, ticket.departmentId)
      const carried = await mailFiles(ctx, html, files, settings)
      const mail = await renderMail(
        ctx,
        'reply',
        requester.locale ?? settings['desk.locale'],
        {
          ...(await ticketVariables(ctx, ticket, requester, { audience: 'customer' })),
          agent: { name: agentName },
          body_html: html + carried.links,
          signature: signatureOf(given.signature, department, agent),
          last_message_html: last ? textAsHtml(visibleText(last).slice(0, 20_000)) : '',
          last_message_by: last?.author.name ?? '',
          last_message_at: last
            ? new Intl.DateTimeFormat(requester.locale ?? settings['desk.locale'], {
                dateStyle: 'medium',
                timeStyle: 'short',
                timeZone: requester.timeZone ?? settings['desk.timeZone'],
              }).format(last.createdAt)
            : '',
        },
        { department: ticket.departmentId },
      )
      const sender = await senderOf(ctx, ticket, first.address, agentName)
      const queued = await queueOutbound(ctx, {
        mailbox: sender.mailbox,
        kind: 'reply',
        ticket: ticket.id,
        entry,
        sendsAt,
        content: {
          from: sender.from,
          replyTo: sender.replyTo,
          to: people.to,
          cc: people.cc,
          subject: mail.subject,
          inReplyTo: ids.at(-1) ?? null,
          references: ids,
          text: mail.text,
          html: mail.html,
          files: carried.files,
          automatic: 'no',
        },
      })
      // The next mail refers to this one, and an answer to it is known even if a server dropped our signature's key.
      await rememberMessageId(ctx, queued.messageId, ticket.threadId, entry)
    }

    if (leavesNow) {
      saved = await finishReply(ctx, saved, { id: entry, bodyText: written.text, visibleText: null, createdAt: now }, status)
    } else {
      await enqueue(ctx, releaseReplyJob, { entry }, { runAt: sendsAt, key: `release:${entry}` })
      const about = { subject: { kind: 'ticket', id: ticket.id }, facts: factsOf(saved, { internal: true }) }
      await emit(
        ctx,
        scheduled
          ? replyScheduled({ ...about, data: { entry, sendsAt: sendsAt.toISOString() } })
          : replyQueued({ ...about, data: { entry } }),
      )
    }
    return { entry, sendsAt: leavesNow ? null : sendsAt, isScheduled: scheduled !== null, ticket: saved }
  })
}

/** Errors: Invalid at /sendAt. */
function sendingTime(now: Date, asked: string): Date {
  const at = new Date(asked)
  if (at < addSeconds(now, SOONEST_SECONDS)) throw invalid('/sendAt', 'sendTooSoon')
  if (at > addSeconds(now, LATEST_SECONDS)) throw invalid('/sendAt', 'sendTooLate')
  return at
}

/** The status the writer chose, else the desk's usual one; a usual one that is gone falls back to the shipped. Errors: Invalid at /status. */
async function statusAfterReply(ctx: Context, chosen: string | undefined, usual: string): Promise<Status> {
  const { statuses } = await readWorkflow(ctx)
  const usable = statuses.filter((status) => !status.isArchived)
  if (chosen !== undefined) {
    const found = usable.find((status) => status.key === chosen || String(status.id) === chosen)
    if (!found) throw invalid('/status', 'unknownChoice')
    return found
  }
  return usable.find((status) => status.key === usual) ?? statusByKey(ctx, 'waiting').catch(() => statusByKey(ctx, 'open'))
}

async function recipientsOf(
  ctx: Context,
  ticket: Ticket,
  requester: { id: number; name: string; address: string },
  given: z.output<typeof ReplyInput>,
): Promise<NonNullable<Entry['recipients']>> {
  const asked = { name: requester.name, address: requester.address }
  if (given.to === 'requester') return { to: [asked], cc: [] }
  const copies = await collaboratorsOf(ctx, ticket.threadId)
  if (given.to === 'all') return { to: [asked], cc: copies.map(({ name, address }) => ({ name, address })) }

  const known = new Map(
    [asked, ...copies.map(({ name, address }) => ({ name, address }))].map((person) => [normalAddress(person.address), person]),
  )
  const chosen: Array<{ name: string; address: string }> = []
  for (const [index, typed] of given.recipients.entries()) {
    const address = normalAddress(typed)
    if (!isAddress(address)) throw invalid(`/recipients/${index}`, 'email')
    if (await isOwnAddress(ctx, address)) throw invalid(`/recipients/${index}`, 'ownAddress')
    let person = known.get(address)
    if (!person) {
      if (!ctx.actor.may('ticket.people', { department: ticket.departmentId })) throw forbidden()
      const added = await findOrCreateEndUser(ctx, { address })
      const fresh = await addCollaborators(ctx, ticket.threadId, [added.id], 'agent')
      if (fresh.length > 0) {
        await emit(
          ctx,
          copiesChanged({
            subject: { kind: 'ticket', id: ticket.id },
            data: { added: fresh, removed: [] },
            facts: factsOf(ticket),
          }),
        )
      }
      person = { name: added.name, address }
    }
    if (!chosen.includes(person)) chosen.push(person)
  }
  if (chosen.length === 0) throw invalid('/recipients', 'required')
  const to = chosen.filter((person) => person === asked || normalAddress(person.address) === normalAddress(asked.address))
  const others = chosen.filter((person) => !to.includes(person))
  return to.length > 0 ? { to, cc: others } : { to: others.slice(0, 1), cc: others.slice(1) }
}
