import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { readDirectory } from '#people/directory.ts'
import type { FoundThread, FoundThreads, ThreadCandidates } from '#threads/match-thread.ts'
import type { TicketState } from '#workflow/workflow.ts'

export interface TicketForMail extends FoundThread {
  state: TicketState
  closedAt: Date | null
  isDeleted: boolean
  requester: string
  /** Addresses of those it was forwarded to. */
  thirdParties: readonly string[]
}

/** The tickets that a mail may belong to, with who takes part in each, in one query. For the intake: runs as the system. */
export async function ticketsForMail(
  ctx: Context,
  candidates: ThreadCandidates,
): Promise<FoundThreads & { tickets: ReadonlyMap<number, TicketForMail> }> {
  const ids = [
    ...new Set([
      ...(candidates.signedAddress ? [candidates.signedAddress.ticket] : []),
      ...candidates.signedIds.map((id) => id.ticket),
      ...candidates.markers,
    ]),
  ].filter((id) => id > 0)
  const { knownIds, numbers, importedThreads: imported } = candidates
  const merged = await mergedTickets(ctx, ids)
  const byTicket = new Map<number, FoundThread>()
  const byMessageId = new Map<string, FoundThread>()
  const byNumber = new Map<string, FoundThread>()
  const byImported = new Map<number, FoundThread>()
  const tickets = new Map<number, TicketForMail>()
  const found = { byTicket, byMessageId, byNumber, byImported, tickets }
  if (ids.length === 0 && knownIds.length === 0 && numbers.length === 0 && imported.length === 0) return found

  const { rows } = await sql<{
    id: number
    thread: number
    number: string
    state: TicketState
    closed_at: Date | null
    deleted: boolean
    requester: string
    known: string[] | null
    aliases: string[] | null
    imported: number[] | null
    addresses: string[]
    third_parties: string[]
  }>`select t.id, t.thread_id as thread, t.number, t.state, t.closed_at, (t.deleted_at is not null or t.place = 'trash') as deleted, u.address as requester,
      (select array_agg(r.message_id) from message_reference r where r.thread_id = t.thread_id and r.message_id = any(${knownIds}::text[])) as known,
      (select array_agg(n.number) from ticket_number n where n.ticket_id = t.id and n.number = any(${numbers}::text[])) as aliases,
      (select array_agg(i.source_id) from imported_thread i where (i.thread_id = t.thread_id or i.thread_id = any(came.threads)) and i.source_id = any(${imported}::bigint[])) as imported,
      array(select a.address from end_user_address a where a.end_user_id = t.requester_id
        or a.end_user_id = any(came.requesters)
        union select a.address from collaborator c join end_user_address a on a.end_user_id = c.end_user_id where c.thread_id = t.thread_id and c.pending_at is null) as addresses,
      array(select p.address from third_party p where p.thread_id = t.thread_id
        or p.thread_id = any(came.threads)) as third_parties
    from (select unnest(${[...ids, ...merged.values()]}::bigint[]) as id
        union select k.id from ticket k where k.number = any(${numbers}::text[])
        union select n.ticket_id from ticket_number n where n.number = any(${numbers}::text[])
        union (with recursive up as (
            select k.id, k.merged_into_id from imported_thread i join ticket k on k.thread_id = i.thread_id
              where i.source = 'osticket' and i.source_id = any(${imported}::bigint[])
            union all select k.id, k.merged_into_id from ticket k join up on k.id = up.merged_into_id
          ) select id from up where merged_into_id is null)
        union select k.id from message_reference r join ticket k on k.thread_id = r.thread_id where r.message_id = any(${knownIds}::text[])) c
      join ticket t on t.id = c.id and t.merged_into_id is null join end_user u on u.id = t.requester_id
      cross join lateral (with recursive down as (
          select m.id, m.requester_id, m.thread_id from ticket m where m.merged_into_id = t.id
          union all select m.id, m.requester_id, m.thread_id from ticket m join down on m.merged_into_id = down.id
        ) select array_agg(requester_id) as requesters, array_agg(thread_id) as threads from down) came
    limit 60`.execute(ctx.db)

  const agents = (await readDirectory(ctx)).agents.filter((agent) => !agent.isArchived).map((agent) => agent.email)
  for (const row of rows) {
    const ticket: TicketForMail = {
      ticket: Number(row.id),
      thread: Number(row.thread),
      number: row.number,
      parties: [...row.addresses, ...agents],
      state: row.state,
      closedAt: row.closed_at,
      isDeleted: row.deleted,
      requester: row.requester,
      thirdParties: row.third_parties,
    }
    tickets.set(ticket.ticket, ticket)
    byTicket.set(ticket.ticket, ticket)
    for (const [from, into] of merged) if (into === ticket.ticket) byTicket.set(from, ticket)
    byNumber.set(row.number, ticket)
    for (const alias of row.aliases ?? []) byNumber.set(alias, ticket)
    for (const id of row.known ?? []) if (!byMessageId.has(id)) byMessageId.set(id, ticket)
    for (const id of row.imported ?? []) byImported.set(Number(id), ticket)
  }
  return found
}

/** Those of some tickets that were merged, and where each lives on. */
async function mergedTickets(ctx: Context, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ was: number; id: number }>`with recursive up as (
      select id as was, id, merged_into_id from ticket where id = any(${[...ids]}::bigint[]) and merged_into_id is not null
      union all select up.was, t.id, t.merged_into_id from ticket t join up on t.id = up.merged_into_id
    ) select was, id from up where merged_into_id is null`.execute(ctx.db)
  return new Map(rows.map((row) => [Number(row.was), Number(row.id)]))
}

/** The newest open ticket of a requester under a subject whose last message came since then; null when there is none. Runs as the system. */
export async function openTicketLike(
  ctx: Context,
  like: { address: string; subject: string; since: Date },
): Promise<number | null> {
  const row = await ctx.db
    .selectFrom('ticket')
    .innerJoin('end_user_address', 'end_user_address.end_user_id', 'ticket.requester_id')
    .select('ticket.id')
    .where('end_user_address.address', '=', like.address)
    .where(sql<boolean>`lower(ticket.subject) = lower(${like.subject.slice(0, 255)})`)
    .where('ticket.state', 'in', ['open', 'on_hold'])
    .where('ticket.place', '=', 'desk')
    .where('ticket.deleted_at', 'is', null)
    .where('ticket.merged_into_id', 'is', null)
    .where('ticket.last_message_at', '>=', like.since)
    .orderBy('ticket.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}
