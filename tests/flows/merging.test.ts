import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { readDirectory } from '#people/directory.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { namedCollaborators, proposeCollaborators } from '#threads/collaborators.ts'
import { readDrafts, writeDraft } from '#threads/drafts.ts'
import { rememberMessageId } from '#threads/entries.ts'
import { rememberImportedThread } from '#threads/imported-threads.ts'
import { threadCandidates } from '#threads/match-thread.ts'
import { addNote } from '#tickets/add-note.ts'
import { replyAsCustomer, takeMessage } from '#tickets/customer-message.ts'
import { ticketsForMail } from '#tickets/find-for-mail.ts'
import { searchTickets } from '#tickets/find-tickets.ts'
import { followTicket } from '#tickets/follow.ts'
import { linksOf, linkTicket, unlinkTicket } from '#tickets/link.ts'
import { mergeTickets, previewMerge } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { referTicket } from '#tickets/referrals.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { saveDraft } from '#tickets/save-draft.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { splitMessage } from '#tickets/split.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { readTicketKey, ticketLink } from '#tickets/ticket-links.ts'
import { lastUndoable, undoEvent } from '#tickets/undo.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  clock = testClock('2026-11-24T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const ask = async (who: Context, subject: string) => {
  clock.advance(60)
  return openTicket(
    who,
    { requester: { email: who.actor.address!, name: who.actor.name }, subject, message: `${subject}, please help.` },
    { channel: 'web' },
  )
}
const refusal = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    if (isAppError(error))
      return { code: error.code, pointer: error.problems[0]?.pointer, key: error.problems[0]?.key ?? error.key }
    throw error
  }
  return { code: 'done' }
}
const undo = async (who: Context) => undoEvent(who, (await lastUndoable(who))!.event)
/** All rows in which a ticket lives, so that "exactly as before" can be compared. */
const everythingOf = async (ids: number[]) => {
  const { db } = desk.ctx
  const tickets = await db.selectFrom('ticket').selectAll().where('id', 'in', ids).orderBy('id').execute()
  const threads = tickets.map((one) => one.thread_id)
  return {
    tickets: tickets.map(({ updated_at: _, ...rest }) => rest),
    entries: await db.selectFrom('thread_entry').selectAll().where('thread_id', 'in', threads).orderBy('id').execute(),
    references: await db
      .selectFrom('message_reference')
      .selectAll()
      .where('thread_id', 'in', threads)
      .orderBy('message_id')
      .execute(),
    copies: await db
      .selectFrom('collaborator')
      .select(['thread_id', 'end_user_id'])
      .where('thread_id', 'in', threads)
      .orderBy('end_user_id')
      .execute(),
    numbers: await db
      .selectFrom('ticket_number')
      .selectAll()
      .where(
        'number',
        'in',
        tickets.map((one) => one.number),
      )
      .orderBy('number')
      .execute(),
    tags: await db
      .selectFrom('ticket_tag')
      .selectAll()
      .where('ticket_id', 'in', ids)
      .orderBy('ticket_id')
      .orderBy('tag_id')
      .execute(),
    followers: await db
      .selectFrom('ticket_follower')
      .select(['ticket_id', 'agent_id'])
      .where('ticket_id', 'in', ids)
      .orderBy('ticket_id')
      .execute(),
    mentions: await db.selectFrom('ticket_mention').selectAll().where('ticket_id', 'in', ids).orderBy('entry_id').execute(),
    documents: await db
      .selectFrom('search_document')
      .select(['id', 'public_tokens'])
      .where('kind', '=', 'ticket')
      .where('id', 'in', ids)
      .orderBy('id')
      .execute(),
  }
}

test('a merge: one conversation in order of time, numbers and mail live on, people only when asked', async () => {
  const target = await ask(cast.kim, 'Grinder smells')
  const twin = await ask(cast.pat, 'Grinder burnt')
  await replyAsCustomer(cast.kim, { id: target.id }, { message: 'Any news?' })
  await rememberMessageId(desk.ctx, 'twin@customer.example', twin.threadId, twin.lastEntryId)
  await tagTicket(cast.sam, { id: twin.id }, { add: ['grinder'] })
  await followTicket(cast.vic, { id: twin.id })
  await addNote(cast.sam, { id: twin.id }, { body: '@Lin Light, seen this?', format: 'text' })

  const preview = await previewMerge(cast.sam, { id: target.id }, [twin.number])
  expect(preview.people.map((one) => one.address)).toEqual(['pat@customer.example'])
  const before = await everythingOf([target.id, twin.id])
  await mergeTickets(cast.sam, { id: target.id }, { tickets: [`#${twin.number}`], addPeople: false })

  const shown = await showTicket(cast.sam, { number: twin.number })
  expect(shown.ticket.id).toBe(target.id)
  expect(shown.entries.map((entry) => entry.bodyText.split(',')[0])).toEqual([
    'Grinder smells',
    'Grinder burnt',
    'Any news?',
    '@Lin Light',
  ])
  expect(shown.entries.map((entry) => (entry.originThreadId === null ? null : shown.origins.get(entry.originThreadId)))).toEqual([
    null,
    twin.number,
    null,
    twin.number,
  ])
  expect(shown.copies).toEqual([])
  expect(shown.tags.map((tag) => tag.name)).toEqual(['grinder'])
  expect(shown.followers.sort()).toEqual([cast.vic.actor.id, cast.lin.actor.id].sort())
  expect((await searchTickets(cast.sam, twin.number)).map((row) => row.id)).toEqual([target.id])
  expect((await searchTickets(cast.sam, 'burnt')).map((row) => row.id)).toEqual([target.id])
  expect((await seeTicket(cast.sam, { id: twin.id })).id).toBe(target.id)
  // Not on copy, so not theirs to read; their mail still finds it, by the old number, the old id and the old Message-ID.
  expect(await refusal(seeTicket(cast.pat, { number: twin.number }))).toMatchObject({ code: 'not_found' })
  const found = await ticketsForMail(desk.ctx, {
    ...threadCandidates(
      { to: [], cc: [], from: null, subject: '', inReplyTo: [], references: [], headers: [], text: '' } as never,
      { signingKey: Buffer.alloc(32), envelopeRecipients: [] },
    ),
    signedAddress: { ticket: twin.id } as never,
    knownIds: ['twin@customer.example'],
    numbers: [twin.number],
  })
  for (const way of [
    found.byTicket.get(twin.id),
    found.byNumber.get(twin.number),
    found.byMessageId.get('twin@customer.example'),
  ]) {
    expect(way?.ticket).toBe(target.id)
    expect(way?.parties).toContain('pat@customer.example')
  }
  const { entry } = await takeMessage(desk.ctx, twin.id, {
    channel: 'email',
    author: { id: cast.pat.actor.id, name: 'Pat', address: 'pat@customer.example' },
    body: { text: 'Me too', html: null, visibleText: null, visibleHtml: null },
    moves: true,
  })
  expect((await showTicket(cast.sam, { id: target.id })).entries.at(-1)?.id).toBe(entry)
  await desk.ctx.db.updateTable('thread_entry').set({ deleted_at: clock.now() }).where('id', '=', entry).execute()
  await undo(cast.sam)
  const { entries: _e, tickets: after, ...rest } = await everythingOf([target.id, twin.id])
  const { entries, tickets, ...was } = before
  expect(rest).toEqual(was)
  expect(after.find((one) => one.id === twin.id)).toEqual(tickets.find((one) => one.id === twin.id))
  expect((await showTicket(cast.sam, { number: twin.number })).entries.map((one) => one.id)).toEqual(
    entries.filter((one) => one.thread_id === twin.threadId).map((one) => one.id),
  )
})

test('undo restores exactly, also of a chain and with people', async () => {
  const [a, b, c] = [await ask(cast.kim, 'One'), await ask(cast.pat, 'Two'), await ask(cast.kim, 'Three')]
  const ids = [a.id, b.id, c.id]
  const before = await everythingOf(ids)
  await mergeTickets(cast.sam, { id: b.id }, { tickets: [a.number], addPeople: true })
  const between = await everythingOf(ids)
  await mergeTickets(cast.sam, { id: c.id }, { tickets: [b.number], addPeople: true })
  expect((await seeTicket(cast.sam, { number: a.number })).id).toBe(c.id)
  expect((await showTicket(cast.sam, { id: c.id })).copies.map((one) => one.address)).toEqual(['pat@customer.example'])
  expect((await seeTicket(cast.pat, { number: b.number })).id).toBe(c.id)
  await undo(cast.sam)
  expect(await everythingOf(ids)).toEqual(between)
  await undo(cast.sam)
  expect(await everythingOf(ids)).toEqual(before)
})

test('whoever asked in a ticket that was merged twice over still takes part in the last', async () => {
  const [a, b, c] = [await ask(cast.pat, 'First'), await ask(cast.kim, 'Second'), await ask(cast.kim, 'Third')]
  await mergeTickets(cast.sam, { id: b.id }, { tickets: [a.number], addPeople: false })
  await mergeTickets(cast.sam, { id: c.id }, { tickets: [b.number], addPeople: false })
  const { tickets } = await ticketsForMail(desk.ctx, {
    signedAddress: { ticket: a.id, madeForSender: false },
    signedIds: [],
    markers: [],
    importedThreads: [],
    knownIds: [],
    numbers: [],
  })
  expect(tickets.get(c.id)?.parties).toContain('pat@customer.example')
})

test('what somebody is writing goes along with a merge and comes back with its undo', async () => {
  const [a, b] = [await ask(cast.pat, 'From'), await ask(cast.kim, 'Into')]
  const { revision } = await saveDraft(cast.sam, { id: a.id }, { kind: 'response', body: '<p>Half a sentence</p>' })
  await mergeTickets(cast.sam, { id: b.id }, { tickets: [a.number], addPeople: false })
  const draftsOf = async (thread: number) => (await readDrafts(desk.ctx, cast.sam.actor.id!, thread)).map((one) => one.bodyHtml)
  expect(await draftsOf(b.threadId)).toEqual(['<p>Half a sentence</p>'])
  // The window in which it is being written saves on.
  await saveDraft(cast.sam, { number: a.number }, { kind: 'response', body: '<p>A sentence</p>', revision })
  await undo(cast.sam)
  expect([await draftsOf(a.threadId), await draftsOf(b.threadId)]).toEqual([['<p>A sentence</p>'], []])
})

test('answers to mails of an imported desk find the ticket that theirs was merged into', async () => {
  const [a, b] = [await ask(cast.pat, 'Old'), await ask(cast.kim, 'New')]
  await rememberImportedThread(desk.ctx, { source: 'osticket', id: 4711, thread: a.threadId })
  await mergeTickets(cast.sam, { id: b.id }, { tickets: [a.number], addPeople: false })
  const { byImported } = await ticketsForMail(desk.ctx, {
    signedAddress: null,
    signedIds: [],
    markers: [],
    importedThreads: [4711],
    knownIds: [],
    numbers: [],
  })
  expect(byImported?.get(4711)?.ticket).toBe(b.id)
})

test('a link that was mailed to somebody whom an undone merge had put on copy opens nothing', async () => {
  const [a, b] = [await ask(cast.pat, 'Theirs'), await ask(cast.kim, 'Ours')]
  await mergeTickets(cast.sam, { id: b.id }, { tickets: [a.number], addPeople: true })
  const key = new URL(await ticketLink(desk.ctx, b, cast.pat.actor.id!)).searchParams.get('key')!
  expect(await readTicketKey(desk.ctx, key)).not.toBeNull()
  await undo(cast.sam)
  expect(await readTicketKey(desk.ctx, key)).toBeNull()
})

test('two merges of the same tickets at once: one happens, none is lost', async () => {
  for (let round = 0; round < 5; round++) {
    const [a, b] = [await ask(cast.kim, `Left ${round}`), await ask(cast.pat, `Right ${round}`)]
    const outcomes = await Promise.allSettled([
      mergeTickets(cast.sam, { id: a.id }, { tickets: [b.number], addPeople: false }),
      mergeTickets(cast.ada, { id: b.id }, { tickets: [a.number], addPeople: false }),
    ])
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    const lives = await seeTicket(cast.sam, { number: a.number })
    expect((await seeTicket(cast.sam, { number: b.number })).id).toBe(lives.id)
    expect((await showTicket(cast.sam, { id: lives.id })).entries).toHaveLength(2)
  }
})

test('who may not, cannot: neither merge what they do not see nor into what they may only read', async () => {
  const [a, b] = [await ask(cast.kim, 'Mine'), await ask(cast.pat, 'Yours')]
  const given = { tickets: [b.number], addPeople: false }
  expect(await refusal(mergeTickets(cast.bo, { id: a.id }, given))).toMatchObject({ code: 'not_found' })
  expect(await refusal(mergeTickets(cast.lin, { id: a.id }, given))).toMatchObject({ code: 'forbidden' })
  expect(await refusal(mergeTickets(cast.sam, { id: a.id }, { tickets: [a.number], addPeople: false }))).toMatchObject({
    pointer: '/tickets/0',
    key: 'mergeItself',
  })
  expect(await refusal(mergeTickets(cast.sam, { id: a.id }, { tickets: ['000000'], addPeople: false }))).toMatchObject({
    pointer: '/tickets/0',
    key: 'ticketUnknown',
  })
})

test('a message split off takes its mail along; both are related', async () => {
  const ticket = await ask(cast.kim, 'Two things')
  expect(await refusal(splitMessage(cast.sam, { id: ticket.id }, { entry: ticket.lastEntryId! }))).toMatchObject({
    code: 'conflict',
    key: 'onlyMessage',
  })
  const { entry } = await replyAsCustomer(cast.kim, { id: ticket.id }, { message: 'And the invoice is wrong' })
  await rememberMessageId(desk.ctx, 'second@customer.example', ticket.threadId, entry)
  const made = await splitMessage(cast.sam, { id: ticket.id }, { entry, subject: 'Invoice' })
  expect((await showTicket(cast.sam, { id: made.id })).entries.map((one) => one.bodyText)).toEqual(['And the invoice is wrong'])
  expect((await showTicket(cast.sam, { id: ticket.id })).entries).toHaveLength(1)
  expect(await linksOf(cast.sam, await seeTicket(cast.sam, { id: ticket.id }))).toMatchObject([
    { number: made.number, as: 'related' },
  ])
  const reference = await desk.ctx.db
    .selectFrom('message_reference')
    .select('thread_id')
    .where('message_id', '=', 'second@customer.example')
    .executeTakeFirstOrThrow()
  expect(reference.thread_id).toBe(made.threadId)
  expect(await seeTicket(cast.kim, { id: made.id })).toMatchObject({ subject: 'Invoice' })
  expect(await refusal(splitMessage(cast.lin, { id: ticket.id }, { entry }))).toMatchObject({ code: 'forbidden' })
})

test('links: a parent has children and no parent, and both sides say so', async () => {
  const [outage, one, two] = [await ask(cast.kim, 'Outage'), await ask(cast.kim, 'Down'), await ask(cast.pat, 'Down too')]
  for (const child of [one, two]) await linkTicket(cast.sam, { id: child.id }, { ticket: outage.number, as: 'parent' })
  expect((await linksOf(cast.sam, await seeTicket(cast.sam, { id: outage.id }))).map((link) => [link.number, link.as])).toEqual([
    [one.number, 'child'],
    [two.number, 'child'],
  ])
  const other = await ask(cast.pat, 'Other')
  expect(await refusal(linkTicket(cast.sam, { id: other.id }, { ticket: one.number, as: 'parent' }))).toMatchObject({
    key: 'parentIsChild',
  })
  expect(await refusal(linkTicket(cast.sam, { id: outage.id }, { ticket: other.number, as: 'parent' }))).toMatchObject({
    key: 'hasChildren',
  })
  await unlinkTicket(cast.sam, { id: outage.id }, two.number)
  expect(await linksOf(cast.sam, await seeTicket(cast.sam, { id: two.id }))).toEqual([])
  expect(await refusal(linkTicket(cast.bo, { id: one.id }, { ticket: outage.number, as: 'related' }))).toMatchObject({
    code: 'not_found',
  })
  // A merged parent hands its children on.
  await mergeTickets(cast.sam, { id: other.id }, { tickets: [outage.number], addPeople: false })
  expect((await seeTicket(cast.sam, { id: one.id })).parentId).toBe(other.id)
})

test('a reply that can still be taken back goes where its ticket went', async () => {
  const [a, b] = [await ask(cast.kim, 'Kept'), await ask(cast.kim, 'Gone')]
  const { entry } = await replyToTicket(cast.sam, { id: b.id }, { body: '<p>Soon.</p>' })
  await mergeTickets(cast.sam, { id: a.id }, { tickets: [b.number], addPeople: false })
  const { releaseReply } = await import('#tickets/release-reply.ts')
  clock.advance(20)
  await releaseReply({ ...desk.ctx, clock }, entry)
  const shown = await showTicket(cast.sam, { id: a.id })
  expect(shown.ticket).toMatchObject({ state: 'on_hold', firstResponseAt: clock.now() })
  expect(shown.deliveries.map((one) => one.entryId)).toEqual([entry])
})

test('what agents write, who waits for approval and who may see it move with a merge, and come back with its undo', async () => {
  const kept = await ask(cast.kim, 'Mill is loud')
  const gone = await ask(cast.pat, 'Mill is very loud')
  const billing = (await readDirectory(cast.ada)).departments.find((one) => one.name === 'Billing')!.id
  const asked = await seeTicket(cast.ada, { id: gone.id })
  const target = await seeTicket(cast.ada, { id: kept.id })
  await referTicket(cast.ada, { id: gone.id }, { department: billing })
  const named = (await findOrCreateEndUser(desk.ctx, { address: 'named@customer.example', name: 'Named' })).id
  await proposeCollaborators(desk.ctx, asked.threadId, [named], 'mail')
  const draft = { thread: asked.threadId, kind: 'response' as const, bodyHtml: '<p>I am on it</p>', revision: 0 }
  await writeDraft(cast.sam, { agent: cast.sam.actor.id!, ...draft })
  await writeDraft(cast.ada, { agent: cast.ada.actor.id!, ...draft })
  // Ada writes on the other as well: what she wrote there stays hers, and the other waits with its ticket.
  await writeDraft(cast.ada, { agent: cast.ada.actor.id!, ...draft, thread: target.threadId, bodyHtml: '<p>Mine</p>' })

  await mergeTickets(cast.ada, { id: kept.id }, { tickets: [gone.number], addPeople: false })
  const drafts = async (who: Context, thread: number) => (await readDrafts(who, who.actor.id!, thread)).map((one) => one.bodyHtml)
  expect(await drafts(cast.sam, target.threadId)).toEqual(['<p>I am on it</p>'])
  expect(await drafts(cast.ada, target.threadId)).toEqual(['<p>Mine</p>'])
  expect((await namedCollaborators(desk.ctx, target.threadId)).proposed.map((one) => one.endUserId)).toEqual([named])
  expect((await seeTicket(cast.bo, { id: kept.id })).referredTo).toEqual([billing])

  await undo(cast.ada)
  expect(await drafts(cast.sam, target.threadId)).toEqual([])
  expect(await drafts(cast.sam, asked.threadId)).toEqual(['<p>I am on it</p>'])
  expect(await drafts(cast.ada, asked.threadId)).toEqual(['<p>I am on it</p>'])
  expect((await namedCollaborators(desk.ctx, target.threadId)).proposed).toEqual([])
  expect((await namedCollaborators(desk.ctx, asked.threadId)).proposed.map((one) => one.endUserId)).toEqual([named])
  expect(await refusal(seeTicket(cast.bo, { id: kept.id }))).toMatchObject({ code: 'not_found' })
  expect((await seeTicket(cast.bo, { id: gone.id })).id).toBe(gone.id)
})
