import type { RouterContextProvider } from 'react-router'
import { landingWords } from '#channels/landing-words.ts'
import type { Context } from '#core/context.ts'
import { type Attachment, listAttachments } from '#files/attachments.ts'
import type { Translate } from '#i18n/translate.ts'
import { undeliverableReason } from '#people/dead-addresses.ts'
import { readDirectory } from '#people/directory.ts'
import { whoIsHere } from '#presence/presence.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { targetHours } from '#sla/due.ts'
import { type Draft, readDrafts } from '#threads/drafts.ts'
import { countEntriesBefore, type Entry, isScheduled, shownAt } from '#threads/entries.ts'
import { inlineAttachmentIds } from '#tickets/inline-images.ts'
import { type Delivery, otherTicketsOf, type ShownTicket, showTicket } from '#tickets/show-ticket.ts'
import { snoozeChoices } from '#tickets/snooze-times.ts'
import { mayTicket, seeTicket } from '#tickets/ticket-access.ts'
import { readTags } from '#workflow/tags.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { richNodes } from '../../rich-nodes.ts'
import { dateFormat } from '../../ui/formats.ts'
import { failureText, verdictText } from '../admin/mail-words.ts'
import { historyWords } from './history-words.ts'
import { others } from './load-list.ts'
import { foldedText, mailBody } from './mail-body.ts'
import type { DraftView, EntryView, FileView, Party, RecipientMode, TicketView } from './view.ts'

/** How many messages a page shows at first, and at most. */
const FIRST = 60
const MOST = 2_000

/** Everything of the agent's ticket page. A ticket that may not be seen reads as one that does not exist. */
export async function loadTicket(
  context: Readonly<RouterContextProvider>,
  number: string,
  shown: number | null,
): Promise<TicketView> {
  const ctx = ctxOf(context)
  const { t, timeZone } = pageOf(context)
  const limit = Math.min(MOST, Math.max(FIRST, shown ?? FIRST))
  const found = await orRefuse(showTicket(ctx, { number }, { entries: limit }))
  const { ticket, requester, copies, entries } = found
  const me = ctx.actor.id ?? 0
  const [workflow, directory, topics, settings, rest, here, drafts, earlier, tags] = await Promise.all([
    readWorkflow(ctx),
    readDirectory(ctx),
    readHelpTopics(ctx),
    readSettings(ctx),
    otherTicketsOf(ctx, ticket.requesterId, ticket.id),
    whoIsHere(ctx, [ticket.id]),
    readDrafts(ctx, me, ticket.threadId),
    entries.length < limit ? 0 : countEntriesBefore(ctx, ticket.threadId, entries[0]!.id),
    readTags(ctx),
  ])
  const draftFiles = await listAttachments(
    ctx,
    'draft',
    drafts.map((draft) => draft.id),
  )
  const status = workflow.statuses.find((one) => one.id === ticket.statusId)!
  const priority = workflow.priorities.find((one) => one.id === ticket.priorityId)!
  const may = (permission: Parameters<typeof mayTicket>[2]) => mayTicket(ctx.actor, ticket, permission)
  const assignee = directory.agents.find((agent) => agent.id === ticket.assigneeId)
  const department = directory.departments.find((one) => one.id === ticket.departmentId)
  const topic = topics.find((one) => one.id === ticket.helpTopicId)
  const parties: Party[] = [requester, ...copies].map(({ name, address }) => ({ name, address }))
  return {
    id: ticket.id,
    number: ticket.number,
    subject: ticket.subject,
    place: ticket.place,
    status: { id: status.id, name: status.name, key: status.key, state: status.state, asksReason: status.asksReason },
    statusReason: ticket.statusReason,
    priority: { id: priority.id, name: priority.name, key: priority.key, urgency: priority.urgency },
    assignee: assignee ? { id: assignee.id, name: assignee.name } : null,
    department: { id: ticket.departmentId, name: department?.name ?? '' },
    topic: topic ? { id: topic.id, name: topic.name } : null,
    requester: {
      id: requester.id,
      name: requester.name,
      address: requester.address,
      since: requester.createdAt.toISOString(),
      undeliverable: failureText(t, await undeliverableReason(ctx, requester.address)) || null,
    },
    copies: await Promise.all(
      copies.map(async (copy) => ({
        id: copy.endUserId,
        name: copy.name,
        address: copy.address,
        undeliverable: failureText(t, await undeliverableReason(ctx, copy.address)) || null,
      })),
    ),
    proposed: found.proposed.map((one) => ({ id: one.endUserId, name: one.name, address: one.address })),
    referrals: found.referrals.map((id) => ({
      id,
      name: directory.departments.find((one) => one.id === id)?.name ?? '',
    })),
    openedAt: ticket.createdAt.toISOString(),
    due:
      ticket.dueAt && ticket.dueKind
        ? {
            at: ticket.dueAt.toISOString(),
            kind: ticket.dueKind,
            why: t('agent.context.dueWhy', {
              hours: targetHours(settings, ticket.dueKind, ticket.urgency),
              priority: priority.name,
              from: dateFormat(
                ctx.locale,
                {
                  weekday: 'short',
                  hour: '2-digit',
                  minute: '2-digit',
                },
                timeZone,
              ).format(ticket.waitingSince ?? ticket.createdAt),
            }),
          }
        : null,
    pausedBy: ticket.state === 'on_hold' ? status.name : null,
    others: rest.map((other) => ({
      number: other.number,
      subject: other.subject,
      status: workflow.statuses.find((one) => one.state === other.state)?.name ?? other.state,
      at: other.createdAt.toISOString(),
    })),
    tags: found.tags.map(({ id, name, colour }) => ({ id, name, colour })),
    followers: directory.agents.filter((agent) => found.followers.includes(agent.id)).map(({ id, name }) => ({ id, name })),
    following: found.followers.includes(me),
    mentioned: found.mentioned,
    links: found.links.map((link) => ({
      number: link.number,
      subject: link.subject,
      state: link.state,
      status: workflow.statuses.find((one) => one.id === link.statusId)?.name ?? link.state,
      as: link.as,
    })),
    pinned: found.pinned ? drawEntry(ctx, found.pinned, found, t) : null,
    snoozedUntil: ticket.snoozedUntil?.toISOString() ?? null,
    snoozeChoices: snoozeChoices(ctx.clock.now(), timeZone).map(({ key, at }) => ({ key, at: at.toISOString() })),
    continues: ticket.continuesId === null ? null : await numberOf(ctx, ticket.continuesId),
    entries: entries.map((entry) => drawEntry(ctx, entry, found, t)),
    now: ctx.clock.now().toISOString(),
    earlier,
    history: historyWords(
      found.events,
      {
        directory,
        workflow,
        topics,
        tags,
        sayTime: (iso) => dateFormat(ctx.locale, { dateStyle: 'medium', timeStyle: 'short' }, timeZone).format(new Date(iso)),
        authorOf: (id) => entries.find((entry) => entry.id === id)?.author.name ?? null,
      },
      t,
    ),
    lastEntryId: entries.at(-1)?.id ?? null,
    drafts: drafts.map((draft) => drawDraft(draft, draftFiles, parties)),
    viewers: others(here.get(ticket.id) ?? [], ctx.actor.id),
    may: {
      reply: may('ticket.reply'),
      note: may('ticket.note'),
      assign: may('ticket.assign'),
      transfer: may('ticket.transfer'),
      status: may('ticket.status'),
      edit: may('ticket.edit'),
      people: may('ticket.people'),
      remove: may('ticket.delete'),
      merge: may('ticket.merge'),
      split: may('ticket.edit') && ctx.actor.may('ticket.create', { department: ticket.departmentId }),
    },
  }
}

/** Null when it may not be seen. */
const numberOf = (ctx: Context, id: number): Promise<string | null> =>
  seeTicket(ctx, { id }).then(
    (ticket) => ticket.number,
    () => null,
  )

export const fileHref = (file: { id: number; name: string }): string => `/files/${file.id}/${encodeURIComponent(file.name)}`

export const drawFile = (file: Attachment): FileView => ({
  id: file.id,
  name: file.name,
  contentType: file.contentType,
  size: file.size,
  href: fileHref(file),
})

function drawEntry(ctx: Context, entry: Entry, found: ShownTicket, t: Translate): EntryView {
  const files = found.attachments.filter((file) => file.ownerId === entry.id)
  const fromMail = entry.inboundMessageId !== null
  const inText = new Set(entry.bodyHtml === null ? [] : inlineAttachmentIds(entry.bodyHtml))
  const delivery = found.deliveries.filter((one) => one.entryId === entry.id).at(-1)
  const inbound = entry.inboundMessageId === null ? undefined : found.inbound.get(entry.inboundMessageId)
  const mine = entry.author.kind === 'agent' && entry.author.id === ctx.actor.id
  const scheduled = entry.kind === 'response' && isScheduled(entry)
  const takeable =
    mine &&
    !scheduled &&
    (entry.side === 'forward' || (entry.kind === 'response' && entry.releasedAt === null)) &&
    entry.sendsAt !== null &&
    entry.sendsAt > ctx.clock.now()
  const pictureOf = (id: number): string | null => {
    const file = files.find((one) => one.id === id)
    return file ? fileHref(file) : null
  }
  return {
    id: entry.id,
    kind: entry.kind,
    side: entry.side,
    author: { kind: entry.author.kind, name: entry.author.name, address: entry.author.address, mine },
    at: shownAt(entry).toISOString(),
    channel: entry.channel,
    to: entry.recipients?.to ?? [],
    cc: entry.recipients?.cc ?? [],
    body: fromMail
      ? mailBody(entry, `/agent/entries/${entry.id}/frame`)
      : entry.bodyHtml !== null
        ? { form: 'rich', nodes: richNodes(entry.bodyHtml, pictureOf) }
        : { form: 'text', text: (entry.visibleText ?? entry.bodyText).trim() },
    hidden: foldedText(entry),
    origin: entry.originThreadId === null ? null : (found.origins.get(entry.originThreadId) ?? null),
    verdict: entry.verdict,
    verdictReason: verdictText(t, inbound?.verdictReason ?? null) || null,
    flagged: entry.isFlagged,
    landed: inbound?.reason
      ? landingWords(t, inbound.reason)
      : entry.kind === 'message'
        ? t(`mail.written.${entry.channel}`)
        : null,
    original: fromMail ? `/agent/entries/${entry.id}/original` : null,
    delivery: delivery ? drawDelivery(delivery, t) : null,
    withdrawableUntil: takeable && entry.sendsAt ? entry.sendsAt.toISOString() : null,
    scheduled:
      scheduled && entry.sendsAt
        ? {
            for: entry.sendsAt.toISOString(),
            answeredSince: found.entries.some((other) => other.kind === 'message' && other.id > entry.id),
          }
        : null,
    attachments: files.filter((file) => !inText.has(file.id) && !(file.isInline && entry.bodyHtml !== null)).map(drawFile),
  }
}

function drawDelivery(delivery: Delivery, t: Translate): NonNullable<EntryView['delivery']> {
  const key = `mail.failure.${delivery.failure ?? 'unknown'}`
  return {
    state: delivery.state,
    at: delivery.sentAt?.toISOString() ?? null,
    failure:
      delivery.failure === null && delivery.lastError === null
        ? delivery.state === 'held'
          ? t('agent.entry.noServer')
          : null
        : delivery.failure === 'some_refused' && delivery.lastError
          ? `${t.at(key)} (${delivery.lastError.split('\n').join('; ')})`
          : t.has(key)
            ? t.at(key)
            : (delivery.lastError ?? delivery.failure),
  }
}

/** A draft keeps its recipients as the composer chose them; one that was a reply before, as the people it would have gone to. */
export function drawDraft(draft: Draft, files: readonly Attachment[], parties: Party[]): DraftView {
  const { mode, chosen } = recipientsOf(draft.kind, draft.recipients, parties)
  return {
    kind: draft.kind,
    html: draft.bodyHtml,
    revision: draft.revision,
    savedAt: draft.updatedAt.toISOString(),
    mode,
    chosen,
    attachments: files
      .filter((file) => file.ownerId === draft.id && !draft.bodyHtml.includes(`/files/${file.id}/`))
      .map(drawFile),
  }
}

function recipientsOf(kind: Draft['kind'], kept: unknown, parties: Party[]): { mode: RecipientMode; chosen: string[] } {
  const value = (kept ?? {}) as { mode?: string; chosen?: unknown; to?: Party[]; cc?: Party[] }
  const went = [...(value.to ?? []), ...(value.cc ?? [])].map((party) => party.address)
  if (kind === 'forward') return { mode: 'chosen', chosen: Array.isArray(value.chosen) ? value.chosen.map(String) : went }
  if (value.mode === 'all' || value.mode === 'requester' || value.mode === 'chosen') {
    return { mode: value.mode, chosen: Array.isArray(value.chosen) ? value.chosen.map(String) : [] }
  }
  if (went.length === 0 || (went.length === parties.length && parties.every((party) => went.includes(party.address)))) {
    return { mode: 'all', chosen: [] }
  }
  if (went.length === 1 && went[0] === parties[0]?.address) return { mode: 'requester', chosen: [] }
  return { mode: 'chosen', chosen: went }
}
