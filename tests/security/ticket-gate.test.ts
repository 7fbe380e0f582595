import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actingAs, type Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { accessAttachment, storeFiles } from '#files/attachments.ts'
import { setPresence } from '#presence/presence.ts'
import { queueCounts, queueKeys, queuePage } from '#queues/queues.ts'
import { readEntries } from '#threads/entries.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { addCopy, removeCopy } from '#tickets/copies.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { findTickets, searchTickets } from '#tickets/find-tickets.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { withdrawReply } from '#tickets/release-reply.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { saveDraft } from '#tickets/save-draft.ts'
import { otherTicketsOf, showTicket } from '#tickets/show-ticket.ts'
import { factsOf, maySeeTicket, seeTicket } from '#tickets/ticket-access.ts'
import { readTicketKey, ticketLink } from '#tickets/ticket-links.ts'
import type { Ticket } from '#tickets/ticket-store.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { mayHear } from '../../src/doors/live.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast, guestOf } from '../world/people.ts'

/** IDOR, the commonest hole of desks: whoever may not see a ticket meets it in no verb, list, search, counter, file or live event. */

let desk: Desk
let cast: Cast
let ticket: Ticket
let file: number
let noteFile: number
let reply: number

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
}

beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
  const attached = await storeFiles(desk.ctx, [
    { name: 'contract.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF') },
  ])
  const internal = await storeFiles(desk.ctx, [
    { name: 'internal.txt', contentType: 'text/plain', content: Buffer.from('secret') },
  ])
  ticket = await openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example' }, subject: 'Zebra crossing', message: 'Private words' },
    { channel: 'web', files: attached },
  )
  const note = await addNote(cast.sam, { id: ticket.id }, { body: '<p>Internal xylophone</p>' }, { files: internal })
  reply = (await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Still within its window</p>' })).entry
  const files = await desk.ctx.db.selectFrom('attachment').select(['id', 'owner_id']).execute()
  noteFile = files.find((row) => row.owner_id === note.entry)!.id
  file = files.find((row) => row.owner_id !== note.entry)!.id
  ticket = await seeTicket(cast.sam, { id: ticket.id })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const outsiders = (): Array<[string, Context]> => [
  ['agent of another department', cast.bo],
  ['another customer', cast.pat],
  ['guest of another ticket', guestOf(desk.ctx, ticket.id + 1000, cast.pat)],
  ['nobody', actingAs(desk.ctx, { ...cast.pat.actor, kind: 'guest', id: null, grants: [] })],
]

describe('an outsider', () => {
  test('meets it in no verb', async () => {
    const ref = { id: ticket.id }
    for (const [who, ctx] of outsiders()) {
      const verbs: Record<string, () => Promise<unknown>> = {
        see: () => seeTicket(ctx, ref),
        seeByNumber: () => seeTicket(ctx, { number: ticket.number }),
        show: () => showTicket(ctx, ref),
        reply: () => replyToTicket(ctx, ref, { body: '<p>x</p>' }),
        note: () => addNote(ctx, ref, { body: '<p>x</p>' }),
        assign: () => assignTicket(ctx, ref, { agent: ctx.actor.id }),
        transfer: () => transferTicket(ctx, ref, { department: cast.billing }),
        status: () => changeStatus(ctx, ref, { status: 'closed' }),
        edit: () => editTicket(ctx, ref, { subject: 'mine now' }),
        spam: () => moveTicket(ctx, ref, 'spam'),
        copy: () => addCopy(ctx, ref, { email: 'spy@evil.example' }),
        write: () => replyAsCustomer(ctx, ref, { message: 'x' }),
        draft: () => saveDraft(ctx, ref, { kind: 'note', body: 'x' }),
        withdraw: () => withdrawReply(ctx, reply),
        file: () => accessAttachment(ctx, file),
      }
      for (const [verb, work] of Object.entries(verbs))
        expect([who, verb, await codeOf(work())]).toEqual([who, verb, 'not_found'])
      if (ctx.actor.kind === 'agent') expect(await codeOf(setPresence(ctx, ref, 'viewing'))).toBe('not_found')
    }
    expect((await showTicket(cast.sam, { id: ticket.id })).ticket.subject).toBe('Zebra crossing')
  })

  test('meets it in no list, search or counter', async () => {
    for (const [who, ctx] of outsiders()) {
      const lists = await Promise.all([
        ...queueKeys.map((key) => queuePage(ctx, key)),
        findTickets(ctx, { number: ticket.number }),
        findTickets(ctx, { words: 'zebra' }),
      ])
      expect([who, lists.flatMap((page) => page.rows)]).toEqual([who, []])
      expect([who, await searchTickets(ctx, ticket.number)]).toEqual([who, []])
      expect([who, [...(await queueCounts(ctx)).values()].every((count) => count === 0)]).toEqual([who, true])
      expect([who, await otherTicketsOf(ctx, ticket.requesterId, 0)]).toEqual([who, []])
    }
    expect((await queueCounts(cast.sam)).get('needs-reply')).toBe(1)
    expect((await searchTickets(cast.sam, 'zebra')).map((row) => row.id)).toEqual([ticket.id])
  })

  test('hears no live event of it', () => {
    for (const [who, ctx] of outsiders()) {
      expect([who, maySeeTicket(ctx.actor, factsOf(ticket))]).toEqual([who, false])
      expect([
        who,
        mayHear(ctx.actor, { verb: 'ticket.opened', subject: { kind: 'ticket', id: ticket.id }, facts: factsOf(ticket) }),
      ]).toEqual([who, false])
    }
    expect(maySeeTicket(cast.sam.actor, factsOf(ticket))).toBe(true)
    // Nor do those who see tickets hear of settings, people or tokens.
    const own = { kind: 'agent', id: cast.sam.actor.id! }
    expect(mayHear(cast.sam.actor, { verb: 'agent.changed', subject: own, facts: {} })).toBe(false)
    // Of inboxes they hear of their own alone.
    expect(mayHear(cast.sam.actor, { verb: 'inbox.changed', subject: own, facts: {} })).toBe(true)
    expect(mayHear(cast.bo.actor, { verb: 'inbox.changed', subject: own, facts: {} })).toBe(false)
  })
})

describe('the gate of rows and the gate of events agree', () => {
  test('for every agent and every ticket', async () => {
    await openTicket(
      cast.ada,
      { requester: { email: 'pat@customer.example' }, subject: 'In billing', message: 'x', department: cast.billing },
      { channel: 'phone' },
    )
    await openTicket(
      cast.ada,
      {
        requester: { email: 'pat@customer.example' },
        subject: 'For Bo in Support',
        message: 'x',
        department: cast.support,
        assignee: cast.bo.actor.id,
      },
      { channel: 'phone' },
    )
    const all = await findTickets(cast.ada, {}, { limit: 200 })
    expect(all.rows.length).toBe(3)
    for (const ctx of [cast.ada, cast.sam, cast.bo, cast.lin, cast.vic]) {
      const rows = new Set((await findTickets(ctx, {}, { limit: 200 })).rows.map((row) => row.id))
      for (const row of all.rows) {
        const facts = { department: row.departmentId, assignee: row.assigneeId, team: row.teamId }
        expect([ctx.actor.name, row.subject, maySeeTicket(ctx.actor, facts)]).toEqual([
          ctx.actor.name,
          row.subject,
          rows.has(row.id),
        ])
      }
    }
  })
})

describe('who sees it has only their role’s verbs', () => {
  test('a viewer looks and changes nothing, a light agent notes', async () => {
    const ref = { id: ticket.id }
    expect(await codeOf(showTicket(cast.vic, ref))).toBe('done')
    expect(await codeOf(addNote(cast.vic, ref, { body: '<p>x</p>' }))).toBe('forbidden')
    for (const ctx of [cast.vic, cast.lin]) {
      expect(await codeOf(replyToTicket(ctx, ref, { body: '<p>x</p>' }))).toBe('forbidden')
      expect(await codeOf(changeStatus(ctx, ref, { status: 'closed' }))).toBe('forbidden')
      expect(await codeOf(assignTicket(ctx, ref, { agent: ctx.actor.id }))).toBe('forbidden')
      expect(await codeOf(editTicket(ctx, ref, { subject: 'x' }))).toBe('forbidden')
    }
    expect(await codeOf(addNote(cast.lin, ref, { body: '<p>x</p>' }))).toBe('done')
    expect(await codeOf(moveTicket(cast.sam, ref, 'trash'))).toBe('forbidden')
  })
})

describe('a customer', () => {
  test('never sees a note, its file, or a reply that can still be withdrawn', async () => {
    const entries = await readEntries(cast.kim, ticket.threadId, { audience: 'customer' })
    expect(entries.map((entry) => entry.kind)).toEqual(['message'])
    expect(await codeOf(accessAttachment(cast.kim, file))).toBe('done')
    expect(await codeOf(accessAttachment(cast.kim, noteFile))).toBe('not_found')
    expect(await searchTickets(cast.kim, 'xylophone')).toEqual([])
  })

  test('on copy sees it, and no longer after they were removed', async () => {
    await addCopy(cast.sam, { id: ticket.id }, { email: 'pat@customer.example' })
    expect(await codeOf(seeTicket(cast.pat, { id: ticket.id }))).toBe('done')
    const key = new URL(await ticketLink(desk.ctx, ticket, cast.pat.actor.id!)).searchParams.get('key')!
    expect(await readTicketKey(desk.ctx, key)).not.toBeNull()
    await removeCopy(cast.sam, { id: ticket.id }, cast.pat.actor.id!)
    // The link in an old mail of theirs is worth nothing either.
    expect(await readTicketKey(desk.ctx, key)).toBeNull()
    expect(await codeOf(seeTicket(cast.pat, { id: ticket.id }))).toBe('not_found')
  })

  test('with a link sees that ticket alone', async () => {
    const guest = guestOf(desk.ctx, ticket.id, cast.kim)
    expect(await codeOf(seeTicket(guest, { id: ticket.id }))).toBe('done')
    expect((await findTickets(guest, {})).rows.map((row) => row.id)).toEqual([ticket.id])
  })

  test('cannot ask in another’s name, nor choose department or priority', async () => {
    expect(
      await codeOf(
        openTicket(cast.pat, { requester: { email: 'kim@customer.example' }, subject: 's', message: 'm' }, { channel: 'web' }),
      ),
    ).toBe('forbidden')
    const own = await openTicket(
      cast.pat,
      { requester: { email: 'pat@customer.example' }, subject: 's', message: 'm', department: cast.billing, priority: 1 },
      { channel: 'web' },
    )
    expect(own).toMatchObject({ departmentId: cast.support, urgency: 3 })
  })
})

test('a picture of another ticket cannot be taken along by its id', async () => {
  const other = await openTicket(
    cast.ada,
    { requester: { email: 'pat@customer.example' }, subject: 'Other', message: 'm', department: cast.billing },
    { channel: 'phone' },
  )
  const sent = await replyToTicket(cast.bo, { id: other.id }, { body: `<p>Look <img src="/files/${file}/x.png"></p>` })
  const row = await desk.ctx.db
    .selectFrom('outbound_message')
    .select('content')
    .where('entry_id', '=', sent.entry)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row.content)).not.toContain(`attachment-${file}`)
  expect((row.content as { files: unknown[] }).files).toEqual([])
})
