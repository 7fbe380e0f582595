import { z } from 'zod'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { accessTicket, factsOf, type TicketRef } from './ticket-access.ts'
import { ticketAssigned } from './ticket-events.ts'
import { saveTicket, type Ticket } from './ticket-store.ts'
import { undoFields } from './undo-data.ts'

export const AssignInput = z.object({
  /** An agent, null for nobody; left out: stays. */
  agent: z.number().int().nullable().optional(),
  team: z.number().int().nullable().optional(),
})

/** Gives a ticket to an agent, a team, both or nobody; to oneself is a claim. Errors: NotFound, Forbidden, Invalid at /agent or /team. */
export async function assignTicket(ctx: Context, ref: TicketRef, input: z.input<typeof AssignInput>): Promise<Ticket> {
  const given = parseInput(AssignInput, input)
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.assign')
    const next = {
      ...ticket,
      assigneeId: given.agent === undefined ? ticket.assigneeId : given.agent,
      teamId: given.team === undefined ? ticket.teamId : given.team,
    }
    const directory = await readDirectory(ctx)
    if (given.agent != null) {
      const facts = await agentFacts(ctx, given.agent)
      // Whoever gets a ticket must be able to answer or at least note on one; being assigned then shows it to them.
      if (!facts || !agentActor(facts).may('ticket.note')) throw invalid('/agent', 'unknownChoice')
    }
    if (given.team != null && !directory.teams.some((team) => team.id === given.team && !team.isArchived))
      throw invalid('/team', 'unknownChoice')
    if (next.assigneeId === ticket.assigneeId && next.teamId === ticket.teamId) return ticket
    const saved = await saveTicket(ctx, ticket, next)
    // Who had it may see it no longer: their lists must learn that too.
    afterCommit(ctx, () =>
      ctx.live.tell({
        id: 0,
        verb: ticketAssigned.verb,
        subject: { kind: 'ticket', id: ticket.id },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
    await emit(
      ctx,
      ticketAssigned({
        subject: { kind: 'ticket', id: ticket.id },
        data: {
          from: { agent: ticket.assigneeId, team: ticket.teamId },
          to: { agent: saved.assigneeId, team: saved.teamId },
          claimed: saved.assigneeId !== null && saved.assigneeId === ctx.actor.id,
          undo: undoFields(ticket, saved),
        },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** "Assign to me". Errors: NotFound, Forbidden. */
export const claimTicket = (ctx: Context, ref: TicketRef): Promise<Ticket> => assignTicket(ctx, ref, { agent: ctx.actor.id })
