import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import { readSession } from '#access/sessions.ts'
import type { Actor } from '#core/actor.ts'
import type { Context } from '#core/context.ts'
import type { EventFacts } from '#core/events.ts'
import { type LiveEvent, LOST } from '#core/live.ts'
import { maySeeTicket } from '#tickets/ticket-access.ts'
import type { HttpEnv } from './http-types.ts'

const HEARTBEAT_MS = 20_000
/** A client that was away longer than this many events loads its page anew. */
const CATCH_UP = 500
/** A slow reader is closed when this many signs wait for it: it comes back and catches up by id. */
const BACKLOG = 1_000
/** After these the rights of an agent may be others: the stream ends, and the next one is opened with the new ones. */
const OWN_RIGHTS = new Set([
  'agent.changed',
  'agent.grants_changed',
  'agent.sessions_ended',
  'session.ended_everywhere',
  'password.changed',
])
/** These change the rights of many; after LOST nobody knows what was missed. */
const ALL_RIGHTS = new Set(['role.changed', 'team.changed', LOST])

const endsStream = (actor: Actor, event: LiveEvent): boolean =>
  ALL_RIGHTS.has(event.verb) || (OWN_RIGHTS.has(event.verb) && event.subject.kind === 'agent' && event.subject.id === actor.id)

/** The gate of the stream: events of tickets that the actor may see, that their own inbox changed, and nothing else. */
export const mayHear = (
  actor: Actor,
  event: { verb: string; subject: { kind: string; id: number }; facts: EventFacts },
): boolean =>
  (event.subject.kind === 'ticket' && maySeeTicket(actor, event.facts)) ||
  (event.verb === 'inbox.changed' && event.subject.kind === 'agent' && event.subject.id === actor.id && actor.kind === 'agent')

/** `/live`: one stream of server-sent events a browser. Each is a hint to fetch again, never content. */
export function openStream(c: HonoContext<HttpEnv>, ctx: Context, sessionToken: string): Response {
  const { actor } = ctx
  const after = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? 0)
  c.header('Cache-Control', 'no-store')
  c.header('X-Accel-Buffering', 'no')
  return streamSSE(c, async (stream) => {
    const waiting: LiveEvent[] = []
    let wake: (() => void) | null = null
    let ended = false
    const end = (): void => {
      ended = true
      wake?.()
    }
    const unsubscribe = ctx.live.subscribe((event) => {
      if (endsStream(actor, event)) return end()
      if (!mayHear(actor, event)) return
      waiting.push(event)
      if (waiting.length > BACKLOG) end()
      wake?.()
    })
    stream.onAbort(end)
    const write = async (event: {
      id: number
      verb: string
      subject: { kind: string; id: number }
      more?: Record<string, unknown>
    }): Promise<void> => {
      await stream.writeSSE({
        data: JSON.stringify({ ...event.more, id: event.id, verb: event.verb, subject: event.subject }),
        ...(event.id > 0 ? { id: String(event.id) } : {}),
      })
    }
    try {
      const newest = await ctx.db
        .selectFrom('event')
        .select((eb) => eb.fn.max('id').as('id'))
        .executeTakeFirst()
      if (Number.isSafeInteger(after) && after > 0) {
        const missed = await ctx.db
          .selectFrom('event')
          .select(['id', 'verb', 'subject_kind', 'subject_id', 'facts'])
          .where('id', '>', after)
          .where('subject_kind', '=', 'ticket')
          .orderBy('id')
          .limit(CATCH_UP)
          .execute()
        for (const row of missed) {
          const event = {
            id: row.id,
            verb: row.verb,
            subject: { kind: row.subject_kind, id: row.subject_id },
            facts: row.facts as EventFacts,
          }
          if (mayHear(actor, event)) await write(event)
        }
      }
      await write({ id: Number(newest?.id ?? 0), verb: 'live.hello', subject: { kind: 'live', id: 0 } })
      let checkedAt = performance.now()
      while (!ended) {
        // A session that was ended elsewhere ends its stream too, however busy the desk is.
        if (performance.now() - checkedAt > HEARTBEAT_MS) {
          checkedAt = performance.now()
          if (!(await readSession(ctx, sessionToken))) break
        }
        const event = waiting.shift()
        if (event) {
          await write(event)
          continue
        }
        const woken = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), HEARTBEAT_MS)
          wake = () => {
            clearTimeout(timer)
            resolve(true)
          }
        })
        wake = null
        if (woken || ended) continue
        await stream.write(': still here\n\n')
      }
    } finally {
      unsubscribe()
    }
  })
}
