import { beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { endUserActor } from '#access/actors.ts'
import { anonymousActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { answerByPortal } from '#tickets/answer-by-portal.ts'
import { askByPortal, type GuestAskInput } from '#tickets/ask-by-portal.ts'
import { reopenAsCustomer, solveAsCustomer } from '#tickets/change-status.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { listRequests, showRequest } from '#tickets/show-request.ts'
import { openTestContext, type TestContext } from '../world/context.ts'

describe('a customer’s requests', () => {
  let world: TestContext
  let kim: Context
  let pat: Context

  const customer = async (name: string): Promise<Context> => {
    const address = `${name.toLowerCase()}@customer.example`
    const { id } = await findOrCreateEndUser(world, { address, name })
    return actingAs(world, endUserActor({ id, name, address }))
  }
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'fine',
      (error: { key: string; problems: { pointer: string; key: string }[] }) =>
        error.problems.map((one) => `${one.pointer} ${one.key}`).join(', ') || error.key,
    )

  beforeAll(async () => {
    world = await openTestContext()
    await installDefaults(world)
    kim = await customer('Kim')
    pat = await customer('Pat')
  })

  test('are those they asked for and those they are on copy of, page by page, and nobody else’s', async () => {
    for (let n = 0; n < 35; n++) {
      world.clock.advance(60)
      await openTicket(
        world,
        { requester: { email: 'kim@customer.example' }, subject: `Kim ${n}`, message: 'Hello' },
        { channel: 'web' },
      )
    }
    await openTicket(
      world,
      {
        requester: { email: 'pat@customer.example' },
        subject: 'Shared',
        message: 'Hello',
        copies: [{ email: 'kim@customer.example' }],
      },
      { channel: 'web' },
    )
    await openTicket(
      world,
      { requester: { email: 'pat@customer.example' }, subject: 'Private', message: 'Hello' },
      { channel: 'web' },
    )
    const first = await listRequests(kim, { show: 'all' })
    const second = await listRequests(kim, { show: 'all', cursor: first.next })
    const all = [...first.rows, ...second.rows].map((row) => row.subject)
    expect(first.rows).toHaveLength(30)
    expect(second.next).toBeNull()
    expect(all).toEqual(['Shared', ...Array.from({ length: 35 }, (_, n) => `Kim ${34 - n}`)])
    expect(first.rows[0]!.isCopy).toBe(true)
    expect((await listRequests(pat, { show: 'all' })).rows.map((row) => row.subject).sort()).toEqual(['Private', 'Shared'])
    expect((await listRequests(kim, { show: 'done' })).rows).toEqual([])
    expect((await listRequests(actingAs(world, anonymousActor), { show: 'all' })).rows).toEqual([])
  })

  test('go from received to solved and back, and a new one begins when one is closed for too long', async () => {
    const guest = actingAs(world, anonymousActor)
    const input: z.output<typeof GuestAskInput> = {
      name: 'Kim',
      email: 'kim@customer.example',
      topic: null,
      subject: 'Kettle',
      message: 'Cold',
    }
    const { number, expectedAt } = await askByPortal(guest, input, [], 'one-filling-in')
    expect(Date.parse(expectedAt!)).toBeGreaterThan(world.clock.now().getTime())
    expect((await askByPortal(guest, input, [], 'one-filling-in')).number).toBe(number)
    expect((await showRequest(kim, number)).status).toBe('received')
    await solveAsCustomer(kim, { number })
    expect((await showRequest(kim, number)).status).toBe('solved')
    await reopenAsCustomer(kim, { number })
    expect((await showRequest(kim, number)).status).toBe('received')
    await solveAsCustomer(kim, { number })
    await world.db
      .updateTable('ticket')
      .set({ state: 'closed', closed_at: world.clock.now() })
      .where('number', '=', number)
      .execute()
    expect(await answerByPortal(kim, number, { message: 'Still cold' }, [], null)).toEqual({ number, isNew: false })
    await world.db
      .updateTable('ticket')
      .set({ state: 'closed', closed_at: world.clock.now() })
      .where('number', '=', number)
      .execute()
    world.clock.advance(31 * 86_400)
    expect(await codeOf(reopenAsCustomer(kim, { number }))).toBe('closedForGood')
    const later = await answerByPortal(kim, number, { message: 'Cold again' }, [], null)
    expect(later.isNew).toBe(true)
    expect((await showRequest(kim, later.number)).subject).toBe('Kettle')
    expect(await codeOf(answerByPortal(pat, number, { message: 'Not mine' }, [], null))).toBe('ticketNotFound')
  })

  test('say all that is missing at once, and guests only ask where they may', async () => {
    const guest = actingAs(world, anonymousActor)
    const empty = { name: '', email: 'nowhere', topic: null, subject: 'x', message: 'y' }
    expect(await codeOf(askByPortal(guest, empty, [], null))).toBe('/name required, /email value')
    expect(await codeOf(askByPortal(guest, { ...empty, name: 'Eve', email: 'eve@customer.example', topic: 999 }, [], null))).toBe(
      '/topic choice',
    )
    await changeSettings(world, { 'portal.guestsMayAsk': false })
    expect(await codeOf(askByPortal(guest, { ...empty, name: 'Eve', email: 'eve@customer.example' }, [], null))).toBe(
      'guestsClosed',
    )
    expect(await codeOf(askByPortal(kim, { ...empty, subject: 'Signed in' }, [], null))).toBe('fine')
  })
})
