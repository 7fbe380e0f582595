import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, isAppError } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import type { NewAttachment } from '#files/attachments.ts'
import { keepPhone } from '#people/end-users.ts'
import { addNote } from './add-note.ts'
import { OpenTicketInput, openTicket } from './open-ticket.ts'
import { replyToTicket } from './reply.ts'
import type { Ticket } from './ticket-store.ts'

export const OpenForCustomerInput = OpenTicketInput.pick({
  requester: true,
  subject: true,
  message: true,
  topic: true,
  department: true,
  priority: true,
  assignee: true,
}).extend({
  /** The number the customer rang from; kept with the person. */
  phone: z.string().trim().max(40).default(''),
  source: z.enum(['phone', 'agent', 'email', 'web']).default('phone'),
  /** Whose words the message is in: the customer's, or the agent's own. */
  writtenBy: z.enum(['customer', 'agent']).default('customer'),
  /** What the agent says at once: an answer to the customer, or a note. */
  first: z
    .object({ kind: z.enum(['reply', 'note']), body: z.string().trim().max(200_000) })
    .nullable()
    .default(null),
  /** Send the mail "Opened for you". A first reply tells the customer already, so no second mail is sent beside it. */
  tell: z.boolean().default(true),
})

/**
 * An agent opens a ticket for somebody on the telephone or at the counter: the person, the ticket, and a first answer or note, all
 * or nothing. Errors: Forbidden, Invalid with pointers of the input.
 */
export async function openForCustomer(
  ctx: Context,
  input: z.input<typeof OpenForCustomerInput>,
  files: readonly NewAttachment[] = [],
): Promise<Ticket> {
  const { phone, source, writtenBy, first, tell, ...asked } = parseInput(OpenForCustomerInput, input)
  const said = first !== null && first.body !== '' ? first : null
  return transact(ctx, async (ctx) => {
    const ticket = await openTicket(
      ctx,
      { ...asked, autorespond: tell && said?.kind !== 'reply' },
      { channel: source, files, inOwnName: writtenBy === 'agent' },
    )
    if (phone) await keepPhone(ctx, ticket.requesterId, phone)
    if (said === null) return ticket
    const written = { body: said.body, format: 'text' as const }
    try {
      if (said.kind === 'reply') await replyToTicket(ctx, { id: ticket.id }, { ...written, to: 'requester' })
      else await addNote(ctx, { id: ticket.id }, written)
    } catch (error) {
      throw atFirst(error)
    }
    return ticket
  })
}

/** The reply's own body is the field of the first words here. */
function atFirst(error: unknown): unknown {
  if (!isAppError(error) || error.code !== 'invalid') return error
  const problems = error.problems.map((one) => (one.pointer === '/body' ? { ...one, pointer: '/first/body' } : one))
  return new AppError('invalid', error.key, { problems })
}
