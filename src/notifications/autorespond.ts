import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { emit, type ReactPayload } from '#core/events.ts'
import { once } from '#core/once.ts'
import { findAgent } from '#people/directory.ts'
import { readSettings } from '#settings/settings.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { collaboratorsOf } from '#threads/collaborators.ts'
import { lastMessage, readEntry, visibleText } from '#threads/entries.ts'
import { factsOf, seeTicket, type Ticket } from '#tickets/ticket-access.ts'
import { hadEnough, mailable, mailCustomer } from './customer-mails.ts'
import { overLimit } from './notification-events.ts'

/**
 * Confirms a new ticket to its requester: once an address in some minutes and a few times a day, never to machines or ourselves,
 * and to an unverified sender without a word of what they wrote (RFC 3834; a forged mail must not make us send its text on).
 * Who has too many open requests is told that once a day instead.
 */
export async function autoRespond(ctx: Context, event: ReactPayload): Promise<void> {
  const ticket = await ticketOf(ctx, event)
  if (!ticket) return
  const byAgent = event.data.byAgent === true
  if (!byAgent && (await tooMany(ctx, ticket))) return
  const person = await mailable(ctx, byAgent ? 'opened_for_you' : 'new_request', ticket, ticket.requesterId)
  if (!person || (await hadEnough(ctx, person.address))) return
  // Whoever fills in the form without signing in may type anybody's address, as whoever writes a mail may.
  const byStranger = ticket.channel === 'email' || event.actor.kind === 'guest'
  const verdict = event.data.verdict
  const proven = !byStranger || verdict === 'verified' || verdict === 'internal'
  const last = await lastMessage(ctx, ticket.threadId, { trusted: true })
  await mailCustomer(ctx, {
    template: byAgent ? 'opened_for_you' : proven ? 'new_request' : 'new_request_unverified',
    kind: 'autoresponse',
    ticket,
    person,
    variables: {
      message_html: last ? textAsHtml(visibleText(last).slice(0, 5_000)) : '',
      ...(byAgent ? await byWhom(ctx, event) : { agent: { name: last?.author.name ?? '' } }),
    },
  })
}

/** The ticket of an event. One that was erased or merged into another meanwhile is null: the other is not what these people asked. */
async function ticketOf(ctx: Context, event: ReactPayload): Promise<Ticket | null> {
  try {
    const ticket = await seeTicket(ctx, { id: event.subject.id })
    return ticket.id === event.subject.id ? ticket : null
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null
    throw error
  }
}

/** More open requests than the desk confirms: nothing is refused, but it is said once a day, and administrators are told. */
async function tooMany(ctx: Context, ticket: Ticket): Promise<boolean> {
  const limit = (await readSettings(ctx))['autoresponse.maxOpenRequests']
  if (limit === 0) return false
  const { open } = await ctx.db
    .selectFrom('ticket')
    .select((eb) => eb.fn.countAll<number>().as('open'))
    .where('requester_id', '=', ticket.requesterId)
    .where('state', 'in', ['open', 'on_hold'])
    .where('place', '=', 'desk')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (Number(open) <= limit) return false
  const day = ctx.clock.now().toISOString().slice(0, 10)
  await once(ctx, 'too-many', `${ticket.requesterId}:${day}`, async (ctx) => {
    await emit(
      ctx,
      overLimit({
        subject: { kind: 'ticket', id: ticket.id },
        data: { open: Number(open), limit },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
    const person = await mailable(ctx, 'too_many', ticket, ticket.requesterId)
    if (person)
      await mailCustomer(ctx, {
        template: 'too_many',
        kind: 'autoresponse',
        ticket,
        person,
        variables: { open_count: Number(open) },
      })
    return true
  })
  return true
}

/** Confirms a further message to whoever wrote it, when the desk does that: proven senders alone, within the same limits. */
export async function confirmMessage(ctx: Context, event: ReactPayload): Promise<void> {
  const entry = typeof event.data.entry === 'number' ? await readEntry(ctx, event.data.entry) : null
  if (entry?.author.kind !== 'user' || entry.author.id === null) return
  if (entry.channel === 'email' && entry.verdict !== 'verified' && entry.verdict !== 'internal') return
  const ticket = await ticketOf(ctx, event)
  if (ticket?.place !== 'desk') return
  const person = await mailable(ctx, 'new_message', ticket, entry.author.id)
  if (!person || (await hadEnough(ctx, person.address))) return
  await mailCustomer(ctx, { template: 'new_message', kind: 'autoresponse', ticket, person })
}

/** Tells the requester that an agent resolved their request, when the desk does that and no reply said so. */
export async function tellResolved(ctx: Context, event: ReactPayload): Promise<void> {
  const ticket = await ticketOf(ctx, event)
  if (ticket?.state !== 'resolved' || ticket.place !== 'desk') return
  const person = await mailable(ctx, 'resolved', ticket, ticket.requesterId)
  if (person)
    await mailCustomer(ctx, { template: 'resolved', kind: 'notice', ticket, person, variables: await byWhom(ctx, event) })
}

/** Reminds the requester that we wait for their answer. */
export async function remindCustomer(ctx: Context, event: ReactPayload): Promise<void> {
  const ticket = await ticketOf(ctx, event)
  // They may have answered since.
  if (ticket?.state !== 'on_hold' || ticket.waitingSince !== null || ticket.place !== 'desk') return
  const person = await mailable(ctx, null, ticket, ticket.requesterId)
  if (person) await mailCustomer(ctx, { template: 'reminder', kind: 'notice', ticket, person })
}

/** Tells whom an agent put on copy. */
export async function tellCopied(ctx: Context, event: ReactPayload): Promise<void> {
  const ticket = await ticketOf(ctx, event)
  if (ticket?.place !== 'desk') return
  const variables = await byWhom(ctx, event)
  // Who was taken off again meanwhile gets no link to it, nor who was on copy of a ticket that was merged into this one.
  const onCopy = new Set((await collaboratorsOf(ctx, ticket.threadId)).map((one) => one.endUserId))
  for (const id of (event.data.added ?? []) as number[]) {
    if (!onCopy.has(id)) continue
    const person = await mailable(ctx, 'copied', ticket, id)
    if (person) await mailCustomer(ctx, { template: 'copied', kind: 'notice', ticket, person, variables })
  }
}

async function byWhom(ctx: Context, event: ReactPayload): Promise<Record<string, unknown>> {
  const agent = event.actor.id === null ? null : await findAgent(ctx, event.actor.id)
  return { agent: { name: agent?.name ?? (await readSettings(ctx))['desk.name'] } }
}
