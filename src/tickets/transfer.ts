import { z } from 'zod'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { keepReferrals } from './referrals.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketAssigned, ticketTransferred } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

export const TransferInput = z.object({ department: z.number().int() })

/**
 * Hands a ticket to another department. An assignee who cannot work there lets it go, so that nothing waits with someone who
 * will not see it. Errors: NotFound, Forbidden, Invalid at /department.
 */
export async function transferTicket(ctx: Context, ref: TicketRef, input: z.input<typeof TransferInput>): Promise<Ticket> {
  const given = parseInput(TransferInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.transfer')
    const target = (await readDirectory(ctx)).departments.find(
      (department) => department.id === given.department && !department.isArchived,
    )
    if (!target) throw invalid('/department', 'unknownChoice')
    if (target.id === ticket.departmentId) return ticket
    let assigneeId = ticket.assigneeId
    if (assigneeId !== null) {
      const facts = await agentFacts(ctx, assigneeId)
      if (!facts || !agentActor(facts).may('ticket.note', { department: target.id })) assigneeId = null
    }
    const saved = await saveTicket(ctx, ticket, {
      ...ticket,
      departmentId: target.id,
      assigneeId,
      referredTo: ticket.referredTo.filter((department) => department !== target.id),
    })
    await keepReferrals(ctx, saved, ticket.referredTo)
    const subject = { kind: 'ticket', id: ticket.id }
    // Those who lose sight of it must learn that too, and only that.
    afterCommit(ctx, () =>
      ctx.live.tell({ id: 0, verb: ticketTransferred.verb, subject, facts: factsOf(ticket, { internal: true }) }),
    )
    await emit(
      ctx,
      ticketTransferred({
        subject,
        data: { from: ticket.departmentId, to: target.id, undo: undoFields(ticket, saved) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    if (assigneeId !== ticket.assigneeId) {
      await emit(
        ctx,
        ticketAssigned({
          subject,
          data: {
            from: { agent: ticket.assigneeId, team: ticket.teamId },
            to: { agent: null, team: ticket.teamId },
            claimed: false,
          },
          facts: factsOf(saved, { internal: true }),
        }),
      )
    }
    return saved
  })
}
