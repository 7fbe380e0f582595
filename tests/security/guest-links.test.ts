import { beforeAll, describe, expect, test } from 'vitest'
import { actByGrant } from '#access/act-by-grant.ts'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { grantTicket, readSession, startSession } from '#access/sessions.ts'
import { actingAs, type Context } from '#core/context.ts'
import { createAgent } from '#people/agents.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { addCollaborators, removeCollaborator } from '#threads/collaborators.ts'
import { answerByPortal } from '#tickets/answer-by-portal.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { showRequest } from '#tickets/show-request.ts'
import { whereMerged } from '#tickets/ticket-access.ts'
import { mailTicketLink, readTicketKey, revokeTicketLinks, ticketLink } from '#tickets/ticket-links.ts'
import type { Ticket } from '#tickets/ticket-store.ts'
import { openTestContext, type TestContext } from '../world/context.ts'

/** A link opens one ticket for one person, for a while, and can be taken back; nothing more. */
describe('a link to a ticket', () => {
  let world: TestContext
  let kims: Ticket
  let pats: Ticket

  const open = (email: string, subject: string): Promise<Ticket> =>
    openTicket(world, { requester: { email }, subject, message: 'Hello' }, { channel: 'web' })

  /** What a browser holds after opening these links one after the other. */
  async function browse(...links: string[]): Promise<{ ctx: Context; token: string }> {
    const { token } = await startSession(world, {})
    for (const link of links) {
      const key = await readTicketKey(world, new URL(link).searchParams.get('key')!)
      if (!key) continue
      await grantTicket(world, (await readSession(world, token))!, {
        ticket: key.ticketId,
        endUser: key.endUserId,
        token: key.id,
      })
    }
    return { ctx: actingAs(world, (await readSession(world, token))!.actor), token }
  }

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'fine',
      (error: { code: string }) => error.code,
    )

  const administrator = async () =>
    (await createAgent(world, { email: 'ada@desk.example', name: 'Ada', administrator: true, seesAllTickets: true })).id

  beforeAll(async () => {
    world = await openTestContext()
    await installDefaults(world)
    kims = await open('kim@customer.example', 'Grinder')
    pats = await open('pat@customer.example', 'Beans')
  })

  test('opens its ticket and no other, and a part of a key opens nothing', async () => {
    const link = await ticketLink(world, kims, kims.requesterId)
    const { ctx } = await browse(link)
    expect((await showRequest(ctx, kims.number)).subject).toBe('Grinder')
    expect(await codeOf(showRequest(ctx, pats.number))).toBe('not_found')
    expect(await readTicketKey(world, new URL(link).searchParams.get('key')!.slice(0, -1))).toBeNull()
    expect(JSON.stringify(await world.db.selectFrom('one_time_token').selectAll().execute())).not.toContain(
      new URL(link).searchParams.get('key'),
    )
  })

  test('ends when it is taken back, also where it is open already', async () => {
    const link = await ticketLink(world, kims, kims.requesterId)
    const { token } = await browse(link)
    await revokeTicketLinks(world, kims.number)
    const after = actingAs(world, (await readSession(world, token))!.actor)
    expect(await codeOf(showRequest(after, kims.number))).toBe('not_found')
    expect(await readTicketKey(world, new URL(link).searchParams.get('key')!)).toBeNull()
  })

  test('ends after 30 days', async () => {
    const link = await ticketLink(world, pats, pats.requesterId)
    const { token } = await browse(link)
    world.clock.advance(29 * 86_400)
    expect((await readSession(world, token))!.actor.grants).toEqual([pats.id])
    world.clock.advance(86_400 + 1)
    expect((await readSession(world, token))?.actor.grants ?? []).toEqual([])
  })

  test('acts as the person it was made for, whichever link was opened last', async () => {
    const { ctx, token } = await browse(
      await ticketLink(world, kims, kims.requesterId),
      await ticketLink(world, pats, pats.requesterId),
    )
    for (const [ticket, address] of [
      [kims, 'kim@customer.example'],
      [pats, 'pat@customer.example'],
    ] as const) {
      const holder = await actByGrant(ctx, token, ticket.id)
      expect(holder.actor.address).toBe(address)
      await answerByPortal(holder, ticket.number, { message: 'More' }, [], null)
      const shown = await showRequest(holder, ticket.number)
      expect(shown.entries.at(-1)!.entry.author.address).toBe(address)
    }
  })

  test('is mailed only to who asked for the ticket or is on copy of it', async () => {
    await mailTicketLink(world, { number: kims.number, address: 'pat@customer.example' })
    await mailTicketLink(world, { number: kims.number, address: 'nobody@customer.example' })
    await mailTicketLink(world, { number: '000000', address: 'kim@customer.example' })
    expect(await world.db.selectFrom('outbound_message').select('recipient').where('kind', '=', 'link').execute()).toEqual([])
    await mailTicketLink(world, { number: kims.number, address: 'kim@customer.example' })
    expect(await world.db.selectFrom('outbound_message').select('recipient').where('kind', '=', 'link').execute()).toEqual([
      { recipient: 'kim@customer.example' },
    ])
  })

  test('of a ticket that was merged opens where it went while its person is on copy there, and says no more than where else', async () => {
    const first = await open('ida@customer.example', 'Mill')
    const second = await open('jon@customer.example', 'Mill as well')
    const link = await ticketLink(world, second, second.requesterId)
    const { token } = await browse(link)
    const asJon = async () => actingAs(world, (await readSession(world, token))!.actor)
    const ada = actingAs(world, agentActor((await agentFacts(world, await administrator()))!))
    await mergeTickets(ada, { id: first.id }, { tickets: [second.number], addPeople: false })
    expect(await codeOf(showRequest(await asJon(), second.number))).toBe('not_found')
    expect(await whereMerged(await asJon(), second.number)).toBe(first.number)
    // Others learn nothing by trying numbers.
    expect(await whereMerged((await browse(await ticketLink(world, pats, pats.requesterId))).ctx, second.number)).toBeNull()

    await addCollaborators(world, first.threadId, [second.requesterId], 'agent')
    expect((await showRequest(await asJon(), second.number)).number).toBe(first.number)
    const acting = await actByGrant(await asJon(), token, first.id)
    expect(acting.actor.id).toBe(second.requesterId)
    await removeCollaborator(world, first.threadId, second.requesterId)
    expect(await codeOf(showRequest(await asJon(), first.number))).toBe('not_found')

    // Taking back the links of where it went takes back this one.
    await addCollaborators(world, first.threadId, [second.requesterId], 'agent')
    await revokeTicketLinks(ada, first.number)
    expect(await codeOf(showRequest(await asJon(), first.number))).toBe('not_found')
    expect(await readTicketKey(world, new URL(link).searchParams.get('key')!)).toBeNull()
  })
})
