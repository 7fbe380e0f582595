import type { Context } from '#core/context.ts'

/** The acts that a new agent is shown, in the order in which they are met. */
export const firstSteps = ['canned', 'undo', 'assign', 'why', 'as_customer'] as const
export type FirstStep = (typeof firstSteps)[number]

/** What the agent has still to try; null once the list is put away, and for who is no agent. */
export async function readFirstSteps(ctx: Context): Promise<Record<FirstStep, boolean> | null> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) return null
  const rows = await ctx.db.selectFrom('agent_step').select('step').where('agent_id', '=', ctx.actor.id).execute()
  const done = new Set(rows.map((row) => row.step))
  if (done.has('dismissed')) return null
  return Object.fromEntries(firstSteps.map((step) => [step, done.has(step)])) as Record<FirstStep, boolean>
}

/** Ticks one step off for the acting agent, or puts the list away for good. What is ticked stays so. */
export async function markStep(ctx: Context, step: FirstStep | 'dismissed'): Promise<void> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) return
  await ctx.db
    .insertInto('agent_step')
    .values({ agent_id: ctx.actor.id, step, done_at: ctx.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
