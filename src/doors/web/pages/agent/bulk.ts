import { z } from 'zod'
import { BulkAct } from '#bulk/bulk-act.ts'
import { type BulkView, countSelection, readBulk, runBulkChunk, startBulk, undoBulk } from '#bulk/bulk-run.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { errorText, type Translate } from '#i18n/translate.ts'
import { emptyPlace } from '#tickets/empty-place.ts'
import { localTime, snoozeChoices } from '#tickets/snooze-times.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, idField, orRefuse } from '../../forms.ts'
import type { Route } from './+types/bulk.ts'
import type { BulkAnswer } from './bulk-bar.tsx'
import type { SnoozeChoice } from './view.ts'

const Input = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('start'),
    /** A BulkAct and a Selection, as JSON. */
    act: z.string().max(600_000),
    selection: z.string().max(20_000),
    /** A date and time of the reader's zone, for a snooze. */
    local: z.string().max(40).optional(),
  }),
  z.object({ intent: z.literal('undo'), run: idField }),
  z.object({ intent: z.literal('empty'), place: z.enum(['spam', 'trash']) }),
])

function read(text: string, pointer: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(pointer, 'format')
  }
}

type Counted = { count: number; isMore: boolean }

/** How many tickets all of a queue or search are, how far a run is, or what the usual times of a snooze are now. */
export async function loader({
  context,
  request,
}: Route.LoaderArgs): Promise<BulkAnswer | Counted | { snoozeChoices: SnoozeChoice[] }> {
  const ctx = ctxOf(context)
  const { searchParams } = new URL(request.url)
  if (searchParams.get('times') === 'snooze') {
    const choices = snoozeChoices(ctx.clock.now(), pageOf(context).timeZone)
    return { snoozeChoices: choices.map(({ key, at }) => ({ key, at: at.toISOString() })) }
  }
  const run = Number(searchParams.get('run') ?? '')
  if (run > 0) return drawn(await orRefuse(readBulk(ctx, run)), pageOf(context).t)
  if (!ctx.actor.may('ticket.bulk')) await orRefuse(Promise.reject(forbidden()))
  const queue = searchParams.get('queue')
  return orRefuse(countSelection(ctx, queue ? { queue } : { words: searchParams.get('q') ?? '' }))
}

/** Begins an act on many, or takes one back. The first few are done at once, so that most acts are over with the answer. */
export function action(args: Route.ActionArgs) {
  return answerForm(args, Input, async (ctx, input): Promise<BulkAnswer> => {
    const { t, timeZone } = pageOf(args.context)
    if (input.intent === 'empty') return { emptied: await emptyPlace(ctx, input.place) }
    if (input.intent === 'undo') return begun(ctx, await undoBulk(ctx, input.run), t)
    const given = read(input.act, '/act') as Record<string, unknown>
    if (input.local !== undefined) {
      const until = localTime(input.local, timeZone)
      if (!until) throw invalid('/local', 'format')
      // Each ticket would refuse it in turn; here it is said once, at the field.
      if (until.getTime() <= ctx.clock.now().getTime()) throw invalid('/local', 'inThePast')
      given.until = until.toISOString()
    }
    const act = BulkAct.safeParse(given)
    if (!act.success) throw invalid('/act', 'value')
    return begun(ctx, await startBulk(ctx, { act: act.data, selection: read(input.selection, '/selection') as never }), t)
  })
}

async function begun(ctx: Context, run: number, t: Translate): Promise<BulkAnswer> {
  await runBulkChunk(actingAs(ctx, systemActor), run)
  return drawn(await readBulk(ctx, run), t)
}

const drawn = (run: BulkView, t: Translate): BulkAnswer => ({
  run: run.id,
  total: run.total,
  done: run.done,
  changed: run.changed,
  isOver: run.isOver,
  canUndo: run.canUndo,
  refused: run.refused.map((one) => ({ number: one.number ?? '?', reason: errorText(t, one) })),
})
