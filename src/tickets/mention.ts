import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { addFollowers } from './follow.ts'
import { mentionsIn } from './mentions-in.ts'
import { accessTicket, factsOf, mayTicket, type TicketRef } from './ticket-access.ts'
import { mentionDone, ticketMentioned } from './ticket-events.ts'
import type { Ticket } from './ticket-store.ts'

/**
 * Whom a note names. One who may not see the ticket is refused at the field, so that nobody waits for an answer that cannot come;
 * `lenient` leaves them out instead, for notes that must be kept whatever they say. Errors: Invalid at /body.
 */
export async function mentionedIn(ctx: Context, ticket: Ticket, text: string, lenient: boolean): Promise<number[]> {
  if (!text.includes('@')) return []
  const agents = (await readDirectory(ctx)).agents.filter((agent) => !agent.isArchived)
  const named: number[] = []
  for (const id of mentionsIn(text, agents)) {
    if (id === ctx.actor.id) continue
    const facts = await agentFacts(ctx, id)
    if (facts && mayTicket(agentActor(facts), ticket, 'ticket.view')) named.push(id)
    else if (!lenient) throw invalid('/body', 'mentionCannotSee', { name: agents.find((agent) => agent.id === id)?.name ?? '' })
  }
  return named
}

/** Keeps the mentions of a note; those who are named follow the ticket from now on. */
export async function recordMentions(ctx: Context, ticket: Ticket, entry: number, agents: readonly number[]): Promise<void> {
  if (agents.length === 0) return
  await ctx.db
    .insertInto('ticket_mention')
    .values(agents.map((agent) => ({ entry_id: entry, agent_id: agent, ticket_id: ticket.id, at: ctx.clock.now() })))
    .execute()
  await addFollowers(ctx, ticket.id, agents)
  await emit(
    ctx,
    ticketMentioned({
      subject: { kind: 'ticket', id: ticket.id },
      data: { ticket: ticket.id, entry, agents: [...agents] },
      facts: factsOf(ticket, { internal: true }),
    }),
  )
}

/** Whoever writes on a ticket has answered what they were asked there. Says whether anything was open. */
export async function answerMentions(ctx: Context, ticket: number): Promise<boolean> {
  if (ctx.actor.id === null || (ctx.actor.kind !== 'agent' && ctx.actor.kind !== 'token')) return false
  const rows = await ctx.db
    .updateTable('ticket_mention')
    .set({ done_at: ctx.clock.now() })
    .where('agent_id', '=', ctx.actor.id)
    .where('ticket_id', '=', ticket)
    .where('done_at', 'is', null)
    .returning('entry_id')
    .execute()
  return rows.length > 0
}

/** "Done with this mention": it leaves the actor's Mentions without an answer. Errors: NotFound, Forbidden (no agent). */
export async function dismissMention(ctx: Context, ref: TicketRef): Promise<void> {
  await transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, 'ticket.view')
    if (ctx.actor.id === null) throw forbidden()
    if (!(await answerMentions(ctx, ticket.id))) return
    await emit(
      ctx,
      mentionDone({
        subject: { kind: 'ticket', id: ticket.id },
        data: { agent: ctx.actor.id },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
  })
}
