import { afterAll, beforeAll, expect, test } from 'vitest'
import { testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { openSignedFile, signedFilePath, storeFiles } from '#files/attachments.ts'
import { moveTicket } from '#tickets/edit-ticket.ts'
import { askForFileLink, showFileLink } from '#tickets/file-link.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
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
  const page = (at: { seconds?: number; use?: 'link' | 'direct' | 'frame'; now?: Context } = {}) => {
    const path = signedFilePath(desk.ctx, file, at.seconds ?? 3600, at.use ?? 'link')
    const { searchParams } = new URL(path, 'http://desk.example')
    const link = { file: file.id, expires: Number(searchParams.get('expires')), signature: searchParams.get('signature')! }
    return { link, shown: () => showFileLink(at.now ?? desk.ctx, link) }
  }
  return { ticket, entry, open, openInFrame, page }
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

test('the page of a link says what the file is, and no longer once it expired or was thrown away', async () => {
  const { ticket, page } = await linked()
  expect(await page().shown()).toMatchObject({ state: 'opens', file: { name: 'plan.txt', size: 4 }, number: ticket.number })
  const later = { ...desk.ctx, clock: testClock(new Date(desk.ctx.clock.now().getTime() + 3 * 3_600_000).toISOString()) }
  expect(await page({ now: later }).shown()).toMatchObject({ state: 'expired', file: null, number: ticket.number })
  await moveTicket(cast.ada, { id: ticket.id }, 'trash')
  expect(await page().shown()).toMatchObject({ state: 'gone', file: null })
})

test('a signature of another use, or of another file, has no page and asks for no link', async () => {
  const one = await linked()
  const other = await linked()
  for (const use of ['direct', 'frame'] as const)
    await expect(one.page({ use }).shown()).rejects.toMatchObject({ code: 'not_found' })
  const { link } = one.page()
  const foreign = { ...link, file: other.page().link.file }
  await expect(showFileLink(desk.ctx, foreign)).rejects.toMatchObject({ code: 'not_found' })
  await expect(askForFileLink(desk.ctx, foreign, { email: 'kim@customer.example' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a new link is mailed to a party of the request, and to nobody else', async () => {
  const { ticket, page } = await linked()
  const mails = async () =>
    (
      await desk.ctx.db
        .selectFrom('outbound_message')
        .select('id')
        .where('kind', '=', 'link')
        .where('ticket_id', '=', ticket.id)
        .execute()
    ).length
  await askForFileLink(desk.ctx, page().link, { email: 'stranger@elsewhere.example' })
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
  expect(await mails()).toBe(0)
  await askForFileLink(desk.ctx, page().link, { email: 'kim@customer.example' })
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
  expect(await mails()).toBe(1)
})
