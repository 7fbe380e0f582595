import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeToken } from '#access/one-time-tokens.ts'
import { readSession } from '#access/sessions.ts'
import { anonymousActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { readSettings } from '#settings/settings.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { isLoopback, selfTestAnswer, testPublicAddress } from '#setup/self-test.ts'
import { finishSetup, inviteColleagues, makeFirstAdministrator, readSetup, setUpDesk } from '#setup/set-up.ts'
import { openTestContext, type TestContext } from '../world/context.ts'

const password = 'grinder smells burnt'

/** Whoever sets a desk up owns it: the link is the only key, it is one key, and it opens nothing once somebody is in. */
describe('setting up', () => {
  let world: TestContext
  let visitor: Context
  let link: string

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'fine',
      (error: { key: string; problems: { key: string }[] }) => error.problems[0]?.key ?? error.key,
    )
  const admin = (email: string) => ({ name: 'Ada', email, password })

  beforeAll(async () => {
    world = await openTestContext()
    await installDefaults(world)
    visitor = actingAs(world, anonymousActor)
    link = await makeToken(world, 'setup')
  })

  test('needs the link', async () => {
    for (const token of [null, '', 'x'.repeat(32), link.slice(0, -1), await makeToken(world, 'sign-in')]) {
      expect(await codeOf(setUpDesk(visitor, token, { 'desk.name': 'Taken over' }))).toBe('setupClosed')
      expect(await codeOf(makeFirstAdministrator(visitor, token, admin('eve@evil.example'), null))).toBe('setupClosed')
    }
    expect((await readSettings(world))['desk.name']).toBe('Help desk')
  })

  test('has no default password and takes no guessable one', async () => {
    for (const [given, key] of [
      ['admin', 'passwordShort'],
      ['adminadminadmin', 'passwordGuessable'],
      ['ada@desk.example', 'passwordGuessable'],
    ] as const) {
      expect(await codeOf(makeFirstAdministrator(visitor, link, { ...admin('ada@desk.example'), password: given }, null))).toBe(
        key,
      )
    }
  })

  test('makes one administrator of two who try at once, and the link opens nothing afterwards', async () => {
    const both = await Promise.allSettled([
      makeFirstAdministrator(visitor, link, admin('ada@desk.example'), null),
      makeFirstAdministrator(visitor, link, admin('eve@desk.example'), null),
    ])
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await readSetup(visitor, link)).toEqual({ isComplete: false, hasAdministrator: true, isAllowed: false })
    expect(await codeOf(setUpDesk(visitor, link, { 'desk.name': 'Taken over' }))).toBe('setupClosed')
    const session = both.find((one) => one.status === 'fulfilled')!.value
    const ada = actingAs(world, (await readSession(world, session.token))!.actor)
    expect(await codeOf(inviteColleagues(ada, 'sam@desk.example\nno address'))).toBe('lineNotAddress')
    expect(await inviteColleagues(ada, 'sam@desk.example, SAM@desk.example\n\nnoor@desk.example')).toBe(2)
    expect((await finishSetup(ada)).number).toMatch(/^\d{6}$/)
    expect(await codeOf(finishSetup(ada))).toBe('setupClosed')
    expect(await world.db.selectFrom('agent').select('email').where('is_administrator', '=', true).execute()).toHaveLength(1)
  })
})

describe('the test of a public address', () => {
  let world: TestContext
  let port: number
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://x')
    if (url.pathname === '/desk/setup/self-test') response.end(selfTestAnswer(world, url.searchParams.get('nonce')!))
    else if (url.pathname === '/moved/setup/self-test') {
      response.writeHead(302, { location: `/desk/setup/self-test${url.search}` }).end()
    } else response.end('something else, at length '.repeat(100_000))
  })

  beforeAll(async () => {
    world = await openTestContext()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('believes only the signature of this desk, follows nothing, and tells nothing of other machines', async () => {
    const base = `http://127.0.0.1:${port}`
    expect(await testPublicAddress(world, `${base}/desk/`)).toBe('reached')
    expect(await testPublicAddress(world, `${base}/moved`)).toBe('other_site')
    expect(await testPublicAddress(world, base)).toBe('other_site')
    expect(await testPublicAddress(world, 'http://127.0.0.1:9')).toBe('unreachable')
    for (const address of ['help.example.com', 'ftp://x', 'file:///etc/passwd', '']) {
      expect(await testPublicAddress(world, address)).toBe('not_an_address')
    }
  })

  test('knows addresses that open on this machine only', () => {
    for (const address of ['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1', 'http://0.0.0.0'])
      expect(isLoopback(address)).toBe(true)
    for (const address of ['https://help.example.com', 'http://10.0.0.1', '127.0.0.1']) expect(isLoopback(address)).toBe(false)
  })
})
