import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'

export type TicketState = 'open' | 'on_hold' | 'resolved' | 'closed'

export interface Status {
  id: number
  /** open, waiting, on_hold, resolved, closed on the shipped ones. */
  key: string | null
  name: string
  state: TicketState
  asksReason: boolean
  isArchived: boolean
}

export type PriorityKey = 'urgent' | 'high' | 'normal' | 'low'

export interface Priority {
  id: number
  key: string | null
  name: string
  /** 1 is the most urgent. */
  urgency: number
  isDefault: boolean
  isArchived: boolean
}

export interface Workflow {
  statuses: Status[]
  priorities: Priority[]
}

export const workflowCache = defineCached<Workflow>('workflow', async (ctx) => {
  const statuses = await ctx.db.selectFrom('status').selectAll().orderBy('position').execute()
  const priorities = await ctx.db.selectFrom('priority').selectAll().orderBy('urgency', 'desc').execute()
  return {
    statuses: statuses.map((row) => ({
      id: row.id,
      key: row.key,
      name: row.name,
      state: row.state,
      asksReason: row.asks_reason,
      isArchived: row.archived_at !== null,
    })),
    priorities: priorities.map((row) => ({
      id: row.id,
      key: row.key,
      name: row.name,
      urgency: row.urgency,
      isDefault: row.is_default,
      isArchived: row.archived_at !== null,
    })),
  }
})

export const readWorkflow = (ctx: Context): Promise<Workflow> => cached(ctx, workflowCache)

/** The status a move names, by its key; else the first of that state. */
export async function statusByKey(ctx: Context, key: string): Promise<Status> {
  const { statuses } = await readWorkflow(ctx)
  const found =
    statuses.find((status) => status.key === key && !status.isArchived) ??
    statuses.find((status) => status.state === key && !status.isArchived)
  if (!found) throw new Error(`the desk has no status "${key}"`)
  return found
}

/** Errors: Invalid at /status. */
export async function statusById(ctx: Context, id: number): Promise<Status> {
  const found = (await readWorkflow(ctx)).statuses.find((status) => status.id === id)
  if (!found) throw invalid('/status', 'unknownChoice')
  return found
}

/** Errors: Invalid at /priority. */
export async function priorityById(ctx: Context, id: number): Promise<Priority> {
  const found = (await readWorkflow(ctx)).priorities.find((priority) => priority.id === id)
  if (!found) throw invalid('/priority', 'unknownChoice')
  return found
}

export async function defaultPriority(ctx: Context): Promise<Priority> {
  const { priorities } = await readWorkflow(ctx)
  const found =
    priorities.find((priority) => priority.isDefault && !priority.isArchived) ??
    priorities.find((priority) => !priority.isArchived)
  if (!found) throw new Error('the desk has no priority')
  return found
}

/** Six random digits, and eight should all of those be taken: `take_ticket_number` gives the first that no ticket has had. */
export const numberCandidates = (ctx: Context): string[] =>
  Array.from({ length: 24 }, (_, index) => ctx.random.digits(index < 16 ? 6 : 8))
