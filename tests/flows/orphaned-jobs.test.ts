import { expect, test } from 'vitest'
import { mailParser } from '#channels/mail-parser.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
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
  await using _worker = await openWorker(desk.ctx, { concurrency: 2, databaseUrl: desk.databaseUrl })
  await until(async () => (await lockedBy()).length === 0, 'both jobs ran')
})

test('a mail that kills its process keeps the count of its tries, and is suspended after the last', async () => {
  await using desk = await openDesk()
  const { pool } = desk.app.connection
  const raw = Buffer.from('From: kim@customer.example\n\nHello\n')
  const { id } = await receiveRaw(desk.ctx, {
    channel: 'email',
    sourceKey: 'test:poison',
    mailbox: null,
    raw,
    envelope: { from: null, to: [] },
  })
  const jobs = async () =>
    (
      await pool.query<{ key: string | null; attempts: number; locked: boolean }>(
        `select key, attempts, locked_at is not null as locked from graphile_worker.jobs where task_identifier = 'receive-message'`,
      )
    ).rows
  const stateOf = async () =>
    (await desk.ctx.db.selectFrom('inbound_message').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state
  /** As a process leaves it that died at this try. */
  const die = (attempts: number) =>
    pool.query(`update graphile_worker._private_jobs set locked_at = $1, locked_by = 'worker-gone', attempts = $2`, [
      new Date(),
      attempts,
    ])

  // While it is run nobody gives it a second job, however long that takes.
  await die(7)
  const later: Context = { ...desk.ctx, clock: { now: () => addSeconds(new Date(), 120) } }
  for (const starting of [false, true]) expect((await wakeMessages(later, { starting })).inbound).toBe(0)
  expect(await jobs()).toEqual([{ key: `receive:${id}`, attempts: 7, locked: true }])

  await die(8)
  let parsed = 0
  const parser = desk.ctx.slots.use(mailParser)
  const parse = parser.parse.bind(parser)
  parser.parse = (...given) => {
    parsed += 1
    return parse(...given)
  }
  await using _worker = await openWorker(desk.ctx, { concurrency: 1, databaseUrl: desk.databaseUrl })
  expect(await stateOf()).toBe('parked')
  await enqueue(desk.ctx, releaseReplyJob, { entry: 1 }, { key: 'after' })
  await until(
    async () => (await pool.query(`select from graphile_worker.jobs where key = 'after'`)).rowCount === 0,
    'it works on',
  )
  expect(parsed).toBe(0)
})
