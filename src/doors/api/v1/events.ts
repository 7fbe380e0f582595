import { z } from 'zod'
import { readCursor, writeCursor } from '#core/page.ts'
import { findTicketEvents } from '#tickets/find-events.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText } from '../public-id.ts'
import { pageQuery } from './shapes.ts'

const EventShape = z.object({
  id: idText('event'),
  at: z.iso.datetime(),
  verb: z.string(),
  actor: z.object({ kind: z.string(), agent: idText('agent').nullable() }),
  ticket: idText('ticket'),
})

const list = endpoint(
  {
    method: 'GET',
    path: '/events',
    summary:
      'What happened to the tickets the token may read, oldest first; `next` is always there and continues from here later',
    tag: 'Events',
    scope: 'tickets:read',
    query: pageQuery,
    answer: z.object({ data: z.array(EventShape), next: z.string() }),
  },
  async ({ ctx, ids, query }) => {
    const after = query.cursor ? ids.read('event', String(readCursor(query.cursor, 1)[0])) : 0
    const { events, until } = await findTicketEvents(ctx, { after, limit: query.limit })
    return {
      data: events.map((event) => ({
        id: ids.write('event', event.id),
        at: event.at.toISOString(),
        verb: event.verb,
        actor: {
          kind: event.actor.kind,
          agent: event.actor.kind === 'agent' || event.actor.kind === 'token' ? ids.write('agent', event.actor.id) : null,
        },
        ticket: ids.write('ticket', event.ticket),
      })),
      next: writeCursor([ids.write('event', until)]),
    }
  },
)

export const eventEndpoints: readonly Endpoint[] = [list]
