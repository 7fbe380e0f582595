import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { agentActor, endUserActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { setAgentPassword } from '#people/agents.ts'
import { hashPassword } from '#sign-in/password.ts'
import { assignTicket } from '#tickets/assign.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { openAppBeside } from '../world/app-beside.ts'
import { axeInBoth, type BuiltDesk, canBrowse, openEyes, overflowsAt320, shoot, startBuiltDesk } from '../world/browser.ts'
import { type Cast, openCast } from '../world/cast.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('notifications in the workspace', { timeout: 120_000 }, () => {
  let desk: BuiltDesk
  let ctx: Context
  let ada: Context
  let cast: Cast
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    desk = await startBuiltDesk()
    const eyes = await openEyes()
    complaints = eyes.complaints
    ctx = await openAppBeside(desk)
    cast = await openCast(ctx)
    ada = actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.ada))!))
    await setAgentPassword(ctx, cast.agents.sam, await hashPassword(password))
    const opened = await eyes.open()
    page = opened.page
    opened.context.setDefaultTimeout(30_000)
    await page.goto(`${desk.url}/agent`)
    await page.getByLabel('E-mail address').fill('sam@desk.example')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/agent/queues/needs-reply')
    await page.getByText('Live').waitFor({ state: 'attached' })
  }, 120_000)

  const writes = (name: 'kim' | 'noor', number: string, message: string): Promise<unknown> =>
    replyAsCustomer(
      actingAs(ctx, endUserActor({ id: cast.users[name], name, address: `${name}@customer.example` })),
      { number },
      { message },
    )

  test('the bell counts while one looks on, and the list leads to the ticket, which reads it', async () => {
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
    await assignTicket(ada, { id: cast.ticket.id }, { agent: cast.agents.sam })
    await assignTicket(ada, { id: cast.other.id }, { agent: cast.agents.sam })
    await page.getByRole('link', { name: 'Notifications 2 unread' }).waitFor()
    await writes(
      'noor',
      cast.other.number,
      'Is it on its way? I have been waiting for a week and nobody tells me anything at all.',
    )
    await page.getByRole('link', { name: 'Notifications 3 unread' }).waitFor()

    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL('**/agent/inbox')
    const list = page.getByRole('main').getByRole('listitem')
    await list.first().waitFor()
    expect(await list.count()).toBe(3)
    expect(await list.first().innerText()).toMatch(/noor|Noor/)
    expect(await list.first().innerText()).toContain('Is it on its way?')
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'inbox')

    // One line is marked, and comes back under All.
    await page.getByRole('button', { name: `Mark as read: ${cast.ticket.number}, Ada assigned this to you` }).click()
    await page.getByRole('link', { name: 'Notifications 2 unread' }).waitFor()
    await page.getByRole('link', { name: 'All', exact: true }).click()
    await page.getByRole('button', { name: `Mark as unread: ${cast.ticket.number}, Ada assigned this to you` }).waitFor()

    // Opening the ticket reads both that are about it.
    await list.first().getByRole('link').click()
    await page.waitForURL(`**/agent/tickets/${cast.other.number}`)
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
  })

  test('all are marked at once, and nothing is left to say', async () => {
    await page.goto(`${desk.url}/agent/inbox`)
    await page.getByText('Nothing new.').waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await shoot(page, 'inbox-empty')
    await writes('kim', cast.ticket.number, 'It still smells.')
    await page.getByRole('link', { name: 'Notifications 1 unread' }).waitFor()
    await page.getByRole('button', { name: 'Mark all as read' }).click()
    await page.getByText('Nothing new.').waitFor()
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
    expect(complaints).toEqual([])
  })
})
