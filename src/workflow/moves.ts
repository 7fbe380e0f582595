import type { Context } from '#core/context.ts'
import { readSettings, type SettingKey } from '#settings/settings.ts'
import { readWorkflow, type Status, statusByKey, type TicketState } from './workflow.ts'

/** What happens to tickets by itself or by one press, and the state that each leads to. Which status of that state is a setting. */
export const moves = {
  /** A new ticket, a customer's message, a ticket that is reopened. */
  opened: { setting: 'moves.opened', state: 'open' },
  /** "Mark as solved", and a customer who stayed silent. */
  solved: { setting: 'moves.solved', state: 'resolved' },
  /** Resolved for long enough. */
  closed: { setting: 'moves.closed', state: 'closed' },
} as const satisfies Record<string, { setting: SettingKey; state: TicketState }>
export type Move = keyof typeof moves

/** The status that a move leads to: the chosen one while it is in use and of the right state, else the first of that state. */
export async function statusOfMove(ctx: Context, move: Move): Promise<Status> {
  const { setting, state } = moves[move]
  const key = (await readSettings(ctx))[setting]
  const { statuses } = await readWorkflow(ctx)
  return statuses.find((one) => one.key === key && one.state === state && !one.isArchived) ?? statusByKey(ctx, state)
}
