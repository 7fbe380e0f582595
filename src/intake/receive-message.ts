import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { formContact } from '#channels/email/contact-form.ts'
import type { ReadMail } from '#channels/email/packed-mail.ts'
import { contactOf, type Screening, screenMail } from '#channels/email/screen-mail.ts'
import { findBounced } from '#channels/find-bounced.ts'
import {
  beginInbound,
  dropReceiveJob,
  type InboundMessage,
  loadInbound,
  mailFingerprint,
  markDuplicate,
  markParked,
  markPosted,
  markSkipped,
} from '#channels/inbound-messages.ts'
import { judgeSender } from '#channels/judge-sender.ts'
import { loopToken, mailKey, osticketSalt, ownMessageId } from '#channels/mail-keys.ts'
import { mailParser } from '#channels/mail-parser.ts'
import { activeMailbox, activeMailboxes, isOwnAddress } from '#channels/mailboxes.ts'
import { noteBounce } from '#channels/note-bounce.ts'
import { actingAs, type Context } from '#core/context.ts'
import { transact } from '#core/transact.ts'
import { storeFiles } from '#files/attachments.ts'
import { blobs } from '#files/blob-store.ts'
import { translatorFor } from '#i18n/messages.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { countBanHit } from '#people/bans.ts'
import { clearUndeliverable } from '#people/dead-addresses.ts'
import { type AgentCard, findAgentByEmail, readDirectory } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import type { FilterTrace } from '#routing/filters.ts'
import { readSettings } from '#settings/settings.ts'
import { firstEntryOf } from '#threads/entries.ts'
import { decideLanding, type LandingDecision } from '#threads/landing.ts'
import { chooseMatch, type ThreadMatch, threadCandidates } from '#threads/match-thread.ts'
import { addNote } from '#tickets/add-note.ts'
import { takeCopies } from '#tickets/copies.ts'
import { takeMessage } from '#tickets/customer-message.ts'
import { type TicketForMail, ticketsForMail } from '#tickets/find-for-mail.ts'
import { referTicket } from '#tickets/referrals.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { takeThirdPartyMessage } from '#tickets/third-party-message.ts'
import { mayTicket, seeTicket } from '#tickets/ticket-access.ts'
import { threadStateFor } from '#tickets/ticket-rules.ts'
import { copiedPeople } from './copies.ts'
import { doubtsOf } from './doubts.ts'
import { addToSameTicket, filterMail } from './filtered.ts'
import { noticeLines, withNotices } from './notice-lines.ts'
import { agentForward, openFromMail } from './open-from-mail.ts'
import { isProven, type Reading, recipientsOf } from './reading.ts'
import { cameThroughOutsider, outsideOf } from './third-party.ts'

/** A report about a message of ours that belongs to no ticket, or does not say to which. */
const FAILED: LandingDecision = { landing: 'note_failure', reason: 'delivery_failed' }
/** Defects after which a reader should have the mail as it came beside what could be read. */
const KEEP_ORIGINAL = new Set([
  'too_large',
  'too_many_parts',
  'too_deep',
  'too_many_headers',
  'header_too_large',
  'decoded_too_large',
  'text_cut',
  'missing_boundary',
  'took_too_long',
  'out_of_memory',
  'parser_failed',
])

export interface ReceiveOptions {
  /** A person took it out of suspension: it is posted whatever the verdict was. */
  take?: boolean
  /** No further try comes: what still fails is parked with its reason instead of staying in the queue. */
  lastTry?: boolean
  /** What is known of the message without asking, because this process stored it a moment ago; its waiting job goes with it. */
  stored?: InboundMessage
}

/**
 * Reads one stored message and gives it its place: an entry of a thread, a new ticket, a mark on a delivery, or a place among the
 * suspended with a named cause. Runs as the system, any number of times: the second time it finds the first one's answer.
 */
export async function receiveMessage(ctx: Context, id: number, options: ReceiveOptions = {}): Promise<{ ticket: number | null }> {
  const inbound = options.stored ?? (await loadInbound(ctx, id))
  if (!inbound) return { ticket: null }
  if (inbound.state !== 'received') return { ticket: inbound.ticket }
  try {
    const raw = await ctx.slots.use(blobs).read(inbound.blob)
    const mail = await ctx.slots.use(mailParser).parse(raw)
    return await place(ctx, inbound, mail, raw, options)
  } catch (error) {
    if (!options.lastTry) throw error
    ctx.log.error({ inbound: id, err: error }, 'a mail could not be posted and was suspended')
    await transact(ctx, async (ctx) => {
      if (await beginInbound(ctx, id, null))
        await markParked(ctx, id, {
          reason: { key: 'could_not_post', params: { problem: (error as Error).message.slice(0, 200) } },
        })
    })
    return { ticket: null }
  }
}

async function place(
  ctx: Context,
  inbound: InboundMessage,
  mail: ReadMail,
  raw: Buffer,
  options: ReceiveOptions,
): Promise<{ ticket: number | null }> {
  const settings = await readSettings(ctx)
  const mailboxes = await activeMailboxes(ctx)
  const ownAddresses = mailboxes.map((mailbox) => mailbox.address)
  const isOwnMessageId = (messageId: string): boolean => ownMessageId(ctx, messageId) !== null
  const ownLoopToken = loopToken(ctx)
  const form = formContact(mail, { formSenders: settings['mail.formSenders'], ownAddresses, isOwnMessageId, ownLoopToken })
  const screened = screenMail(mail, { ownAddresses, envelopeSender: inbound.envelope.from, isOwnMessageId, ownLoopToken })
  // A form's mail says that a program sent it, and yet somebody asks and waits for an answer.
  const screening: Screening =
    form && screened.kind !== 'bounce' && screened.kind !== 'report'
      ? { ...screened, kind: 'message', automatic: false, mayAutoRespond: !screened.spamFlagged, reason: null }
      : screened
  const contact = form ?? contactOf(mail, { ownAddresses })
  // Name servers are asked here, before the transaction, and never inside one.
  const verdict = await judgeSender(ctx, { raw, mail, envelope: inbound.envelope, contact })
  const isOurs = contact !== null && (await isOwnAddress(ctx, contact.address))
  const sender = contact && !isOurs && isAddress(contact.address) ? contact : null
  const { cut } = mail
  const files = await storeFiles(
    ctx,
    mail.attachments
      .filter((file) => file.size <= ctx.site.limits.fileBytes)
      .map((file) => ({
        name: file.name,
        contentType: file.contentType,
        content: file.content,
        contentId: file.contentId,
        isInline: file.inline,
      })),
  )
  if (mail.defects.some((defect) => KEEP_ORIGINAL.has(defect.code)) || files.length < mail.attachments.length) {
    files.push({ blob: inbound.blob, name: 'original.eml', contentType: 'message/rfc822', size: inbound.size })
  }
  const changed = cut.hasQuote || cut.hasSignature
  const read: Reading = {
    inbound,
    mail,
    screening,
    verdict,
    settings,
    sender,
    files,
    body: withNotices(
      {
        text: mail.text,
        html: mail.html,
        visibleText: changed ? cut.visibleText : null,
        visibleHtml: changed ? cut.visibleHtml : null,
      },
      noticeLines(translatorFor(settings['desk.locale'], settings['desk.timeZone']), mail.notices),
    ),
    fingerprint: mailFingerprint(mail),
    isTaken: options.take === true,
  }
  const candidates = threadCandidates(mail, {
    signingKey: mailKey(ctx),
    envelopeRecipients: inbound.envelope.to,
    osticketSalt: osticketSalt(ctx, settings['mail.osticketSaltSealed']),
    reportedId: screening.bounce?.originalMessageId ?? null,
  })
  const doubts = await doubtsOf(ctx, {
    mail,
    screening,
    verdict: verdict.verdict,
    sender,
    envelope: inbound.envelope,
    take: options.take === true,
  })

  return transact(ctx, async (ctx) => {
    const begun = await beginInbound(ctx, inbound.id, read.fingerprint)
    if (!begun) return { ticket: (await loadInbound(ctx, inbound.id))?.ticket ?? null }
    if (options.stored) await dropReceiveJob(ctx, inbound.id)
    const found = await ticketsForMail(ctx, candidates)
    const match = chooseMatch(candidates, found, mail.from?.address ?? '')
    const ticket = match.thread ? (found.tickets.get(match.thread.ticket) ?? null) : null
    const agent = sender && match.kind !== 'none' ? await findAgentByEmail(ctx, mail.from?.address ?? '') : null

    const bounced = screening.bounce ? await findBounced(ctx, screening.bounce, mail, inbound.envelope.to) : null
    const outside = ticket ? await outsideOf(ctx, mail, inbound.envelope, ticket) : null
    const decision = decideLanding({
      match: match.kind,
      isParty: match.isParty || outside === 'third_party',
      verdict: verdict.verdict,
      kind: screening.kind,
      ...doubts.facts,
      throughOutsider:
        ticket !== null && outside === null && !match.isMadeForSender && cameThroughOutsider(ctx, mail, inbound.envelope, ticket),
      duplicate: begun.duplicateOf !== null,
      hasSender: sender !== null,
      thread:
        ticket === null
          ? null
          : ticket.isDeleted
            ? 'deleted'
            : threadStateFor({ state: ticket.state, closedAt: ticket.closedAt }, ctx.clock.now(), settings),
    })
    const taken =
      options.take && ['quarantine', 'skip', 'new'].includes(decision.landing) && sender && !begun.duplicateOf
        ? ({ landing: 'new', reason: 'taken_by_person' } as LandingDecision)
        : decision
    if (taken.reason === 'banned' && doubts.ban !== null) await countBanHit(ctx, doubts.ban)
    const named: LandingDecision = isOurs && taken.reason === 'no_sender' ? { ...taken, reason: 'own_address' } : taken
    return land(
      ctx,
      read,
      bounced && named.reason === 'delivery_failed_unknown' ? FAILED : named,
      match,
      ticket,
      agent,
      outside !== null,
      bounced,
      begun.duplicateOf,
    )
  })
}

async function land(
  ctx: Context,
  read: Reading,
  decision: LandingDecision,
  match: ThreadMatch,
  ticket: TicketForMail | null,
  agent: AgentCard | null,
  isOutside: boolean,
  bounced: string | null,
  duplicateOf: { ticket: number | null; entry: number | null } | null,
): Promise<{ ticket: number | null }> {
  const { inbound, mail, verdict, fingerprint } = read
  const about = {
    reason: { key: decision.reason, params: { match: match.kind, ...(ticket ? { number: ticket.number } : {}) } },
    verdict: verdict.verdict,
    verdictReason: { key: verdict.reason, domain: verdict.domain },
    mail,
    fingerprint,
  }
  if (duplicateOf) {
    await referDuplicate(ctx, read, duplicateOf)
    await markDuplicate(ctx, inbound.id, { ...about, ticket: duplicateOf.ticket, entry: duplicateOf.entry })
    return { ticket: duplicateOf.ticket }
  }
  switch (decision.landing) {
    case 'skip':
      await markSkipped(ctx, inbound.id, { ...about, ticket: ticket?.ticket ?? null })
      return { ticket: ticket?.ticket ?? null }
    case 'quarantine':
      await markParked(ctx, inbound.id, { ...about, ticket: ticket?.ticket ?? null })
      return { ticket: null }
    case 'note_failure': {
      const noted = read.screening.bounce
        ? await noteBounce(ctx, {
            ...read.screening.bounce,
            originalMessageId: bounced ?? read.screening.bounce.originalMessageId,
          })
        : null
      await markSkipped(ctx, inbound.id, {
        ...about,
        ticket: noted?.ticket ?? ticket?.ticket ?? null,
        entry: noted?.entry ?? null,
      })
      return { ticket: noted?.ticket ?? ticket?.ticket ?? null }
    }
    case 'append':
    case 'append_flagged': {
      if (mail.from) await clearUndeliverable(ctx, mail.from.address)
      if (isOutside) {
        const entry = await postThirdPartyMail(ctx, read, ticket!, decision)
        const reason = { ...about.reason, key: 'third_party' as const }
        await markPosted(ctx, inbound.id, { ...about, reason, ticket: ticket!.ticket, entry })
        return { ticket: ticket!.ticket }
      }
      const posted =
        agent && ticket && normalAddress(ticket.requester) !== agent.email
          ? await postAgentMail(ctx, read, ticket, agent, match)
          : await postCustomerMail(ctx, read, ticket!, decision, match)
      await markPosted(ctx, inbound.id, { ...about, ticket: ticket!.ticket, entry: posted })
      return { ticket: ticket!.ticket }
    }
    case 'new':
    case 'new_linked': {
      if (mail.from) await clearUndeliverable(ctx, mail.from.address)
      const forward = match.kind === 'none' ? await agentForward(ctx, read) : null
      const filtered = forward ? null : await filterMail(ctx, read)
      const by = (has: (set: FilterTrace['set']) => boolean): string =>
        filtered?.trace.findLast((one) => has(one.set))?.name ?? ''
      if (filtered?.set.suspend && !read.isTaken) {
        const params = { filter: by((set) => set.suspend != null), cause: filtered.set.suspend }
        await markParked(ctx, inbound.id, { ...about, reason: { key: 'filtered', params } })
        return { ticket: null }
      }
      if (filtered?.set.sameTicketMinutes && decision.landing === 'new') {
        const added = await addToSameTicket(ctx, read, filtered.set.sameTicketMinutes)
        if (added) {
          const params = { filter: by((set) => set.sameTicketMinutes != null) }
          await markPosted(ctx, inbound.id, { ...about, reason: { key: 'same_ticket', params }, ...added })
          return { ticket: added.ticket }
        }
      }
      const opened = await openFromMail(ctx, read, decision.landing === 'new_linked' ? ticket : null, forward, filtered)
      const reason = forward
        ? { key: 'forwarded_by_agent', params: { agent: forward.by.name, author: forward.mail.author.address } }
        : about.reason
      await markPosted(ctx, inbound.id, { ...about, reason, ticket: opened.ticket, entry: opened.entry })
      return { ticket: opened.ticket }
    }
  }
}

/** The second copy of a mail that opened a ticket, out of another department's mailbox: that department may see the ticket. */
async function referDuplicate(ctx: Context, read: Reading, of: { ticket: number | null; entry: number | null }): Promise<void> {
  const mailbox = read.inbound.mailbox === null ? null : await activeMailbox(ctx, read.inbound.mailbox)
  if (of.ticket === null || !mailbox) return
  const ticket = await seeTicket(ctx, { id: of.ticket }).catch(() => null)
  if (!ticket || ticket.departmentId === mailbox.department || (await firstEntryOf(ctx, ticket.threadId)) !== of.entry) return
  const { departments } = await readDirectory(ctx)
  if (departments.some((one) => one.id === mailbox.department && !one.isArchived))
    await referTicket(ctx, { id: ticket.id }, { department: mailbox.department })
}

async function postCustomerMail(
  ctx: Context,
  read: Reading,
  ticket: TicketForMail,
  decision: LandingDecision,
  match: ThreadMatch,
): Promise<number> {
  const { mail, verdict } = read
  const flagged = decision.landing === 'append_flagged'
  // A doubtful mail is shown under the address it came from, not under the one that it wants to be answered at.
  const shown = flagged && mail.from && isAddress(mail.from.address) ? mail.from : read.sender!
  const author = await findOrCreateEndUser(ctx, { address: shown.address, name: shown.name })
  const { entry, ticket: taken } = await takeMessage(ctx, ticket.ticket, {
    channel: 'email',
    author: { id: author.id, name: shown.name || author.name, address: normalAddress(shown.address) },
    body: read.body,
    files: read.files,
    recipients: recipientsOf(mail),
    verdict: verdict.verdict,
    isFlagged: flagged,
    inboundMessage: read.inbound.id,
    messageId: mail.messageId,
    moves: read.screening.kind === 'message',
  })
  // Whom a mail puts on copy gets every answer from then on: only somebody proven may do that.
  if (!flagged && read.screening.kind === 'message') {
    const people = await copiedPeople(ctx, mail, [ticket.requester, read.sender!.address, mail.from?.address ?? ''])
    if (people.length > 0) await takeCopies(ctx, taken, people, isProven(read) || match.isMadeForSender)
  }
  return entry
}

/** What somebody outside the ticket answers to a forward: theirs, and no customer's. Nobody of their copies joins the ticket. */
async function postThirdPartyMail(
  ctx: Context,
  read: Reading,
  ticket: TicketForMail,
  decision: LandingDecision,
): Promise<number> {
  const { mail, verdict } = read
  const shown = mail.from && isAddress(mail.from.address) ? mail.from : read.sender!
  const { entry } = await takeThirdPartyMessage(ctx, ticket.ticket, {
    channel: 'email',
    author: { id: null, name: shown.name || shown.address, address: normalAddress(shown.address) },
    body: read.body,
    files: read.files,
    recipients: recipientsOf(mail),
    verdict: verdict.verdict,
    isFlagged: decision.landing === 'append_flagged',
    inboundMessage: read.inbound.id,
    messageId: mail.messageId,
    moves: read.screening.kind === 'message',
  })
  return entry
}

/**
 * An agent answered by mail. Only a proven one acts as themselves: verified by their domain, or writing to the address that was
 * made for them. What is not proven is kept as an internal note that says so.
 */
async function postAgentMail(
  ctx: Context,
  read: Reading,
  ticket: TicketForMail,
  agent: AgentCard,
  match: ThreadMatch,
): Promise<number> {
  const { mail, verdict, settings } = read
  const proven =
    verdict.verdict === 'verified' || verdict.verdict === 'internal' || (match.isMadeForSender && verdict.verdict !== 'failed')
  const facts = proven ? await agentFacts(ctx, agent.id) : null
  const asAgent = facts ? actingAs(ctx, agentActor(facts)) : null
  const held = asAgent ? await seeTicket(asAgent, { id: ticket.ticket }).catch(() => null) : null
  const text = (read.body.visibleText ?? read.body.text).trim()
  const extras = { channel: 'email' as const, files: read.files, inboundMessage: read.inbound.id, messageId: mail.messageId }
  if (!asAgent || !held || !mayTicket(asAgent.actor, held, 'ticket.note')) {
    const t = translatorFor(settings['desk.locale'])
    const address = mail.from?.address ?? ''
    const warning = asAgent ? t('mail.agentMayNot', { address }) : t('mail.agentNotVerified', { address })
    return (await addNote(ctx, { id: ticket.ticket }, { body: `${warning}\n\n${text}`, format: 'text' }, extras)).entry
  }
  const directive = /^#(reply|note)\s*$/i.exec(text.split('\n', 1)[0]!.trim())?.[1]?.toLowerCase()
  const body = directive ? text.slice(text.indexOf('\n') + 1).trim() : text
  const isReply =
    (directive ?? settings['mail.agentAnswerIs']) === 'reply' &&
    (verdict.verdict === 'verified' || verdict.verdict === 'internal') &&
    mayTicket(asAgent.actor, held, 'ticket.reply')
  if (isReply && body) {
    const { entry } = await replyToTicket(
      asAgent,
      { id: ticket.ticket },
      { body, format: 'text', sendAnyway: true },
      { ...extras, undoSeconds: 0 },
    )
    return entry
  }
  return (await addNote(asAgent, { id: ticket.ticket }, { body: body || mail.subject, format: 'text' }, extras)).entry
}
