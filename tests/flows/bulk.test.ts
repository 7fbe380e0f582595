import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAudit } from '#access/audit.ts'
import { setGrants } from '#access/roles.ts'
import { countSelection, readBulk, runBulkChunk, startBulk, undoBulk } from '#bulk/bulk-run.ts'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { storeFiles } from '#files/attachments.ts'
import { queuePage } from '#queues/queues.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { emptyPlace, emptyPlaces } from '#tickets/empty-place.ts'
import { searchTickets } from '#tickets/find-tickets.ts'
import { forwardTicket } from '#tickets/forward.ts'
import { linkTicket } from '#tickets/link.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast

beforeAll(async () => {
  desk = await openDesk()
  clock = testClock('2026-11-24T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const ask = (subject: string, who: Context = cast.kim, files: Parameters<typeof storeFiles>[1] = []) =>
  storeFiles(cast.ada, files).then((stored) =>
    openTicket(
      who,
      { requester: { email: who.actor.address!, name: who.actor.name }, subject, message: `${subject}, please help.` },
      { channel: 'web', files: stored },
    ),
  )
const refusal = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return { code: error.code, key: error.problems[0]?.key ?? error.key }
    throw error
  }
  return { code: 'done' }
}
const system = (): Context => ({ ...desk.ctx, clock })
/** Chunk by chunk, as the job does. */
const finish = async (...runs: number[]): Promise<void> => {
  for (const run of runs) while (await runBulkChunk(system(), run));
}

test('all of a queue in chunks, refused ones by name and reason, and taken back as one', async () => {
  const tickets = []
  for (let index = 0; index < 45; index++) tickets.push(await ask(`Order ${index}`))
  // Bo holds one of Support, which he may then see and act on; the others he may not.
  await assignTicket(cast.ada, { id: tickets[3]!.id }, { agent: cast.bo.actor.id })
  expect(await countSelection(cast.sam, { queue: 'unassigned' })).toEqual({ count: 44, isMore: false })
  expect(await countSelection(cast.bo, { words: 'order' })).toEqual({ count: 1, isMore: false })

  const run = await startBulk(cast.sam, {
    act: { kind: 'assign', agent: cast.sam.actor.id },
    selection: { queue: 'unassigned' },
  })
  expect(await readBulk(cast.sam, run)).toMatchObject({ total: 44, done: 0, isOver: false })
  expect(await runBulkChunk(system(), run)).toBe(true)
  expect(await readBulk(cast.sam, run)).toMatchObject({ done: 20, changed: 20, isOver: false, canUndo: false })
  await finish(run)
  expect(await readBulk(cast.sam, run)).toMatchObject({ done: 44, changed: 44, refused: [], isOver: true, canUndo: true })
  expect((await queuePage(cast.sam, 'mine', { limit: 200 })).rows).toHaveLength(44)

  // One was given on meanwhile: undo leaves it, and says so.
  await assignTicket(cast.ada, { id: tickets[0]!.id }, { agent: cast.ada.actor.id })
  const undo = await undoBulk(cast.sam, run)
  await finish(undo)
  expect(await readBulk(cast.sam, undo)).toMatchObject({
    total: 44,
    changed: 43,
    refused: [{ number: tickets[0]!.number, key: 'undoChanged' }],
  })
  expect((await queuePage(cast.sam, 'mine', { limit: 200 })).rows).toHaveLength(0)
  expect(await refusal(readBulk(cast.bo, run))).toMatchObject({ code: 'not_found' })
  expect(await refusal(undoBulk(cast.bo, run))).toMatchObject({ code: 'not_found' })
})

test('each ticket has its own gate, and the rights are those of the moment', async () => {
  const [one, two] = [await ask('Gate one'), await ask('Gate two')]
  await assignTicket(cast.ada, { id: two.id }, { agent: cast.bo.actor.id })
  // Numbers that one does not see are as if they were not there.
  const run = await startBulk(cast.bo, {
    act: { kind: 'status', status: 'resolved' },
    selection: { tickets: [one.number, two.number] },
  })
  await finish(run)
  expect(await readBulk(cast.bo, run)).toMatchObject({ total: 1, changed: 1 })
  expect((await seeTicket(cast.sam, { id: one.id })).state).toBe('open')
  expect(
    await refusal(startBulk(cast.lin, { act: { kind: 'move', place: 'spam' }, selection: { queue: 'open' } })),
  ).toMatchObject({
    code: 'forbidden',
  })
  // To the trash an agent without the right to delete may move nothing.
  const trash = await startBulk(cast.sam, { act: { kind: 'move', place: 'trash' }, selection: { tickets: [one.number] } })
  await finish(trash)
  expect(await readBulk(cast.sam, trash)).toMatchObject({ changed: 0, refused: [{ number: one.number, key: 'forbidden' }] })

  const later = await startBulk(cast.sam, { act: { kind: 'status', status: 'closed' }, selection: { tickets: [one.number] } })
  await setGrants(cast.ada, cast.sam.actor.id!, [])
  await finish(later)
  expect((await seeTicket(cast.ada, { id: one.id })).state).toBe('open')
  const role = await desk.ctx.db.selectFrom('role').select('id').where('key', '=', 'agent').executeTakeFirstOrThrow()
  await setGrants(cast.ada, cast.sam.actor.id!, [{ department: cast.support, role: role.id }])
  expect(await readBulk(cast.sam, later)).toMatchObject({ changed: 0, refused: [{ key: 'forbidden' }] })
})

test('an outage: one answer to each child as its own mail, then all resolved with it', async () => {
  const outage = await ask('Outage')
  const children = [await ask('Down at shop one'), await ask('Down at shop two', cast.pat)]
  for (const child of children) await linkTicket(cast.sam, { id: child.id }, { ticket: outage.number, as: 'parent' })
  const reply = await startBulk(cast.sam, {
    act: { kind: 'reply', body: '<p>We are on it.</p>' },
    selection: { childrenOf: outage.number },
  })
  await finish(reply)
  expect(await readBulk(cast.sam, reply)).toMatchObject({ total: 2, changed: 2, refused: [] })
  const mails = await desk.ctx.db
    .selectFrom('outbound_message')
    .select(['ticket_id', 'recipient', 'content', 'message_id'])
    .where('kind', '=', 'reply')
    .where(
      'ticket_id',
      'in',
      children.map((child) => child.id),
    )
    .orderBy('ticket_id')
    .execute()
  expect(mails.map((mail) => mail.recipient)).toEqual(['kim@customer.example', 'pat@customer.example'])
  expect(mails.map((mail) => (mail.content as { subject: string }).subject)).toEqual(
    children.map((child) => `Re: ${child.subject} [#${child.number}]`),
  )
  const resolve = await startBulk(cast.sam, {
    act: { kind: 'status', status: 'resolved' },
    selection: { childrenOf: outage.number, andItself: true },
  })
  await finish(resolve)
  for (const ticket of [outage, ...children]) expect((await seeTicket(cast.sam, { id: ticket.id })).state).toBe('resolved')
})

test('trash: back within its days, then erased with all that was in it; empty now asks for the right', async () => {
  const file = { name: 'secret.txt', contentType: 'text/plain', content: Buffer.from('secret') }
  const [kept, gone, now] = [await ask('Kept bin'), await ask('Gone bin', cast.kim, [file]), await ask('Now bin')]
  await replyToTicket(cast.sam, { id: gone.id }, { body: '<p>secret words</p>' }, { undoSeconds: 0 })
  for (const ticket of [kept, gone]) await moveTicket(cast.ada, { id: ticket.id }, 'trash')
  clock.advance(29 * 86_400)
  expect(await emptyPlaces(system())).toBe(0)
  await moveTicket(cast.ada, { id: kept.id }, 'desk')
  await moveTicket(cast.ada, { id: now.id }, 'trash')
  clock.advance(2 * 86_400)
  expect(await emptyPlaces(system())).toBe(1)
  expect((await seeTicket(cast.sam, { id: kept.id })).place).toBe('desk')
  expect(await refusal(seeTicket(cast.ada, { id: gone.id }))).toMatchObject({ code: 'not_found' })
  expect(await searchTickets(cast.ada, gone.number)).toEqual([])
  const { db } = desk.ctx
  const left = {
    entries: await db.selectFrom('thread_entry').select('id').where('thread_id', '=', gone.threadId).execute(),
    files: await db.selectFrom('attachment').select('id').where('name', '=', 'secret.txt').execute(),
    mails: await db.selectFrom('outbound_message').select('id').where('ticket_id', '=', gone.id).execute(),
    words: await db.selectFrom('search_document').select('id').where('kind', '=', 'ticket').where('id', '=', gone.id).execute(),
  }
  expect(left).toEqual({ entries: [], files: [], mails: [], words: [] })
  // Its number is never given again.
  expect(await db.selectFrom('ticket_number').select('number').where('number', '=', gone.number).execute()).toHaveLength(1)

  expect(await refusal(emptyPlace(cast.sam, 'trash'))).toMatchObject({ code: 'forbidden' })
  expect(await emptyPlace(cast.ada, 'trash')).toBe(1)
  expect(await refusal(showTicket(cast.ada, { id: now.id }))).toMatchObject({ code: 'not_found' })
})

test('what was merged into a ticket is erased with it, and no history keeps its words', async () => {
  const [target, source] = [await ask('Target words'), await ask('Source words')]
  await replyToTicket(cast.sam, { id: source.id }, { body: '<p>secret words</p>' }, { undoSeconds: 0 })
  await editTicket(cast.sam, { id: source.id }, { subject: 'Other words' })
  await changeStatus(cast.sam, { id: source.id }, { status: 'waiting', reason: 'words of a reason' })
  await forwardTicket(cast.sam, { id: source.id }, { body: 'words', format: 'text', to: ['words@works.example'] })
  await mergeTickets(cast.sam, { id: target.id }, { tickets: [source.number], addPeople: false })
  expect(JSON.stringify((await readAudit(cast.ada)).rows)).not.toContain('"undo"')
  await moveTicket(cast.ada, { id: target.id }, 'trash')
  expect(await emptyPlace(cast.ada, 'trash')).toBe(1)
  const { db } = desk.ctx
  const ids = [target.id, source.id]
  const left = {
    tickets: await db.selectFrom('ticket').select(['subject', 'preview', 'status_reason']).where('id', 'in', ids).execute(),
    entries: await db
      .selectFrom('thread_entry')
      .select('id')
      .where('thread_id', 'in', [target.threadId, source.threadId])
      .execute(),
    mails: await db.selectFrom('outbound_message').select('id').where('ticket_id', 'in', ids).execute(),
    found: await db.selectFrom('search_document').select('id').where('kind', '=', 'ticket').where('id', 'in', ids).execute(),
    outside: await db
      .selectFrom('third_party')
      .select('address')
      .where('thread_id', 'in', [target.threadId, source.threadId])
      .execute(),
    events: await db
      .selectFrom('event')
      .select('data')
      .where('subject_kind', '=', 'ticket')
      .where('subject_id', 'in', ids)
      .execute(),
  }
  expect(left).toMatchObject({ entries: [], mails: [], found: [], outside: [] })
  expect(JSON.stringify(left)).not.toMatch(/words/i)
  expect(left.events.length).toBeGreaterThan(5)
})
