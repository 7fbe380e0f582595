import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import type { Context } from '#core/context.ts'
import { Slots } from '#core/slots.ts'
import { blobs } from '#files/blob-store.ts'
import { deskHealth } from '#upkeep/desk-health.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

/** The same desk on a disk with so many bytes left. */
const onDisk = (ctx: Context, free: number): Context => {
  const slots = new Slots()
  slots.provide(blobs, { ...ctx.slots.use(blobs), free: async () => free })
  return { ...ctx, slots }
}

test('a desk in order has nothing to say', async () => {
  expect(await deskHealth(onDisk(cast.ada, 50 * 1024 ** 3))).toEqual({
    loopback: null,
    failing: [],
    held: 0,
    secrets: [],
    diskLeft: null,
  })
})

test('a full disk, a mailbox that fails and mail that waits are told, to administrators alone', async () => {
  await addMailbox(cast.ada, { address: 'help@desk.example', department: cast.support })
  await desk.ctx.db
    .updateTable('mailbox')
    .set({ last_error: JSON.stringify({ key: 'refused', params: {} }), last_error_at: new Date(0) })
    .execute()
  const health = await deskHealth(onDisk(cast.ada, 200_000_000))
  expect(health.diskLeft).toBe(200_000_000)
  expect(health.failing.map((one) => one.address)).toEqual(['help@desk.example'])
  await expect(deskHealth(cast.sam)).rejects.toMatchObject({ code: 'forbidden' })
})
