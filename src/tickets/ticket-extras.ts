import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { readTags, type Tag } from '#workflow/tags.ts'
import { type LinkedTicket, linksOf } from './link.ts'
import type { Ticket } from './ticket-store.ts'

export interface TicketExtras {
  tags: Tag[]
  /** Agents who follow it. */
  followers: number[]
  links: LinkedTicket[]
  /** The actor was named in a note and has not answered. */
  mentioned: boolean
  /** Numbers of the tickets that were merged into this one, also through another, by the thread their entries were written in. */
  origins: Map<number, string>
}

/** What stands around a ticket, in one query; one more when it is tied to others. The caller has passed the gate. */
export async function extrasOf(ctx: Context, ticket: Ticket): Promise<TicketExtras> {
  const { rows } = await sql<{
    tags: number[]
    followers: number[]
    mentioned: boolean
    origins: Array<{ thread: number; number: string }>
    linked: boolean
  }>`with recursive down as (
      select id, thread_id, number from ticket where merged_into_id = ${ticket.id}
      union all select t.id, t.thread_id, t.number from ticket t join down on t.merged_into_id = down.id
    ) select
      coalesce((select json_agg(tag_id) from ticket_tag where ticket_id = ${ticket.id}), '[]') as tags,
      coalesce((select json_agg(agent_id order by since) from ticket_follower where ticket_id = ${ticket.id}), '[]') as followers,
      exists (select from ticket_mention where agent_id = ${ctx.actor.id ?? -1} and ticket_id = ${ticket.id} and done_at is null) as mentioned,
      coalesce((select json_agg(json_build_object('thread', thread_id, 'number', number)) from down), '[]') as origins,
      exists (select from ticket_link where ticket_id = ${ticket.id} or other_id = ${ticket.id})
        or exists (select from ticket where parent_id = ${ticket.id}) as linked`.execute(ctx.db)
  const found = rows[0]!
  return {
    tags: (await readTags(ctx)).filter((tag) => found.tags.includes(tag.id)),
    followers: found.followers,
    links: found.linked || ticket.parentId !== null ? await linksOf(ctx, ticket) : [],
    mentioned: found.mentioned,
    origins: new Map(found.origins.map((origin) => [origin.thread, origin.number])),
  }
}
