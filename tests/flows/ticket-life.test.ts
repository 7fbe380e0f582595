import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { storeFiles } from '#files/attachments.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { readDrafts } from '#threads/drafts.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket, claimTicket } from '#tickets/assign.ts'
import { changeStatus, closeResolved, reopenAsCustomer, solveAsCustomer } from '#tickets/change-status.ts'
import { addCopy, removeCopy } from '#tickets/copies.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { editTicket } from '#tickets/edit-ticket.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { releaseReply, withdrawReply } from '#tickets/release-reply.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { attachToDraft, saveDraft } from '#tickets/save-draft.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  clock = testClock('2026-11-24T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
  await changeSettings(cast.ada, { 'desk.name': 'Acme' })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const ask = (who: Context = cast.kim, subject = 'Printer on fire') =>
  openTicket(
    who,
    { requester: { email: who.actor.address!, name: who.actor.name }, subject, message: 'It burns.\nPlease help.' },
    { channel: 'web' },
  )

const refusal = async (work: Promise<unknown>): Promise<{ code: string; pointer: string | undefined }> => {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return { code: error.code, pointer: error.problems[0]?.pointer }
    throw error
  }
  return { code: 'done', pointer: undefined }
}

const outbound = (ticket: number) =>
  desk.ctx.db
    .selectFrom('outbound_message')
    .selectAll()
    .where('ticket_id', '=', ticket)
    .where('kind', '=', 'reply')
    .orderBy('id')
    .execute()

test('a reply waits ten seconds, can be taken back whole, and takes effect when it leaves', async () => {
  const ticket = await ask()
  expect(ticket).toMatchObject({ state: 'open', assigneeId: null, number: expect.stringMatching(/^\d{6}$/) })
  const first = await replyToTicket(
    cast.sam,
    { id: ticket.id },
    { body: '<p>Which <strong>printer</strong>?</p>', seen: ticket.lastEntryId! },
  )
  expect(first.sendsAt).toEqual(new Date('2026-11-24T10:00:10Z'))
  // The world sees nothing yet, and answering claimed it.
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({
    state: 'open',
    firstResponseAt: null,
    assigneeId: cast.sam.actor.id,
  })

  const { draft } = await withdrawReply(cast.sam, first.entry)
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.entries.map((entry) => entry.kind)).toEqual(['message'])
  const kept = (await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId))[0]
  expect(kept).toMatchObject({ id: draft, bodyHtml: '<p>Which <strong>printer</strong>?</p>' })
  expect((await outbound(ticket.id)).map((row) => row.state)).toEqual(['withdrawn'])

  const second = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Which one?</p>' })
  clock.advance(11)
  await releaseReply({ ...desk.ctx, clock }, second.entry)
  const after = (await showTicket(cast.sam, { id: ticket.id })).ticket
  expect(after).toMatchObject({ state: 'on_hold', waitingSince: null, dueAt: null, firstResponseAt: clock.now() })
  expect(await refusal(withdrawReply(cast.sam, second.entry))).toMatchObject({ code: 'conflict' })
  // The history names who wrote it, not the desk that released it.
  expect((await showTicket(cast.sam, { id: ticket.id })).events.find((event) => event.verb === 'ticket.replied')).toMatchObject({
    actor: { name: 'Sam Support' },
  })
  // Releasing twice changes nothing.
  await releaseReply({ ...desk.ctx, clock }, second.entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).events.filter((event) => event.verb === 'ticket.replied')).toHaveLength(
    1,
  )
})

test('one mail a reply, final when it is queued: everybody, the requester, or chosen people', async () => {
  const ticket = await ask()
  await addCopy(cast.sam, { id: ticket.id }, { email: 'boss@customer.example', name: 'The Boss' })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>To all</p>' })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>To one</p>', to: 'requester' })
  await replyToTicket(
    cast.sam,
    { id: ticket.id },
    { body: '<p>To two</p>', to: 'chosen', recipients: ['boss@customer.example', 'new@customer.example'] },
  )
  const mails = (await outbound(ticket.id)).map(
    (row) =>
      row.content as {
        to: Array<{ address: string }>
        cc: Array<{ address: string }>
        subject: string
        text: string
        from: { name: string }
      },
  )
  expect(mails.map((mail) => [mail.to.map((p) => p.address), mail.cc.map((p) => p.address)])).toEqual([
    [['kim@customer.example'], ['boss@customer.example']],
    [['kim@customer.example'], []],
    [['boss@customer.example'], ['new@customer.example']],
  ])
  expect(mails[0]).toMatchObject({ subject: `Re: Printer on fire [#${ticket.number}]`, from: { name: 'Sam Support at Acme' } })
  expect(mails[0]!.text).toContain('To all')
  // The new person is on copy now, and seen.
  expect((await showTicket(cast.sam, { id: ticket.id })).copies.map((copy) => copy.address).sort()).toEqual([
    'boss@customer.example',
    'new@customer.example',
  ])
  await removeCopy(
    cast.sam,
    { id: ticket.id },
    (await showTicket(cast.sam, { id: ticket.id })).copies.find((copy) => copy.name === 'The Boss')!.endUserId,
  )
  expect((await showTicket(cast.sam, { id: ticket.id })).copies).toHaveLength(1)
})

test('a reply that crosses another is stopped once, and says what arrived', async () => {
  const ticket = await ask()
  await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'Never mind, it went out.' })
  let detail: unknown
  try {
    await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>On my way</p>', seen: ticket.lastEntryId! })
  } catch (error) {
    if (isAppError(error))
      detail = {
        code: error.code,
        key: error.key,
        texts: (error.detail as { entries: Array<{ bodyText: string }> }).entries.map((entry) => entry.bodyText),
      }
  }
  expect(detail).toEqual({ code: 'conflict', key: 'answeredMeanwhile', texts: ['Never mind, it went out.'] })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>On my way</p>', seen: ticket.lastEntryId!, sendAnyway: true })
})

test('a customer who writes within the undo window keeps the ticket open', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Try this</p>' })
  clock.advance(5)
  await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'One more thing' })
  clock.advance(6)
  await releaseReply({ ...desk.ctx, clock }, reply.entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({
    state: 'open',
    waitingSince: expect.any(Date),
    firstResponseAt: clock.now(),
  })
})

test('a note within the undo window does not hold the reply back', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Done</p>', status: 'resolved' })
  await addNote(cast.lin, { id: ticket.id }, { body: '<p>fyi</p>' })
  clock.advance(11)
  await releaseReply({ ...desk.ctx, clock }, reply.entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({
    state: 'resolved',
    waitingSince: null,
    dueAt: null,
  })
})

test('a status set by hand within the undo window stands', async () => {
  const ticket = await ask()
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Closing this</p>' })
  clock.advance(3)
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'closed' })
  clock.advance(8)
  await releaseReply({ ...desk.ctx, clock }, reply.entry)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket).toMatchObject({ state: 'closed', firstResponseAt: clock.now() })
})

test('an answer by API or mail leaves the open draft and its files alone', async () => {
  const ticket = await ask()
  await saveDraft(cast.sam, { id: ticket.id }, { kind: 'response', body: '<p>Internal thoughts</p>' })
  await attachToDraft(cast.sam, { id: ticket.id }, 'response', [
    { name: 'internal.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF') },
  ])
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: 'From my phone', format: 'text' }, { channel: 'email' })
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.attachments.filter((file) => file.ownerId === reply.entry)).toEqual([])
  expect((await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId))[0]).toMatchObject({
    bodyHtml: '<p>Internal thoughts</p>',
  })
})

test('an unknown status is refused at its place, and a sent draft does not come back from another window', async () => {
  const ticket = await ask()
  expect(await refusal(replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>x</p>', status: 'nonsense' }))).toEqual({
    code: 'invalid',
    pointer: '/status',
  })
  const draft = await saveDraft(cast.sam, { id: ticket.id }, { kind: 'response', body: '<p>x</p>' })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>x</p>' })
  expect(
    await refusal(saveDraft(cast.sam, { id: ticket.id }, { kind: 'response', body: '<p>x</p>', revision: draft.revision })),
  ).toMatchObject({ code: 'conflict' })
  expect(await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId)).toEqual([])
})

test('each mail refers to the ones before it', async () => {
  const ticket = await ask()
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>One</p>' })
  await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Two</p>' })
  const [one, two] = await outbound(ticket.id)
  expect((two!.content as { references: string[] }).references).toContain(one!.message_id)
  expect(two!.content).toMatchObject({ inReplyTo: one!.message_id })
})

test('drafts stay on the server, another window does not overwrite them, files travel with the reply', async () => {
  const ticket = await ask()
  const first = await saveDraft(cast.sam, { id: ticket.id }, { kind: 'response', body: '<p>Half a thou', revision: 0 })
  const second = await saveDraft(
    cast.sam,
    { id: ticket.id },
    { kind: 'response', body: '<p>Half a thought</p>', revision: first.revision },
  )
  expect(
    await refusal(saveDraft(cast.sam, { id: ticket.id }, { kind: 'response', body: 'older window', revision: first.revision })),
  ).toMatchObject({ code: 'conflict' })
  expect(second.revision).toBe(2)
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const [picture] = await attachToDraft(cast.sam, { id: ticket.id }, 'response', [
    { name: 'dot.png', contentType: 'image/png', content: png },
  ])
  const reply = await replyToTicket(cast.sam, { id: ticket.id }, { body: `<p>See <img src="/files/${picture!.id}/dot.png"></p>` })
  const shown = await showTicket(cast.sam, { id: ticket.id })
  expect(shown.attachments).toMatchObject([{ name: 'dot.png', ownerId: reply.entry }])
  expect(shown.entries.at(-1)!.bodyHtml).toContain(`cid:attachment-${picture!.id}`)
  const content = (await outbound(ticket.id))[0]!.content as { files: Array<{ contentId: string }>; html: string }
  expect(content.files).toMatchObject([{ contentId: `attachment-${picture!.id}` }])
  expect(content.html).toContain(`cid:attachment-${picture!.id}`)
  expect(await readDrafts(cast.sam, cast.sam.actor.id!, ticket.threadId)).toEqual([])
})

test('notes move nothing and reach nobody outside', async () => {
  const ticket = await ask()
  const before = (await showTicket(cast.sam, { id: ticket.id })).ticket
  await addNote(cast.lin, { id: ticket.id }, { body: '<p>Known model</p>' })
  const after = await showTicket(cast.sam, { id: ticket.id })
  expect(after.ticket).toMatchObject({ state: before.state, waitingSince: before.waitingSince })
  expect(after.entries.at(-1)).toMatchObject({ kind: 'note', author: { name: 'Lin Light' } })
  expect(await outbound(ticket.id)).toEqual([])
})

test('assign, claim and transfer: who cannot work there lets it go', async () => {
  const ticket = await ask()
  expect((await claimTicket(cast.sam, { id: ticket.id })).assigneeId).toBe(cast.sam.actor.id)
  expect(await refusal(assignTicket(cast.sam, { id: ticket.id }, { agent: 99_999 }))).toEqual({
    code: 'invalid',
    pointer: '/agent',
  })
  expect((await assignTicket(cast.sam, { id: ticket.id }, { agent: cast.lin.actor.id })).assigneeId).toBe(cast.lin.actor.id)
  expect(await transferTicket(cast.sam, { id: ticket.id }, { department: cast.billing })).toMatchObject({
    departmentId: cast.billing,
    assigneeId: null,
  })
  expect(await refusal(showTicket(cast.sam, { id: ticket.id }))).toMatchObject({ code: 'not_found' })
  expect((await showTicket(cast.bo, { id: ticket.id })).events.map((event) => event.verb)).toEqual([
    'ticket.opened',
    'ticket.assigned',
    'ticket.assigned',
    'ticket.transferred',
    'ticket.assigned',
  ])
})

test('statuses: one asks why, customers solve and reopen, the desk closes what was resolved for a week', async () => {
  const ticket = await ask()
  const hold = (await readWorkflow(desk.ctx)).statuses.find((status) => status.key === 'on_hold')!
  expect(await refusal(changeStatus(cast.sam, { id: ticket.id }, { status: hold.id }))).toEqual({
    code: 'invalid',
    pointer: '/reason',
  })
  expect(await changeStatus(cast.sam, { id: ticket.id }, { status: 'on_hold', reason: 'Part is ordered' })).toMatchObject({
    state: 'on_hold',
    dueAt: null,
  })
  expect((await solveAsCustomer(cast.kim, { id: ticket.id })).state).toBe('resolved')
  expect(await reopenAsCustomer(cast.kim, { id: ticket.id })).toMatchObject({
    state: 'open',
    waitingSince: clock.now(),
    dueKind: 'first_response',
  })
  await changeStatus(cast.sam, { id: ticket.id }, { status: 'resolved' })
  clock.advance(8 * 86_400)
  expect(await closeResolved({ ...desk.ctx, clock })).toBeGreaterThan(0)
  expect((await showTicket(cast.sam, { id: ticket.id })).ticket.state).toBe('closed')
  clock.advance(31 * 86_400)
  expect(await refusal(reopenAsCustomer(cast.kim, { id: ticket.id }))).toMatchObject({ code: 'conflict' })
})

test('subject and priority are edited, and the history says from what to what', async () => {
  const ticket = await ask()
  const urgent = (await readWorkflow(desk.ctx)).priorities.find((priority) => priority.key === 'urgent')!
  const edited = await editTicket(cast.sam, { id: ticket.id }, { subject: 'Printer burns', priority: urgent.id })
  expect(edited.dueAt!.getTime()).toBeLessThan(ticket.dueAt!.getTime())
  const last = (await showTicket(cast.sam, { id: ticket.id })).events.at(-1)!
  expect(last).toMatchObject({
    verb: 'ticket.edited',
    actor: { name: 'Sam Support' },
    data: { changes: { subject: { from: 'Printer on fire', to: 'Printer burns' } } },
  })
  expect(await refusal(editTicket(cast.sam, { id: ticket.id }, { subject: '   ' }))).toEqual({
    code: 'invalid',
    pointer: '/subject',
  })
})

test('whoever asks gets one confirmation, and none from mail that came as fast as a machine writes', async () => {
  const before = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('id')
    .where('kind', '=', 'autoresponse')
    .where('recipient', '=', 'pat@customer.example')
    .execute()
  await ask(cast.pat, 'First')
  await ask(cast.pat, 'Second')
  await runJobsUntilQuiet({ ...desk.ctx, clock }, desk.app.connection.pool, clock.now())
  const after = await desk.ctx.db
    .selectFrom('outbound_message')
    .select(['id', 'content'])
    .where('kind', '=', 'autoresponse')
    .where('recipient', '=', 'pat@customer.example')
    .execute()
  expect(after.length - before.length).toBe(1)
  // Both jobs run side by side; which of them was first is nobody's concern.
  expect(after[0]!.content).toMatchObject({
    automatic: 'auto-replied',
    subject: expect.stringMatching(/^Re: (First|Second) \[#/),
  })
})

test('bad input points at its place and nothing is stored', async () => {
  const count = async (): Promise<number> =>
    Number(
      (
        await desk.ctx.db
          .selectFrom('ticket')
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )
  const before = await count()
  const open = (over: object) =>
    refusal(
      openTicket(
        cast.ada,
        { requester: { email: 'x@customer.example' }, subject: 's', message: 'm', ...over },
        { channel: 'web' },
      ),
    )
  expect(await open({ requester: { email: 'not an address' } })).toEqual({ code: 'invalid', pointer: '/requester/email' })
  expect(await open({ subject: ' ' })).toEqual({ code: 'invalid', pointer: '/subject' })
  expect(await open({ message: '' })).toEqual({ code: 'invalid', pointer: '/message' })
  expect(await open({ subject: 'x'.repeat(300) })).toEqual({ code: 'invalid', pointer: '/subject' })
  expect(await open({ copies: [{ email: 'broken@' }] })).toEqual({ code: 'invalid', pointer: '/copies/0' })
  expect(await count()).toBe(before)
  await expect(
    storeFiles({ ...cast.ada, site: { ...cast.ada.site, limits: { fileBytes: 10, mailBytes: 10 } } }, [
      { name: 'big', contentType: 'x/y', content: Buffer.alloc(11) },
    ]),
  ).rejects.toMatchObject({ code: 'too_large' })
})

test("a mail ends with the department's signature, the writer's own, or none", async () => {
  await desk.ctx.db.updateTable('department').set({ signature: 'Acme Support' }).where('id', '=', cast.support).execute()
  await desk.ctx.db.updateTable('agent').set({ signature: 'Yours, Sam' }).where('id', '=', cast.sam.actor.id!).execute()
  desk.ctx.cache.clear()
  const text = async (signature: 'department' | 'own' | 'none'): Promise<string> => {
    const ticket = await ask(cast.kim, `Signed by ${signature}`)
    await replyToTicket(cast.sam, ticket, { body: 'Done.', format: 'text', signature })
    const [mail] = await outbound(ticket.id)
    return (mail!.content as { text: string }).text
  }
  expect(await text('department')).toContain('Acme Support')
  const own = await text('own')
  expect(own).toContain('Yours, Sam')
  expect(own).not.toContain('Acme Support')
  expect(await text('none')).not.toMatch(/Acme Support|Yours, Sam/)
})
