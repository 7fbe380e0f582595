import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'

/** A reply, a note, or a forward to somebody outside. */
export type DraftKind = 'response' | 'note' | 'forward'

/** What an agent is writing, kept on the server. One a ticket and kind, so drafts travel between devices. */
export interface Draft {
  id: number
  kind: DraftKind
  bodyHtml: string
  recipients: unknown
  /** Grows with each save: a save based on an older one is refused instead of overwriting what another window wrote. */
  revision: number
  updatedAt: Date
}

const MAX_DRAFT = 500_000

/** The caller has passed the thread's gate. `revision` is the one the writer has seen, 0 for a first save. Errors: Conflict, TooLarge. */
export async function writeDraft(
  ctx: Context,
  input: { agent: number; thread: number; kind: DraftKind; bodyHtml: string; recipients?: unknown; revision: number },
): Promise<{ id: number; revision: number; updatedAt: Date }> {
  if (input.bodyHtml.length > MAX_DRAFT) throw new AppError('too_large', 'draftTooLong')
  const now = ctx.clock.now()
  const recipients = input.recipients == null ? null : JSON.stringify(input.recipients)
  const { rows } = await sql<{
    id: number
    revision: number
  }>`insert into draft as d (agent_id, thread_id, kind, body_html, recipients, updated_at)
    select ${input.agent}::bigint, ${input.thread}::bigint, ${input.kind}, ${input.bodyHtml}, ${recipients}::jsonb, ${now}::timestamptz
    where ${input.revision} = 0
      or exists (select from draft k where k.agent_id = ${input.agent} and k.thread_id = ${input.thread} and k.kind = ${input.kind})
    on conflict (agent_id, thread_id, kind) do update set body_html = excluded.body_html, recipients = excluded.recipients,
      revision = d.revision + 1, updated_at = excluded.updated_at
    where d.revision = ${input.revision} or (${input.revision} = 0 and d.body_html = '')
    returning id, revision`.execute(ctx.db)
  const row = rows[0]
  if (!row) throw new AppError('conflict', 'draftChangedElsewhere')
  return { id: Number(row.id), revision: row.revision, updatedAt: now }
}

export async function readDrafts(ctx: Context, agent: number, thread: number): Promise<Draft[]> {
  const rows = await ctx.db
    .selectFrom('draft')
    .selectAll()
    .where('agent_id', '=', agent)
    .where('thread_id', '=', thread)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    bodyHtml: row.body_html,
    recipients: row.recipients,
    revision: row.revision,
    updatedAt: row.updated_at,
  }))
}

/** The draft when it is this agent's own, or null. */
export async function ownDraft(ctx: Context, id: number): Promise<{ id: number; threadId: number; kind: DraftKind } | null> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) return null
  const row = await ctx.db
    .selectFrom('draft')
    .select(['id', 'thread_id', 'kind'])
    .where('id', '=', id)
    .where('agent_id', '=', ctx.actor.id)
    .executeTakeFirst()
  return row ? { id: row.id, threadId: row.thread_id, kind: row.kind } : null
}

/** Posted or thrown away. */
export async function discardDraft(ctx: Context, agent: number, thread: number, kind: DraftKind): Promise<number | null> {
  const row = await ctx.db
    .deleteFrom('draft')
    .where('agent_id', '=', agent)
    .where('thread_id', '=', thread)
    .where('kind', '=', kind)
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** A withdrawn reply comes back as the draft it was, unless something newer is being written. */
export async function restoreDraft(
  ctx: Context,
  input: { agent: number; thread: number; kind: DraftKind; bodyHtml: string; recipients?: unknown },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`insert into draft as d (agent_id, thread_id, kind, body_html, recipients, updated_at)
    values (${input.agent}, ${input.thread}, ${input.kind}, ${input.bodyHtml}, ${input.recipients == null ? null : JSON.stringify(input.recipients)}::jsonb, ${ctx.clock.now()})
    on conflict (agent_id, thread_id, kind) do update set body_html = excluded.body_html || d.body_html, revision = d.revision + 1, updated_at = excluded.updated_at
    returning id`.execute(ctx.db)
  return Number(rows[0]!.id)
}

/**
 * Drafts go where their conversation goes: those of one thread to another, of these ids alone when they are named. Who is writing
 * there already keeps both where they are. Returns which went. The caller holds both owners.
 */
export async function moveDrafts(
  ctx: Context,
  from: number,
  to: number,
  only: readonly number[] | null = null,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`update draft d set thread_id = ${to}
    where d.thread_id = ${from} and (${only === null}::boolean or d.id = any(${[...(only ?? [])]}::bigint[]))
      and not exists (select from draft o where o.thread_id = ${to} and o.agent_id = d.agent_id and o.kind = d.kind)
    returning d.id`.execute(ctx.db)
  return rows.map((row) => Number(row.id))
}
