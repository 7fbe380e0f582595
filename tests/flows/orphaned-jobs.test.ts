import { expect, test } from 'vitest'
import { enqueue } from '#core/jobs.ts'
import { freeOrphanedJobs, holdWorker } from '#core/orphaned-jobs.ts'
import { openLeaderLocks } from '#db/leader-locks.ts'
import { releaseReplyJob } from '#tickets/release-reply.ts'
import { openWorker } from '../../src/doors/worker/run.ts'
import { openDesk } from '../world/desk.ts'
import { until } from '../world/free-port.ts'

test('jobs of a worker that died are freed at once, those of one that lives are left alone', async () => {
  await using desk = await openDesk()
  const { pool } = desk.app.connection
  const lockedBy = async () =>
    (await pool.query<{ locked_by: string | null }>('select locked_by from graphile_worker.jobs order by id')).rows.map(
      (row) => row.locked_by,
    )
  await enqueue(desk.ctx, releaseReplyJob, { entry: 1 }, { key: 'one' })
  await enqueue(desk.ctx, releaseReplyJob, { entry: 2 }, { key: 'two' })
  await pool.query(`update graphile_worker._private_jobs set locked_at = $1, locked_by = 'worker-' || key`, [new Date()])

  const other = openLeaderLocks(desk.databaseUrl, () => {})
  await holdWorker(desk.ctx, other, 'worker-one')
  await using locks = openLeaderLocks(desk.databaseUrl, () => {})
  expect(await freeOrphanedJobs(desk.ctx, locks, new Set())).toBe(1)
  expect(await lockedBy()).toEqual(['worker-one', null])
  expect(await freeOrphanedJobs(desk.ctx, locks, new Set())).toBe(0)

  // Its connection ends as its process does.
  await other[Symbol.asyncDispose]()
  await using _worker = await openWorker(desk.ctx, pool, { concurrency: 2, databaseUrl: desk.databaseUrl })
  await until(async () => (await lockedBy()).length === 0, 'both jobs ran')
})
