import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import type { BulkAct } from './bulk-act.ts'

export interface Refused {
  ticket: number
  /** In the `errors` catalogue. */
  key: string
  params: Record<string, string | number>
}

export interface BulkRun {
  id: number
  agent: number
  /** `undo` takes back the events that another run recorded. */
  act: BulkAct | { kind: 'undo'; run: number }
  targets: number[]
  position: number
  changed: number
  refused: Refused[]
  events: number[]
  createdAt: Date
  finishedAt: Date | null
}

export async function insertRun(ctx: Context, agent: number, act: BulkRun['act'], targets: readonly number[]): Promise<number> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ id: number }>`insert into bulk_run (agent_id, act, targets, created_at, finished_at)
    values (${agent}, ${JSON.stringify(act)}::jsonb, ${[...targets]}::bigint[], ${now}, ${targets.length === 0 ? now : null})
    returning id`.execute(ctx.db)
  return Number(rows[0]!.id)
}

export async function selectRun(ctx: Context, id: number, lock = false): Promise<BulkRun | null> {
  const { rows } = await sql<{
    id: number
    agent_id: number
    act: BulkRun['act']
    targets: string[]
    position: number
    changed: number
    refused: Refused[]
    events: string[]
    created_at: Date
    finished_at: Date | null
  }>`select id, agent_id, act, targets, position, changed, refused, events, created_at, finished_at from bulk_run where id = ${id} ${
    lock ? sql`for update` : sql``
  }`.execute(ctx.db)
  const row = rows[0]
  return row
    ? {
        id: Number(row.id),
        agent: Number(row.agent_id),
        act: row.act,
        targets: row.targets.map(Number),
        position: row.position,
        changed: row.changed,
        refused: row.refused,
        events: row.events.map(Number),
        createdAt: row.created_at,
        finishedAt: row.finished_at,
      }
    : null
}

export async function saveRun(ctx: Context, run: BulkRun): Promise<void> {
  await sql`update bulk_run set position = ${run.position}, changed = ${run.changed}, refused = ${JSON.stringify(run.refused)}::jsonb,
    events = ${run.events}::bigint[], finished_at = ${run.finishedAt} where id = ${run.id}`.execute(ctx.db)
}
