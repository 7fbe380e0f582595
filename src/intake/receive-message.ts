import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { headerOf, type InboundMail, type MailAddress } from '#channels/email/inbound-mail.ts'
import type { ReadMail } from '#channels/email/packed-mail.ts'
import { contactOf, type Screening, screenMail } from '#channels/email/screen-mail.ts'
import type { SenderVerdict } from '#channels/email/sender-verdict.ts'
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
import { activeMailboxes } from '#channels/mailboxes.ts'
import { noteBounce } from '#channels/note-bounce.ts'
import { actingAs, type Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { type NewAttachment, storeFiles } from '#files/attachments.ts'
import { blobs } from '#files/blob-store.ts'
import { translatorFor } from '#i18n/messages.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { countBanHit } from '#people/bans.ts'
import { clearUndeliverable } from '#people/dead-addresses.ts'
import { type AgentCard, findAgentByEmail } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { readSettings, type Settings } from '#settings/settings.ts'
import { addCollaborators } from '#threads/collaborators.ts'
import { decideLanding, type LandingDecision } from '#threads/landing.ts'
import { chooseMatch, type ThreadMatch, threadCandidates } from '#threads/match-thread.ts'
import { addNote } from '#tickets/add-note.ts'
import { takeMessage } from '#tickets/customer-message.ts'
import { type TicketForMail, ticketsForMail } from '#tickets/find-for-mail.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { factsOf, mayTicket, seeTicket } from '#tickets/ticket-access.ts'
import { copiesChanged } from '#tickets/ticket-events.ts'
import { threadStateFor } from '#tickets/ticket-rules.ts'
import { doubtsOf } from './doubts.ts'
import { noticeLines, withNotices } from './notice-lines.ts'

const DAY_MS = 86_400_000
const MAX_COPIES = 20
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
const NEVER_A_PERSON = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|undisclosed-recipients)(\+[^@]*)?@/i

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

interface Read {
  inbound: InboundMessage
  mail: InboundMail
  screening: Screening
  verdict: SenderVerdict
  settings: Settings
  sender: MailAddress | null
  files: NewAttachment[]
  body: { text: string; html: string | null; visibleText: string | null; visibleHtml: string | null }
  fingerprint: string | null
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
  const screening = screenMail(mail, {
    ownAddresses,
    envelopeSender: inbound.envelope.from,
    isOwnMessageId: (messageId) => ownMessageId(ctx, messageId) !== null,
    ownLoopToken: loopToken(ctx),
  })
  const contact = contactOf(mail, { ownAddresses })
  // Name servers are asked here, before the transaction, and never inside one.
  const verdict = await judgeSender(ctx, { raw, mail, envelope: inbound.envelope, contact })
  const sender = contact && isAddress(contact.address) ? contact : null
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
  const read: Read = {
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
  }
  const candidates = threadCandidates(mail, {
    signingKey: mailKey(ctx),
    envelopeRecipients: inbound.envelope.to,
    osticketSalt: osticketSalt(ctx, settings['mail.osticketSaltSealed']),
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

    const decision = decideLanding({
      match: match.kind,
      isParty: match.isParty,
      verdict: verdict.verdict,
      kind: screening.kind,
      ...doubts.facts,
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
    return land(ctx, read, taken, match, ticket, agent, begun.duplicateOf)
  })
}

async function land(
  ctx: Context,
  read: Read,
  decision: LandingDecision,
  match: ThreadMatch,
  ticket: TicketForMail | null,
  agent: AgentCard | null,
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
      const noted = read.screening.bounce ? await noteBounce(ctx, read.screening.bounce) : null
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
      const opened = await openFromMail(ctx, read, decision.landing === 'new_linked' ? ticket : null)
      await markPosted(ctx, inbound.id, { ...about, ticket: opened.ticket, entry: opened.entry })
      return { ticket: opened.ticket }
    }
  }
}

const recipientsOf = (mail: InboundMail) => ({ to: mail.to.slice(0, 100), cc: mail.cc.slice(0, 100) })

async function postCustomerMail(
  ctx: Context,
  read: Read,
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
  const proven = verdict.verdict === 'verified' || verdict.verdict === 'internal' || match.isMadeForSender
  if (!flagged && proven && read.screening.kind === 'message') {
    const added = await addCollaborators(ctx, ticket.thread, await copiesOf(ctx, read, ticket.requester), 'mail')
    if (added.length > 0) {
      await emit(
        ctx,
        copiesChanged({ subject: { kind: 'ticket', id: ticket.ticket }, data: { added, removed: [] }, facts: factsOf(taken) }),
      )
    }
  }
  return entry
}

/**
 * An agent answered by mail. Only a proven one acts as themselves: verified by their domain, or writing to the address that was
 * made for them. What is not proven is kept as an internal note that says so.
 */
async function postAgentMail(
  ctx: Context,
  read: Read,
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

async function openFromMail(
  ctx: Context,
  read: Read,
  continues: TicketForMail | null,
): Promise<{ ticket: number; entry: number }> {
  const { inbound, mail, screening, verdict, settings } = read
  const t = translatorFor(settings['desk.locale'])
  const sender = read.sender!
  const now = ctx.clock.now()
  const silent = inbound.envelope.silent === true
  const isFresh = !mail.date || now.getTime() - mail.date.getTime() < DAY_MS
  const copies = await copyAddresses(ctx, read, sender.address)
  const ticket = await openTicket(
    ctx,
    {
      requester: { email: sender.address, ...(sender.name ? { name: sender.name.slice(0, 120) } : {}) },
      subject: mail.subject.trim().slice(0, 255) || t('mail.noSubject'),
      message: mail.text.trim() || t('mail.noText'),
      copies: copies.map(({ address, name }) => ({ email: address, ...(name ? { name: name.slice(0, 120) } : {}) })),
      autorespond: screening.mayAutoRespond && isFresh && !silent && verdict.verdict !== 'failed',
      alert: !silent,
    },
    {
      channel: 'email',
      files: read.files,
      body: { ...read.body, text: read.body.text.trim() ? read.body.text : read.body.html ? read.body.text : t('mail.noText') },
      mailbox: inbound.mailbox,
      verdict: verdict.verdict,
      inboundMessage: inbound.id,
      messageId: mail.messageId,
      recipients: recipientsOf(mail),
      continues: continues?.ticket ?? null,
    },
  )
  return { ticket: ticket.id, entry: ticket.lastEntryId! }
}

/** People of To and Cc who are neither the requester nor ourselves nor a machine. */
async function copyAddresses(ctx: Context, read: Read, requester: string): Promise<MailAddress[]> {
  if (read.mail.to.length + read.mail.cc.length < 2 || headerOf(read.mail, 'list-id')) return []
  const own = new Set((await activeMailboxes(ctx)).map((mailbox) => mailbox.address))
  const seen = new Set([normalAddress(requester)])
  const found: MailAddress[] = []
  for (const person of [...read.mail.to, ...read.mail.cc]) {
    const address = normalAddress(person.address)
    const plain = address.replace(/\+[^@]*(?=@[^@]*$)/, '')
    if (seen.has(address) || !isAddress(address) || own.has(address) || own.has(plain) || NEVER_A_PERSON.test(address)) continue
    seen.add(address)
    if (await findAgentByEmail(ctx, address)) continue
    found.push({ address, name: person.name })
    if (found.length === MAX_COPIES) break
  }
  return found
}

async function copiesOf(ctx: Context, read: Read, requester: string): Promise<number[]> {
  const people = await copyAddresses(ctx, read, requester)
  const ids: number[] = []
  for (const person of people) {
    if (normalAddress(person.address) === normalAddress(read.sender!.address)) continue
    ids.push((await findOrCreateEndUser(ctx, person)).id)
  }
  return ids
}
