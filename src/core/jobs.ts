import { sql } from 'kysely'
import type { Context } from './context.ts'

/** A kind of background work. The worker door maps its name to a shallow handler that calls one verb. */
export interface JobType<P extends object> {
  readonly job: string
  readonly maxAttempts: number
  readonly priority: number
  readonly _payload?: P
}

/** Priority: lower runs first. */
export function defineJob<P extends object>(job: string, options: { maxAttempts?: number; priority?: number } = {}): JobType<P> {
  return { job, maxAttempts: options.maxAttempts ?? 12, priority: options.priority ?? 0 }
}

export interface EnqueueOptions {
  runAt?: Date
  /** One waiting job a key; a later enqueue replaces it. */
  key?: string
  /** Jobs of one queue name run one after the other. */
  queue?: string
}

/** Adds a job in the caller's transaction: it commits with the data, or not at all. */
export async function enqueue<P extends object>(
  ctx: Context,
  type: JobType<P>,
  payload: P,
  options: EnqueueOptions = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(
    ${type.job}, payload => ${JSON.stringify(payload)}::json, queue_name => ${options.queue ?? null}, run_at => ${options.runAt ?? null},
    max_attempts => ${type.maxAttempts}, job_key => ${options.key ?? null}, priority => ${type.priority})`.execute(ctx.db)
}

/** Removes a waiting job by its key. */
export async function dequeue(ctx: Context, key: string): Promise<void> {
  await sql`select graphile_worker.remove_job(${key})`.execute(ctx.db)
}
