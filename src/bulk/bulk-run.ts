import { sql } from 'kysely'
import { z } from 'zod'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, forbidden, invalid, isAppError, notFound } from '#core/errors.ts'
import { defineJob, enqueue } from '#core/jobs.ts'
import { parseInput } from '#core/parse.ts'
import { attempt, transact } from '#core/transact.ts'
import { queueFilter } from '#queues/queues.ts'
import { findTicketIds, readQuery, type TicketFilter } from '#tickets/find-tickets.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { lastUndoable, undoEvent } from '#tickets/undo.ts'
import { applyAct, BulkAct } from './bulk-act.ts'
import { type BulkRun, insertRun, type Refused, saveRun, selectRun } from './bulk-run-store.ts'

/** More at once than anybody means. */
export const MOST = 5_000
/** Tickets of one transaction: short enough that nobody waits long for one of them. */
const CHUNK = 20

export const runBulkJob = defineJob<{ run: number }>('run-bulk', { priority: 1 })

/** Which tickets: those chosen one by one, all of a queue, all that a search finds, or all that hang on one. */
export const Selection = z.union([
  z.object({ tickets: z.array(z.string().max(20)).min(1).max(500) }),
  z.object({ queue: z.string().max(40) }),
  z.object({ words: z.string().trim().min(1).max(200) }),
  z.object({ childrenOf: z.string().max(20), andItself: z.boolean().default(false) }),
])
export type Selection = z.input<typeof Selection>

async function idsOf(ctx: Context, selection: z.output<typeof Selection>): Promise<{ ids: number[]; isMore: boolean }> {
  if ('tickets' in selection) {
    const ids = new Set<number>()
    // What is not there, or may not be seen, is refused by name later: here it would refuse all.
    for (const number of selection.tickets) {
      const ticket = await seeTicket(ctx, { number }).catch(() => null)
      if (ticket) ids.add(ticket.id)
    }
    return { ids: [...ids].sort((a, b) => a - b), isMore: false }
  }
  if ('childrenOf' in selection) {
    const parent = await seeTicket(ctx, { number: selection.childrenOf })
    const { ids, isMore } = await findTicketIds(ctx, { parentId: parent.id }, MOST)
    return { ids: selection.andItself ? [...ids, parent.id].sort((a, b) => a - b) : ids, isMore }
  }
  const filter: TicketFilter | null =
    'queue' in selection ? await queueFilter(ctx, selection.queue) : await readQuery(ctx, selection.words)
  return filter ? findTicketIds(ctx, filter, MOST) : { ids: [], isMore: false }
}

/** How many tickets an act would reach. Errors: NotFound. */
export async function countSelection(ctx: Context, selection: Selection): Promise<{ count: number; isMore: boolean }> {
  const { ids, isMore } = await idsOf(ctx, parseInput(Selection, selection))
  return { count: ids.length, isMore }
}

export const BulkInput = z.object({
  act: BulkAct,
  selection: Selection,
})

/**
 * Begins one act on many tickets, as they are at this moment; the gate of each is asked when its turn comes. Errors: Forbidden
 * (ticket.bulk), NotFound, Invalid at /selection when nothing or too much is meant.
 */
export async function startBulk(ctx: Context, input: z.input<typeof BulkInput>): Promise<number> {
  const given = parseInput(BulkInput, input)
  if (!ctx.actor.may('ticket.bulk') || ctx.actor.id === null) throw forbidden()
  const { ids, isMore } = await idsOf(ctx, given.selection)
  if (ids.length === 0) throw invalid('/selection', 'nothingSelected')
  if (isMore) throw invalid('/selection', 'tooManySelected', { max: MOST })
  return begin(ctx, given.act, ids)
}

async function begin(ctx: Context, act: BulkRun['act'], targets: readonly number[]): Promise<number> {
  return transact(ctx, async (ctx) => {
    const id = await insertRun(ctx, ctx.actor.id!, act, targets)
    await enqueue(ctx, runBulkJob, { run: id }, { key: `bulk:${id}` })
    return id
  })
}

/**
 * Does the next few tickets of a run, in the name and with the rights that its agent has now. Returns whether more are left. Two at
 * once wait for each other. Runs as the system.
 */
export async function runBulkChunk(ctx: Context, id: number): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const run = await selectRun(ctx, id, true)
    if (!run || run.finishedAt) return false
    const facts = await agentFacts(ctx, run.agent)
    const as = facts ? actingAs(ctx, agentActor(facts)) : null
    const next = run.targets.slice(run.position, run.position + CHUNK)
    for (const target of next) {
      const outcome = await attempt(as ?? ctx, (inner) => one({ ...inner, actor: (as ?? ctx).actor }, run, target, as !== null))
      if (outcome.ok) {
        run.changed++
        if (outcome.value !== null) run.events.push(outcome.value)
      } else {
        if (!isAppError(outcome.error)) throw outcome.error
        run.refused.push(await refusalOf(ctx, run, target, outcome.error))
      }
    }
    run.position += next.length
    const isOver = run.position >= run.targets.length
    if (isOver) run.finishedAt = ctx.clock.now()
    else await enqueue(ctx, runBulkJob, { run: id }, { key: `bulk:${id}` })
    await saveRun(ctx, run)
    return !isOver
  })
}

/** Returns the event by which it can be undone. */
async function one(ctx: Context, run: BulkRun, target: number, mayAct: boolean): Promise<number | null> {
  if (!mayAct || !ctx.actor.may('ticket.bulk')) throw forbidden()
  if (run.act.kind === 'undo') {
    await undoEvent(ctx, target)
    return null
  }
  const { rows } = await sql<{ newest: number }>`select coalesce(max(id), 0) as newest from event
    where subject_kind = 'ticket' and subject_id = ${target}`.execute(ctx.db)
  await applyAct(ctx, target, run.act)
  return (await lastUndoable(ctx, { ticket: target, after: Number(rows[0]!.newest) }))?.event ?? null
}

async function refusalOf(ctx: Context, run: BulkRun, target: number, error: AppError): Promise<Refused> {
  const problem = error.problems[0] ?? { key: error.key, params: error.params }
  let ticket = target
  if (run.act.kind === 'undo') {
    const row = await ctx.db.selectFrom('event').select('subject_id').where('id', '=', target).executeTakeFirst()
    ticket = row?.subject_id ?? 0
  }
  return { ticket, key: problem.key, params: problem.params ?? {} }
}

export interface BulkView {
  id: number
  total: number
  done: number
  changed: number
  /** `number` is null for a ticket that the agent may not see now. */
  refused: Array<{ number: string | null; key: string; params: Record<string, string | number> }>
  isOver: boolean
  canUndo: boolean
}

/** How far a run is, and what it refused. Errors: NotFound, also for somebody else's. */
export async function readBulk(ctx: Context, id: number): Promise<BulkView> {
  const run = await selectRun(ctx, id)
  if (!run || ctx.actor.id === null || ctx.actor.kind === 'user' || run.agent !== ctx.actor.id) throw notFound()
  const refused: BulkView['refused'] = []
  for (const { ticket, key, params } of run.refused.slice(0, 200)) {
    const number = (await seeTicket(ctx, { id: ticket }).catch(() => null))?.number ?? null
    refused.push({ number, key, params })
  }
  return {
    id: run.id,
    total: run.targets.length,
    done: run.position,
    changed: run.changed,
    refused,
    isOver: run.finishedAt !== null,
    canUndo: run.finishedAt !== null && run.events.length > 0,
  }
}

/** Takes back all that a run changed, as a run of its own: what was changed since is refused and said. Errors: NotFound, Conflict. */
export async function undoBulk(ctx: Context, id: number): Promise<number> {
  const run = await selectRun(ctx, id)
  if (!run || ctx.actor.id === null || run.agent !== ctx.actor.id) throw notFound()
  if (!run.finishedAt || run.events.length === 0) throw new AppError('conflict', 'undoNothing')
  return begin(ctx, { kind: 'undo', run: id }, run.events)
}
