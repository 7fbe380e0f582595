import { z } from 'zod'
import { revokeTokens } from '#access/one-time-tokens.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { addCollaborators, removeCollaborator } from '#threads/collaborators.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { copiesChanged } from './ticket-events.ts'

export const CopyInput = z.object({ email: z.string().trim().max(254), name: z.string().trim().max(120).optional() })

/** Puts a person on copy: they get the replies and may write. Errors: NotFound, Forbidden, Invalid at /email. */
export async function addCopy(ctx: Context, ref: TicketRef, input: z.input<typeof CopyInput>): Promise<void> {
  const given = parseInput(CopyInput, input)
  const address = normalAddress(given.email)
  if (!isAddress(address)) throw invalid('/email', 'email')
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.people')
    const person = await findOrCreateEndUser(ctx, { address, name: given.name ?? null })
    if (person.id === ticket.requesterId) throw invalid('/email', 'isRequester')
    const added = await addCollaborators(ctx, ticket.threadId, [person.id], 'agent')
    if (added.length > 0)
      await emit(
        ctx,
        copiesChanged({ subject: { kind: 'ticket', id: ticket.id }, data: { added, removed: [] }, facts: factsOf(ticket) }),
      )
  })
}

/** Errors: NotFound, Forbidden. */
export async function removeCopy(ctx: Context, ref: TicketRef, endUser: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.people')
    if (await removeCollaborator(ctx, ticket.threadId, endUser)) {
      // A link in an old mail must open nothing to somebody who was taken off.
      await revokeTokens(ctx, 'ticket', { ticket: ticket.id, endUser })
      await emit(
        ctx,
        copiesChanged({
          subject: { kind: 'ticket', id: ticket.id },
          data: { added: [], removed: [endUser] },
          facts: factsOf(ticket),
        }),
      )
    }
  })
}
