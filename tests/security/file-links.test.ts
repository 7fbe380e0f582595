import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSignedFile, signedFilePath, storeFiles } from '#files/attachments.ts'
import { moveTicket } from '#tickets/edit-ticket.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

/** A link in a mail outlives what it leads to: a file of a ticket that was thrown away, or of a reply that was taken back. */

let desk: Desk
let cast: Cast

beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const linked = async () => {
  const ticket = await openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example' }, subject: 'Grinder', message: 'It smells burnt.' },
    { channel: 'web' },
  )
  const files = await storeFiles(cast.sam, [{ name: 'plan.txt', contentType: 'text/plain', content: Buffer.from('plan') }])
  const { entry } = await replyToTicket(cast.sam, { id: ticket.id }, { body: 'See the plan', format: 'text' }, { files })
  const { attachments } = await showTicket(cast.sam, { id: ticket.id })
  const file = attachments.find((one) => one.name === 'plan.txt')!
  const query = new URL(signedFilePath(desk.ctx, file, 3600), 'http://desk.example').searchParams
  const open = () =>
    openSignedFile(desk.ctx, file.id, Number(query.get('expires')), query.get('signature')!).then(
      (found) => found.name,
      () => 'nothing',
    )
  const frame = new URL(signedFilePath(desk.ctx, file, 3600, 'frame'), 'http://desk.example').searchParams
  const openInFrame = () =>
    openSignedFile(desk.ctx, file.id, Number(frame.get('expires')), frame.get('signature')!).then(
      (found) => found.name,
      () => 'nothing',
    )
  return { ticket, entry, open, openInFrame }
}

test('the link of a ticket in the trash opens nothing, and opens again when it is back', async () => {
  const { ticket, open } = await linked()
  expect(await open()).toBe('plan.txt')
  await moveTicket(cast.ada, { id: ticket.id }, 'trash')
  expect(await open()).toBe('nothing')
  await moveTicket(cast.ada, { id: ticket.id }, 'desk')
  expect(await open()).toBe('plan.txt')
})

test('a frame that an agent sees in the trash keeps its pictures', async () => {
  const { ticket, openInFrame } = await linked()
  await moveTicket(cast.ada, { id: ticket.id }, 'trash')
  expect(await openInFrame()).toBe('plan.txt')
})

test('the link of a reply that was deleted opens nothing', async () => {
  const { entry, open } = await linked()
  await desk.ctx.db.updateTable('thread_entry').set({ deleted_at: desk.ctx.clock.now() }).where('id', '=', entry).execute()
  expect(await open()).toBe('nothing')
})
