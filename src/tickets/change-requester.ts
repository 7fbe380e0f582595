import { z } from 'zod'
import { revokeTokens } from '#access/one-time-tokens.ts'
import { isOwnAddress } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { addCollaborators, removeCollaborator } from '#threads/collaborators.ts'
import { indexTicket } from './index-ticket.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { requesterChanged } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { differenceOf } from './undo-data.ts'

export const ChangeRequesterInput = z.object({
  email: z.string().trim().max(254),
  name: z.string().trim().max(120).optional(),
  /** What becomes of who asked until now: on copy, or off the ticket. */
  keepOnCopy: z.boolean(),
})

/**
 * Somebody else is who asks. Answers go to them from now on; who asked before stays on copy or sees it no longer, and then their
 * links open nothing. Errors: NotFound, Forbidden, Invalid at /email.
 */
export async function changeRequester(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof ChangeRequesterInput>,
): Promise<Ticket> {
  const given = parseInput(ChangeRequesterInput, input)
  const address = normalAddress(given.email)
  if (!isAddress(address)) throw invalid('/email', 'email')
  if (await isOwnAddress(ctx, address)) throw invalid('/email', 'ownAddress')
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.people')
    const person = await findOrCreateEndUser(ctx, { address, name: given.name || null })
    if (person.id === ticket.requesterId) throw invalid('/email', 'isRequester')
    const removed = (await removeCollaborator(ctx, ticket.threadId, person.id)) ? [person.id] : []
    const added = given.keepOnCopy ? await addCollaborators(ctx, ticket.threadId, [ticket.requesterId], 'agent') : []
    if (!given.keepOnCopy) await revokeTokens(ctx, 'ticket', { ticket: ticket.id, endUser: ticket.requesterId })
    const saved = await saveTicket(ctx, ticket, { ...ticket, requesterId: person.id })
    await indexTicket(ctx, saved)
    await emit(
      ctx,
      requesterChanged({
        subject: { kind: 'ticket', id: ticket.id },
        data: {
          from: ticket.requesterId,
          to: person.id,
          keptOnCopy: given.keepOnCopy,
          undo: { kind: 'fields', ...differenceOf(ticket, saved), copies: { added, removed } },
        },
        facts: factsOf(saved),
      }),
    )
    return saved
  })
}
