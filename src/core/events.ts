import { type RawBuilder, sql } from 'kysely'
import type { Context } from './context.ts'
import { defineJob } from './jobs.ts'
import { defineService } from './slots.ts'
import { afterCommit, writeLater } from './transact.ts'

/** What the gate must know to tell whether someone may see an event, without a query. */
export interface EventFacts {
  department?: number | null
  assignee?: number | null
  team?: number | null
  requester?: number | null
  /** Departments that may see it beside its own. */
  shared?: readonly number[]
  /** End users on copy. */
  copies?: number[]
  /** Set when only agents may ever learn of it (notes, assignments). */
  internal?: boolean
}

export interface EventRecord {
  verb: string
  subject: { kind: string; id: number }
  /** Ids and values of no person: what changed, from and to. */
  data: Record<string, unknown>
  facts: EventFacts
  /** Personal values, kept in a side row that can be erased. */
  personal?: Record<string, unknown>
}

export interface StoredEvent extends EventRecord {
  id: number
  at: Date
  actor: { kind: string; id: number | null }
}

export interface EventType<D extends object> {
  readonly verb: string
  (event: { subject: { kind: string; id: number }; data: D; facts: EventFacts; personal?: Record<string, unknown> }): EventRecord
}

/** Events are in the past tense: `ticket.opened`. */
export function defineEvent<D extends object>(verb: string): EventType<D> {
  const make = (event: {
    subject: { kind: string; id: number }
    data: D
    facts: EventFacts
    personal?: Record<string, unknown>
  }): EventRecord => ({
    ...event,
    data: event.data as Record<string, unknown>,
    verb,
  })
  return Object.assign(make, { verb })
}

/** The one job an event enqueues; `doors/worker/reactions.ts` says what follows from it. */
export const react = defineJob<ReactPayload>('react')

export interface ReactPayload {
  event: number
  verb: string
  subject: { kind: string; id: number }
  data: Record<string, unknown>
  facts: EventFacts
  actor: { kind: string; id: number | null }
  /** Names of the reactions that have something to do. */
  reactions: string[]
}

/**
 * Which reactions an event has, decided from cached facts alone: an event from which nothing follows costs no job. The worker's
 * page of reactions provides it.
 */
export interface ReactionPlan {
  wanted(ctx: Context, event: EventRecord): Promise<string[]>
  /** What is written in the event's own statement because it needs no look at the database: inserts that read the event's id from `e`. */
  alongside?(ctx: Context, event: EventRecord): Promise<RawBuilder<unknown>[]>
}

export const reactionPlan = defineService<ReactionPlan>('reaction plan')

export interface EmitOptions {
  /** No reaction follows and no screen is told: imports, seeding. */
  silent?: boolean
}

/** Records what happened and enqueues its reactions, in the caller's transaction; tells open screens after commit. */
export async function emit(ctx: Context, event: EventRecord, options: EmitOptions = {}): Promise<void> {
  const at = ctx.clock.now()
  const data = JSON.stringify(event.data)
  const facts = JSON.stringify(event.facts)
  const inserted = sql`insert into event (at, actor_kind, actor_id, request_id, address, verb, subject_kind, subject_id, data, facts)
    values (${at}, ${ctx.actor.kind}, ${ctx.actor.id}, ${ctx.request?.id ?? null}, ${ctx.request?.address ?? null}, ${event.verb},
      ${event.subject.kind}, ${event.subject.id}, ${data}::jsonb, ${facts}::jsonb) returning id`
  const plan = ctx.slots.use(reactionPlan)
  const reactions = options.silent ? [] : await plan.wanted(ctx, event)
  const alongside = options.silent ? [] : ((await plan.alongside?.(ctx, event)) ?? [])
  const others = alongside.map((insert, index) => sql`, ${sql.raw(`o${index}`)} as (${insert})`)
  const personal = event.personal
    ? sql`, p as (insert into event_personal (event_id, personal) select id, ${JSON.stringify(event.personal)}::jsonb from e)`
    : sql``
  const job =
    reactions.length === 0
      ? sql``
      : sql`, graphile_worker.add_job('react', payload => json_build_object('event', e.id, 'verb', ${event.verb}::text, 'subject',
          json_build_object('kind', ${event.subject.kind}::text, 'id', ${event.subject.id}::bigint), 'data', ${data}::json, 'facts', ${facts}::json,
          'actor', json_build_object('kind', ${ctx.actor.kind}::text, 'id', ${ctx.actor.id}::bigint), 'reactions', ${JSON.stringify(reactions)}::json),
          max_attempts => ${react.maxAttempts}) is null as added`
  let id = 0
  await writeLater(
    ctx,
    sql<{ id: number }>`with e as (${inserted})${personal}${sql.join(others, sql``)} select e.id${job} from e`,
    (rows) => {
      id = Number(rows[0]!.id)
    },
  )
  if (!options.silent) afterCommit(ctx, () => ctx.live.tell({ id, verb: event.verb, subject: event.subject, facts: event.facts }))
}

/**
 * Takes words out of what is recorded about something that is erased: the personal rows of its events, and what stands at these paths
 * of their data, for a path with a verb in events of that verb alone. That it happened, when and by whom stays.
 */
export async function eraseEventWords(
  ctx: Context,
  subject: { kind: string; id: number },
  words: readonly { path: readonly string[]; verb?: string }[],
): Promise<void> {
  await sql`delete from event_personal where event_id in (
    select id from event where subject_kind = ${subject.kind} and subject_id = ${subject.id})`.execute(ctx.db)
  for (const { path, verb } of words)
    await sql`update event set data = data #- ${[...path]}::text[]
      where subject_kind = ${subject.kind} and subject_id = ${subject.id} and data #> ${[...path]}::text[] is not null
        and (${verb ?? null}::text is null or verb = ${verb ?? null})`.execute(ctx.db)
}
