import { z } from 'zod'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import { activeMailbox, isOwnAddress } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { htmlToText } from '#core/html-to-text.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { attach, type NewAttachment } from '#files/attachments.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { defaultDepartment, findAgent, readDirectory } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { FilterActions, type Filtered, type FilterFacts, runFilters } from '#routing/filters.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { routeDraft } from '#routing/route-draft.ts'
import { readTicketFilters } from '#routing/ticket-filters.ts'
import { indexDocument } from '#search/search-documents.ts'
import { readSettings } from '#settings/settings.ts'
import { dueOf } from '#sla/due.ts'
import { addCollaborators } from '#threads/collaborators.ts'
import { previewOf, setEntryHtml, startThread } from '#threads/entries.ts'
import { sanitizeComposed } from '#threads/sanitize-html.ts'
import { statusOfMove } from '#workflow/moves.ts'
import { defaultPriority, numberCandidates, priorityById } from '#workflow/workflow.ts'
import { nameInlineImages } from './inline-images.ts'
import { keepReferrals } from './referrals.ts'
import { factsOf } from './ticket-access.ts'
import { ticketOpened } from './ticket-events.ts'
import { insertTicket, type Ticket } from './ticket-store.ts'

const line = (max: number) => z.string().trim().min(1).max(max)

/** What every door asks for. Files come beside it, stored before the verb runs. */
export const OpenTicketInput = z.object({
  requester: z.object({ email: z.string().trim().max(254), name: z.string().trim().max(120).optional() }),
  subject: line(255),
  /** Plain text, or HTML of our editor when `format` says so. */
  message: z.string().trim().min(1).max(500_000),
  format: z.enum(['text', 'html']).default('text'),
  topic: z.number().int().nullable().default(null),
  department: z.number().int().nullable().default(null),
  priority: z.number().int().nullable().default(null),
  assignee: z.number().int().nullable().default(null),
  copies: z
    .array(z.object({ email: z.string().trim().max(254), name: z.string().trim().max(120).optional() }))
    .max(50)
    .default([]),
  /** Send the usual confirmation to the requester. */
  autorespond: z.boolean().default(true),
  /** Alert agents. */
  alert: z.boolean().default(true),
})

/** What only the intake of mail and the desk itself can say. */
export interface OpenTicketOrigin {
  channel: 'email' | 'web' | 'api' | 'phone' | 'agent'
  files?: readonly NewAttachment[]
  /** The body as a mail brought it, instead of `message`. */
  body?: { text: string; html: string | null; visibleText: string | null; visibleHtml: string | null }
  mailbox?: number | null
  verdict?: Verdict | null
  isFlagged?: boolean
  inboundMessage?: number | null
  messageId?: string | null
  recipients?: { to: Array<{ name: string; address: string }>; cc: Array<{ name: string; address: string }> } | null
  continues?: number | null
  /** What the ticket filters decided, when the caller has run them (the intake, which knows the mail). */
  filtered?: Filtered
  /** Departments whose addresses the mail was sent to as well: they may see it. */
  referTo?: readonly number[]
  /** What a caller said of the person beyond name and address (telephone, network address): kept where it can be erased. */
  personal?: Record<string, string> | null
  /** The message is in the words of the agent who opens it, not in the customer's. */
  inOwnName?: boolean
}

/**
 * Opens a ticket, whatever door it came through. An agent opens one for a customer with ticket.create in its department; a
 * customer for themselves; a token with its agent's right. Errors: Forbidden, Invalid with pointers.
 */
export async function openTicket(
  ctx: Context,
  input: z.input<typeof OpenTicketInput>,
  origin: OpenTicketOrigin,
): Promise<Ticket> {
  const given = parseInput(OpenTicketInput, input)
  const address = normalAddress(given.requester.email)
  if (!isAddress(address)) throw invalid('/requester/email', 'email')
  // Mail to one of our own addresses would come back as a new request.
  if (await isOwnAddress(ctx, address)) throw invalid('/requester/email', 'ownAddress')
  for (const [index, copy] of given.copies.entries())
    if (!isAddress(normalAddress(copy.email))) throw invalid(`/copies/${index}`, 'email')
  if (ctx.actor.kind === 'user' && normalAddress(ctx.actor.address ?? '') !== address) throw forbidden()

  const settings = await readSettings(ctx)
  const directory = await readDirectory(ctx)
  const openDepartments = new Set(
    directory.departments.filter((department) => !department.isArchived).map((department) => department.id),
  )
  const mailbox = origin.mailbox == null ? null : await activeMailbox(ctx, origin.mailbox)
  const byStaff = ctx.actor.kind === 'agent' || ctx.actor.kind === 'token'
  const filtered =
    origin.filtered ??
    (ctx.actor.kind === 'agent'
      ? { set: FilterActions.parse({}), trace: [] }
      : runFilters(
          await readTicketFilters(ctx),
          factsOfDraft({ address, name: given.requester.name ?? '', subject: given.subject, body: given.message, origin }),
        ))
  const routed = routeDraft(
    {
      topicId: byStaff ? (given.topic ?? filtered.set.topic) : (filtered.set.topic ?? given.topic),
      // A customer chooses neither department nor priority.
      departmentId: (byStaff || ctx.actor.kind === 'system' ? given.department : null) ?? filtered.set.department,
      priorityId: (byStaff || ctx.actor.kind === 'system' ? given.priority : null) ?? filtered.set.priority,
      mailboxDepartmentId: mailbox?.department ?? null,
      needsTopic: origin.channel === 'web',
    },
    {
      topics: await readHelpTopics(ctx),
      defaultDepartmentId: (await defaultDepartment(ctx)).id,
      defaultPriorityId: (await defaultPriority(ctx)).id,
      openDepartments,
    },
  )
  if (byStaff && !ctx.actor.may('ticket.create', { department: routed.departmentId })) throw forbidden()
  const priority = await priorityById(ctx, routed.priorityId)
  const status = await statusOfMove(ctx, 'opened')
  // A filter that names somebody who has left sets nothing.
  const byFilter = filtered.set.agent === null ? null : await findAgent(ctx, filtered.set.agent)
  const assignee = given.assignee === null ? (byFilter?.isArchived ? null : byFilter) : await findAgent(ctx, given.assignee)
  const team = directory.teams.find((one) => one.id === filtered.set.team && !one.isArchived) ?? null
  if (given.assignee !== null && (!assignee || assignee.isArchived)) throw invalid('/assignee', 'unknownChoice')
  if (given.assignee !== null && byStaff && !ctx.actor.may('ticket.assign', { department: routed.departmentId }))
    throw forbidden()

  const html = origin.body
    ? origin.body.html
    : given.format === 'html'
      ? sanitizeComposed(given.message, { ownImage: (src) => src.startsWith('/files/') })
      : null
  const text = origin.body ? origin.body.text : html === null ? given.message : htmlToText(html)
  if (!origin.body && !text.trim() && !html?.includes('<img')) throw invalid('/message', 'required')
  const preview = previewOf(origin.body?.visibleText ?? text)

  return transact(ctx, async (ctx) => {
    const now = ctx.clock.now()
    const referredTo = [...new Set(origin.referTo ?? [])].filter(
      (department) => department !== routed.departmentId && openDepartments.has(department),
    )
    const requester = await findOrCreateEndUser(ctx, { address, name: given.requester.name ?? null })
    const { thread, entry } = await startThread(ctx, 'ticket', {
      kind: 'message',
      channel: origin.channel,
      author:
        origin.inOwnName && ctx.actor.kind === 'agent'
          ? { kind: 'agent', id: ctx.actor.id, name: ctx.actor.name, address: ctx.actor.address }
          : { kind: 'user', id: requester.id, name: given.requester.name || requester.name, address },
      bodyText: text,
      bodyHtml: html,
      visibleText: origin.body?.visibleText ?? null,
      visibleHtml: origin.body?.visibleHtml ?? null,
      recipients: origin.recipients ?? null,
      verdict: origin.verdict ?? null,
      isFlagged: origin.isFlagged ?? false,
      inboundMessageId: origin.inboundMessage ?? null,
      releasedAt: now,
      messageId: origin.messageId ?? null,
    })
    const due = dueOf({ state: status.state, waitingSince: now, firstResponseAt: null, urgency: priority.urgency }, settings)
    const ticket = await insertTicket(
      ctx,
      {
        threadId: thread,
        subject: given.subject,
        preview,
        requesterId: requester.id,
        departmentId: routed.departmentId,
        helpTopicId: routed.topicId,
        statusId: status.id,
        state: status.state,
        priorityId: priority.id,
        urgency: priority.urgency,
        assigneeId: assignee?.id ?? null,
        teamId: team?.id ?? null,
        channel: origin.channel,
        mailboxId: origin.mailbox ?? null,
        place: 'desk',
        createdAt: now,
        waitingSince: now,
        lastMessageAt: now,
        lastResponseAt: null,
        firstResponseAt: null,
        dueAt: due.at,
        dueKind: due.kind,
        statusReason: null,
        resolvedAt: null,
        closedAt: null,
        reopenedAt: null,
        lastEntryId: entry,
        continuesId: origin.continues ?? null,
        referredTo,
      },
      numberCandidates(ctx),
    )
    await keepReferrals(ctx, ticket, [])
    if (origin.files?.length) {
      const files = await attach(ctx, { kind: 'entry', id: entry }, origin.files)
      if (html !== null && !origin.body) {
        const named = nameInlineImages(html, files)
        if (named !== html) await setEntryHtml(ctx, entry, named)
      }
    }
    const copies: number[] = []
    for (const copy of given.copies) {
      const person = await findOrCreateEndUser(ctx, { address: copy.email, name: copy.name ?? null })
      if (person.id !== requester.id) copies.push(person.id)
    }
    await addCollaborators(ctx, thread, copies, ctx.actor.kind)
    await indexDocument(ctx, {
      kind: 'ticket',
      id: ticket.id,
      publicText: [ticket.number, ticket.subject, requester.name, given.requester.name ?? null, address],
    })
    await emit(
      ctx,
      ticketOpened({
        subject: { kind: 'ticket', id: ticket.id },
        data: {
          entry,
          channel: origin.channel,
          trace: [...filtered.trace, ...routed.trace],
          autorespond: given.autorespond && !filtered.set.noAutoresponse,
          alert: given.alert,
          verdict: origin.verdict ?? null,
          byAgent: byStaff && origin.channel !== 'api',
          tellRequester: given.autorespond,
        },
        facts: factsOf(ticket),
        ...(origin.personal ? { personal: origin.personal } : {}),
      }),
    )
    return ticket
  })
}

/** What filters can ask about a request that no mail brought. */
const factsOfDraft = (draft: {
  address: string
  name: string
  subject: string
  body: string
  origin: OpenTicketOrigin
}): FilterFacts => ({
  sender: draft.address,
  senderName: draft.name,
  recipients: [],
  subject: draft.subject,
  body: draft.origin.body?.text ?? draft.body,
  headers: () => [],
  channel: draft.origin.channel,
  verdict: draft.origin.verdict ?? '',
  spam: false,
  automatic: false,
})
