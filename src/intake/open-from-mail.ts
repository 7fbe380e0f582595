import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { type ForwardedMail, forwardedMail } from '#channels/email/forwarded-mail.ts'
import { isOwnAddress, mailboxOfRecipient } from '#channels/mailboxes.ts'
import { actingAs, type Context } from '#core/context.ts'
import { translatorFor } from '#i18n/messages.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { type AgentCard, findAgentByEmail } from '#people/directory.ts'
import type { Filtered } from '#routing/filters.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { addCopy, takeCopies } from '#tickets/copies.ts'
import type { TicketForMail } from '#tickets/find-for-mail.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { mayTicket, seeTicket } from '#tickets/ticket-access.ts'
import { copiedPeople, copyAddresses } from './copies.ts'
import { isProven, type Reading, recipientsOf } from './reading.ts'

const DAY_MS = 86_400_000

export interface Forward {
  by: AgentCard
  mail: ForwardedMail
}

/**
 * What a proven agent forwarded by hand, when the desk opens such mail for whoever wrote it first. null when it is no forward, its
 * author is the desk or a colleague, or nothing proves the agent.
 */
export async function agentForward(ctx: Context, read: Reading): Promise<Forward | null> {
  const { mail, settings } = read
  if (settings['mail.agentForward'] !== 'original_sender' || !isProven(read) || !mail.from) return null
  const forwarded = forwardedMail(mail)
  if (!forwarded || !isAddress(forwarded.author.address)) return null
  const by = await findAgentByEmail(ctx, mail.from.address)
  if (!by || by.isArchived || (await isOwnAddress(ctx, forwarded.author.address))) return null
  return (await findAgentByEmail(ctx, forwarded.author.address)) ? null : { by, mail: forwarded }
}

/** Departments of our other addresses that the mail was sent to as well. */
async function otherDepartments(ctx: Context, read: Reading): Promise<number[]> {
  const addresses = [...read.inbound.envelope.to, ...[...read.mail.to, ...read.mail.cc].map((one) => one.address)]
  const found = new Set<number>()
  for (const address of new Set(addresses.map(normalAddress))) {
    const mailbox = await mailboxOfRecipient(ctx, address)
    if (mailbox && mailbox.id !== read.inbound.mailbox) found.add(mailbox.department)
  }
  return [...found]
}

/** Opens a ticket of a mail: for its sender, or for whoever wrote what an agent forwarded. Runs as the system. */
export async function openFromMail(
  ctx: Context,
  read: Reading,
  continues: TicketForMail | null,
  forward: Forward | null,
  filtered: Filtered | null,
): Promise<{ ticket: number; entry: number }> {
  const { inbound, mail, screening, verdict, settings } = read
  const t = translatorFor(settings['desk.locale'])
  const sender = forward ? forward.mail.author : read.sender!
  const silent = inbound.envelope.silent === true
  const isFresh = !mail.date || ctx.clock.now().getTime() - mail.date.getTime() < DAY_MS
  const except = [sender.address, ...(mail.from ? [mail.from.address] : [])]
  // Whoever is on copy gets every answer: an unproven mail could have them sent to anybody.
  const atOnce = settings['mail.copies'] === 'automatic' && !forward && isProven(read)
  const copies = atOnce ? await copyAddresses(ctx, mail, except) : []
  // The agent's own words above it are for colleagues; the customer is answered what the customer wrote.
  const passedOn = forward && (forward.mail.comment || !read.body.html) ? forward.mail.text : null
  const body =
    passedOn === null
      ? { ...read.body, text: read.body.text.trim() ? read.body.text : read.body.html ? read.body.text : t('mail.noText') }
      : { text: passedOn || t('mail.noText'), html: null, visibleText: null, visibleHtml: null }
  const ticket = await openTicket(
    ctx,
    {
      requester: { email: sender.address, ...(sender.name ? { name: sender.name.slice(0, 120) } : {}) },
      subject: (forward ? forward.mail.subject : mail.subject.trim()).slice(0, 255) || t('mail.noSubject'),
      message: body.text.trim() || t('mail.noText'),
      copies: copies.map(({ address, name }) => ({ email: address, ...(name ? { name: name.slice(0, 120) } : {}) })),
      autorespond: (forward !== null || screening.mayAutoRespond) && isFresh && !silent && verdict.verdict !== 'failed',
      alert: !silent,
    },
    {
      channel: 'email',
      files: read.files,
      body,
      mailbox: inbound.mailbox,
      // The check was of the agent's mail; whoever wrote first was checked by nobody here.
      verdict: forward ? 'not_verified' : verdict.verdict,
      inboundMessage: inbound.id,
      messageId: mail.messageId,
      recipients: recipientsOf(mail),
      continues: continues?.ticket ?? null,
      referTo: await otherDepartments(ctx, read),
      ...(filtered ? { filtered } : {}),
    },
  )
  if (!atOnce && !forward) await takeCopies(ctx, ticket, await copiedPeople(ctx, mail, except), false)
  if (forward) await afterForward(ctx, ticket.id, forward, settings['mail.forwarderBecomes'])
  return { ticket: ticket.id, entry: ticket.lastEntryId! }
}

/** The agent's comment as their note, and the agent as what the desk makes of those who forward. */
async function afterForward(
  ctx: Context,
  ticket: number,
  { by, mail }: Forward,
  becomes: Reading['settings']['mail.forwarderBecomes'],
): Promise<void> {
  const facts = await agentFacts(ctx, by.id)
  const asAgent = facts ? actingAs(ctx, agentActor(facts)) : null
  const held = asAgent ? await seeTicket(asAgent, { id: ticket }).catch(() => null) : null
  if (mail.comment) {
    const writes = asAgent && held && mayTicket(asAgent.actor, held, 'ticket.note') ? asAgent : ctx
    await addNote(writes, { id: ticket }, { body: mail.comment, format: 'text' }, { channel: 'email' })
  }
  if (becomes === 'assignee' && asAgent && held && mayTicket(asAgent.actor, held, 'ticket.note'))
    await assignTicket(ctx, { id: ticket }, { agent: by.id })
  if (becomes === 'collaborator') await addCopy(ctx, { id: ticket }, { email: by.email, name: by.name })
}
