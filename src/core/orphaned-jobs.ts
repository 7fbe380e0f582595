import { sql } from 'kysely'
import type { LeaderLock, LeaderLocks } from '#db/leader-locks.ts'
import type { Context } from './context.ts'

/** The lock that a living worker holds: it ends with its process, whatever way that ends. */
const lockOf = (worker: string): string => `worker:${worker}`

/** Says for as long as the process lives that this worker does. */
export async function holdWorker(ctx: Context, locks: LeaderLocks, worker: string): Promise<LeaderLock | null> {
  try {
    const lock = await locks.tryTake(lockOf(worker))
    // A broken connection loses the lock while the worker goes on; until it is held again others may repeat its jobs, which is allowed.
    lock?.lost.addEventListener('abort', () => void holdWorker(ctx, locks, worker))
    return lock
  } catch (error) {
    ctx.log.debug({ worker, err: error }, 'could not say that a worker lives')
    return null
  }
}

/**
 * Frees the jobs of workers whose process is gone; by themselves they would stay locked for four hours. `own` are this process's
 * workers. Returns how many workers were gone.
 */
export async function freeOrphanedJobs(ctx: Context, locks: LeaderLocks, own: ReadonlySet<string>): Promise<number> {
  const { rows } = await sql<{
    worker: string
  }>`select distinct locked_by as worker from graphile_worker.jobs where locked_by is not null`.execute(ctx.db)
  let gone = 0
  for (const { worker } of rows) {
    if (own.has(worker)) continue
    const lock = await locks.tryTake(lockOf(worker))
    if (!lock) continue
    await sql`select graphile_worker.force_unlock_workers(array[${worker}])`.execute(ctx.db)
    await lock.release()
    gone += 1
  }
  return gone
}
