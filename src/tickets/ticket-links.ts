import { z } from 'zod'
import { makeToken, type OneTimeToken, peekToken, revokeTokens } from '#access/one-time-tokens.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { defineJob, enqueue } from '#core/jobs.ts'
import { countAttempt, type Limit } from '#core/limits.ts'
import { transact } from '#core/transact.ts'
import { findEndUser, findEndUserByAddress } from '#people/end-users.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import { clientOf } from '#sign-in/limits.ts'
import { renderMail } from '#templates/render-mail.ts'
import { collaboratorsOf } from '#threads/collaborators.ts'
import { senderOf, ticketVariables } from './outgoing.ts'
import { accessTicket, mergedHere, seeTicket } from './ticket-access.ts'
import { linksRevoked } from './ticket-events.ts'
import type { Ticket } from './ticket-store.ts'

/** A link that opens one ticket for one person without an account: 30 days, revocable. The key is only in the mail. */
export async function ticketLink(ctx: Context, ticket: Pick<Ticket, 'id' | 'number'>, endUser: number): Promise<string> {
  const key = await makeToken(ctx, 'ticket', { ticket: ticket.id, endUser })
  return `${await publicAddress(ctx)}/tickets/${ticket.number}?key=${key}`
}

/** What a link's key opens, or null when it is unknown, revoked or too old. It is not spent. */
export async function readTicketKey(
  ctx: Context,
  key: string,
): Promise<(OneTimeToken & { ticketId: number; endUserId: number }) | null> {
  const found = await peekToken(ctx, 'ticket', key)
  return found?.ticketId != null && found.endUserId != null
    ? { ...found, ticketId: found.ticketId, endUserId: found.endUserId }
    : null
}

/** Takes back every link of a ticket, such as one that was forwarded to the wrong person. Errors: NotFound, Forbidden. */
export async function revokeTicketLinks(ctx: Context, number: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, { number }, 'ticket.people')
    // Those of tickets that were merged into it lead here as well.
    for (const id of [ticket.id, ...(await mergedHere(ctx, ticket.id))]) await revokeTokens(ctx, 'ticket', { ticket: id })
    await emit(
      ctx,
      linksRevoked({
        subject: { kind: 'ticket', id: ticket.id },
        data: {},
        facts: { department: ticket.departmentId, internal: true },
      }),
    )
  })
}

const mailsPerPerson: Limit = { name: 'ticket-link:account', max: 5, windowSeconds: 3600 }
const mailsPerClient: Limit = { name: 'ticket-link:address', max: 30, windowSeconds: 3600 }

/** The question is queued and answered the same whether or not number and address belong together. */
export const sendTicketLink = defineJob<{ number: string; address: string }>('send-ticket-link', { maxAttempts: 5 })

export const AskTicketLinkInput = z.object({
  number: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .transform((number) => number.replace(/^\[?#?|\]$/g, '')),
  email: z.string().trim().toLowerCase().min(1).max(254).pipe(z.email()),
})

/** "Send me a new link". Errors: TooMany, Invalid. */
export async function askForTicketLink(ctx: Context, input: z.output<typeof AskTicketLinkInput>): Promise<void> {
  await countAttempt(ctx, mailsPerClient, clientOf(ctx))
  await countAttempt(ctx, mailsPerPerson, input.email)
  await enqueue(ctx, sendTicketLink, { number: input.number, address: input.email })
}

/** The job behind it: mails a link to whoever asked for the ticket or is on copy of it, at the address we know them by. */
export async function mailTicketLink(asked: Context, { number, address }: { number: string; address: string }): Promise<void> {
  const ctx = actingAs(asked, systemActor)
  const person = await findEndUserByAddress(ctx, address)
  if (!person || person.isBlocked) return
  await transact(ctx, async (ctx) => {
    const ticket = await seeTicket(ctx, { number }).catch(() => null)
    if (ticket?.place !== 'desk') return
    const isParty =
      ticket.requesterId === person.id ||
      (await collaboratorsOf(ctx, ticket.threadId)).some((copy) => copy.endUserId === person.id)
    if (!isParty) return
    await queueLinkMail(ctx, ticket, person.id, address)
  })
}

async function queueLinkMail(ctx: Context, ticket: Ticket, endUser: number, address: string): Promise<void> {
  const person = await findEndUser(ctx, endUser)
  if (!person) throw notFound()
  const settings = await readSettings(ctx)
  const link = await ticketLink(ctx, ticket, endUser)
  const sender = await senderOf(ctx, ticket, address)
  const mail = await renderMail(
    ctx,
    'link',
    person.locale ?? settings['desk.locale'],
    {
      ...(await ticketVariables(ctx, ticket, person, { audience: 'customer', link })),
      link,
    },
    { department: ticket.departmentId },
  )
  await queueOutbound(ctx, {
    mailbox: sender.mailbox,
    kind: 'link',
    ticket: ticket.id,
    sendsAt: ctx.clock.now(),
    content: {
      from: sender.from,
      replyTo: sender.replyTo,
      to: [{ name: person.name, address }],
      cc: [],
      subject: mail.subject,
      inReplyTo: null,
      references: [],
      text: mail.text,
      html: mail.html,
      files: [],
      automatic: 'auto-replied',
    },
  })
}
