import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addSeconds } from '#core/clock.ts'
import { enqueue } from '#core/jobs.ts'
import { openDesk } from '../../tests/world/desk.ts'
import { type PostLane, receiveMessage, receiveRaw } from './receive-raw.ts'

const raw = (words: string) => Buffer.from(`From: kim@customer.example\n\n${words}\n`)
const from = (sourceKey: string) => ({
  channel: 'email',
  sourceKey,
  mailbox: null,
  raw: raw(sourceKey),
  envelope: { from: null, to: [] },
})

test('the job that comes with a message is the one that the queue itself would add', async () => {
  await using desk = await openDesk()
  // The first of its kind: the queue gives the kind its number.
  await receiveRaw(desk.ctx, from('test:first'))
  const { id } = await receiveRaw(desk.ctx, from('test:second'))
  await enqueue(desk.ctx, receiveMessage, { message: id }, { key: 'by-the-queue' })
  const { rows } = await sql<{
    job: { payload: unknown }
  }>`select to_jsonb(j) - array['id', 'key', 'run_at', 'created_at', 'updated_at'] as job
    from graphile_worker._private_jobs j where key in (${`receive:${id}`}, 'by-the-queue')`.execute(desk.ctx.db)
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]!.job.payload).toEqual({ message: id })
})

test('a message of a lane keeps a job behind it, for later', async () => {
  await using desk = await openDesk()
  const given: number[] = []
  const lane: PostLane = { hasRoom: (bytes) => bytes < 100, post: (stored) => given.push(stored.id) }
  await receiveRaw(desk.ctx, from('test:first'))
  const now = new Date()
  const ctx = { ...desk.ctx, clock: { now: () => now } }
  const small = await receiveRaw(ctx, from('test:small'), lane)
  await receiveRaw(ctx, { ...from('test:great'), raw: raw('x'.repeat(200)) }, lane)
  await receiveRaw(ctx, from('test:small'), lane)
  expect(given).toEqual([small.id])
  const { rows } = await sql<{
    run_at: Date
  }>`select run_at from graphile_worker.jobs where key = ${`receive:${small.id}`}`.execute(desk.ctx.db)
  expect(rows).toEqual([{ run_at: addSeconds(now, 20) }])
})
