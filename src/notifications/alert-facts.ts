import { sql } from 'kysely'
import { knownAgents } from '#access/agent-actors.ts'
import type { Context } from '#core/context.ts'
import type { EventFacts } from '#core/events.ts'
import { readDirectory } from '#people/directory.ts'
import { readEntry } from '#threads/entries.ts'
import { factsOf, maySeeTicket, type Ticket } from '#tickets/ticket-access.ts'
import type { AlertKind } from './alert-kinds.ts'
import { readAlertRules } from './alert-rules.ts'
import type { AlertFacts } from './plan-alerts.ts'

export interface AlertEvent {
  facts: EventFacts
  data: Record<string, unknown>
  actor: { kind: string; id: number | null }
  subject: { kind: string; id: number }
}

/** Mails of these kinds report on mail themselves, or go to agents: one that fails must not make another. */
const OWN_MAIL = new Set(['alert', 'notice', 'account'])

/** What can be known of an event from caches alone; who answered last, who follows and whom it names is left empty. */
export async function cachedFacts(ctx: Context, kind: AlertKind, event: AlertEvent): Promise<AlertFacts> {
  const { agents, departments, teams } = await readDirectory(ctx)
  const known = await knownAgents(ctx)
  const isTicket = event.subject.kind === 'ticket'
  const { department = null, assignee = null, team = null } = event.facts
  const ownTeam = teams.find((one) => one.id === team && !one.isArchived)
  return {
    kind,
    now: ctx.clock.now(),
    actor: event.actor,
    agents,
    rules: await readAlertRules(ctx),
    ticket: isTicket ? { department, topic: null, assignee, team } : null,
    members: department === null ? [] : known.membersOf(department),
    manager: departments.find((one) => one.id === department)?.managerId ?? null,
    team: ownTeam ? { members: ownTeam.members, lead: ownTeam.leadId } : null,
    lastRespondent: null,
    followers: [],
    concerned: kind === 'mentioned' ? numbers(event.data.agents) : kind === 'activity' ? numbers(event.data.mentions) : [],
    maySee: (id) => {
      const actor = known.actorOf(id)
      return actor !== null && (isTicket ? maySeeTicket(actor, event.facts) : actor.administrator)
    },
    neverByMail: OWN_MAIL.has(String(event.data.kind)),
  }
}

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [])

/** Everything: the ticket as it is now, and what only the database knows. */
export async function wholeFacts(ctx: Context, kind: AlertKind, event: AlertEvent, ticket: Ticket | null): Promise<AlertFacts> {
  const facts = ticket ? factsOf(ticket) : event.facts
  const base = await cachedFacts(ctx, kind, { ...event, facts })
  return {
    ...base,
    ticket: base.ticket && { ...base.ticket, topic: ticket?.helpTopicId ?? null },
    ...(await peopleOf(ctx, ticket)),
    concerned: kind === 'message_failed' || kind === 'message_held' ? await authorOf(ctx, event.data.entry) : base.concerned,
  }
}

/** Who answered last, and who follows, in one question. */
async function peopleOf(ctx: Context, ticket: Ticket | null): Promise<{ lastRespondent: number | null; followers: number[] }> {
  if (!ticket) return { lastRespondent: null, followers: [] }
  const { rows } = await sql<{ last: number | null; followers: number[] }>`select
      array(select agent_id from ticket_follower where ticket_id = ${ticket.id} order by since) as followers,
      (select author_id from thread_entry where thread_id = ${ticket.threadId} and kind = 'response' and author_kind = 'agent'
        and deleted_at is null and released_at is not null order by id desc limit 1) as last`.execute(ctx.db)
  return { lastRespondent: rows[0]!.last, followers: rows[0]!.followers.map(Number) }
}

async function authorOf(ctx: Context, entry: unknown): Promise<number[]> {
  if (typeof entry !== 'number') return []
  const author = (await readEntry(ctx, entry))?.author
  return author?.kind === 'agent' && author.id !== null ? [author.id] : []
}
