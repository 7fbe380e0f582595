import { z } from 'zod'
import { revokeTokens } from '#access/one-time-tokens.ts'
import { isOwnAddress } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'
import { invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { addCollaborators, namedCollaborators, proposeCollaborators, removeCollaborator } from '#threads/collaborators.ts'
import { accessTicket, factsOf, type Ticket, type TicketRef } from './ticket-access.ts'
import { copiesChanged } from './ticket-events.ts'

export const CopyInput = z.object({ email: z.string().trim().max(254), name: z.string().trim().max(120).optional() })

/** Puts a person on copy: they get the replies and may write. Errors: NotFound, Forbidden, Invalid at /email. */
export async function addCopy(ctx: Context, ref: TicketRef, input: z.input<typeof CopyInput>): Promise<void> {
  const given = parseInput(CopyInput, input)
  const address = normalAddress(given.email)
  if (!isAddress(address)) throw invalid('/email', 'email')
  if (await isOwnAddress(ctx, address)) throw invalid('/email', 'ownAddress')
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

/** Lets somebody on copy whom a mail named: from now on they get the replies. Somebody who is on copy stays. Errors: NotFound, Forbidden. */
export async function approveCopy(ctx: Context, ref: TicketRef, endUser: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.people')
    const { onCopy, proposed } = await namedCollaborators(ctx, ticket.threadId)
    if (onCopy.some((copy) => copy.endUserId === endUser)) return
    if (!proposed.some((copy) => copy.endUserId === endUser)) throw notFound()
    const added = await addCollaborators(ctx, ticket.threadId, [endUser], 'agent')
    await emit(
      ctx,
      copiesChanged({ subject: { kind: 'ticket', id: ticket.id }, data: { added, removed: [] }, facts: factsOf(ticket) }),
    )
  })
}

/**
 * Whom a mail named in To and Cc, by the desk's policy: on copy, waiting for approval, or left out. What is not proven can only
 * propose. For the intake, which holds the ticket; runs as the system.
 */
export async function takeCopies(ctx: Context, ticket: Ticket, endUsers: readonly number[], proven: boolean): Promise<void> {
  const policy = (await readSettings(ctx))['mail.copies']
  if (policy === 'never') return
  const at = proven && policy === 'automatic'
  const people = endUsers.filter((id) => id !== ticket.requesterId)
  const fresh = await (at ? addCollaborators : proposeCollaborators)(ctx, ticket.threadId, people, 'mail')
  if (fresh.length === 0) return
  await emit(
    ctx,
    copiesChanged({
      subject: { kind: 'ticket', id: ticket.id },
      data: at ? { added: fresh, removed: [] } : { added: [], removed: [], pending: fresh },
      facts: at ? factsOf(ticket) : factsOf(ticket, { internal: true }),
    }),
  )
}

/** Takes somebody off copy, or off the list of those who wait for it. Errors: NotFound, Forbidden. */
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
