import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { endSessionsOf } from './sessions.ts'

export const agentSessionsEnded = defineEvent<Record<string, never>>('agent.sessions_ended')

/** An administrator signs an agent out on every device. Errors: Forbidden. */
export async function endAgentSessions(ctx: Context, agent: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    await endSessionsOf(ctx, { agent })
    await emit(ctx, agentSessionsEnded({ subject: { kind: 'agent', id: agent }, data: {}, facts: { internal: true } }))
  })
}
