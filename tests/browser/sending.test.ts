import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { setAgentPassword } from '#people/agents.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { hashPassword } from '#sign-in/password.ts'
import { moveTicket } from '#tickets/edit-ticket.ts'
import { ticketLink } from '#tickets/ticket-links.ts'
import { openAppBeside } from '../world/app-beside.ts'
import { axeInBoth, type BuiltDesk, canBrowse, type Eyes, openEyes, overflowsAt320, startBuiltDesk } from '../world/browser.ts'
import { type Cast, openCast } from '../world/cast.ts'
import { until } from '../world/free-port.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('what an agent sends: later, to somebody outside, and files as links', { timeout: 120_000 }, () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let ctx: Context
  let ada: Context
  let cast: Cast
  let page: Page

  beforeAll(async () => {
    desk = await startBuiltDesk()
    eyes = await openEyes()
    ctx = await openAppBeside(desk)
    cast = await openCast(ctx)
    ada = actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.ada))!))
    // Every file goes as a link.
    await changeSettings(ada, { 'mail.attachUpToBytes': 1 })
    await setAgentPassword(ctx, cast.agents.sam, await hashPassword(password))
    const opened = await eyes.open()
    page = opened.page
    opened.context.setDefaultTimeout(30_000)
    await page.goto(`${desk.url}/agent`)
    await page.getByLabel('E-mail address').fill('sam@desk.example')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/agent/queues/needs-reply')
  }, 120_000)

  const ticketPage = async (): Promise<void> => {
    await page.goto(`${desk.url}/agent/tickets/${cast.ticket.number}`)
    await page.getByRole('region', { name: 'Conversation' }).waitFor()
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' })
  }

  const writeReply = async (words: string): Promise<void> => {
    await ticketPage()
    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(words)
  }
  const sendLater = async (): Promise<void> => {
    await page.getByRole('button', { name: 'More ways to post' }).click()
    await page.getByRole('menuitem', { name: 'Send later…' }).click()
    await page.getByRole('dialog', { name: 'Send later' }).waitFor()
  }

  test('a reply is put off until tomorrow, called back into the composer, and put off again to leave now', async () => {
    await writeReply('We come at nine.')
    await sendLater()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('button', { name: /^Tomorrow morning/ }).click()
    await page.getByRole('button', { name: 'Send now' }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Send now' }).waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('.composer-text').innerText()).toContain('We come at nine.')
    await page.locator('.composer-text').click()
    await sendLater()
    await page.getByRole('button', { name: /^In an hour/ }).click()
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByRole('button', { name: 'Send now' }).waitFor({ state: 'detached' })
    const released = "select count(*)::int as n from thread_entry where kind = 'response' and released_at is not null"
    await until(async () => (await desk.sql(released))[0]!.n === 1, 'the reply leaves')
  })

  test('a ticket is forwarded to a supplier, and the customer sees nothing of it', async () => {
    await ticketPage()
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('Forward to somebody')
    await page.getByRole('option', { name: /Forward to somebody outside/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByPlaceholder('supplier@example.com').fill('parts@supplier.example')
    await page.locator('.composer-text').click()
    await page.keyboard.type('Have you a new motor?')
    await page
      .getByText(/^Saved/)
      .first()
      .waitFor({ state: 'attached' })
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await page.getByRole('button', { name: 'Forward', exact: true }).last().click()
    await page.getByRole('region', { name: 'Conversation' }).getByText('Have you a new motor?').waitFor()
    expect(await axeInBoth(page)).toEqual([])
    const mail = await until(
      async () =>
        (
          await desk.sql(
            "select kind, content ->> 'text' as text from outbound_message where recipient = 'parts@supplier.example'",
          )
        )[0] ?? null,
      'the mail to the supplier',
    )
    expect(mail.kind).toBe('forward')
    expect(mail.text).toContain('Have you a new motor?')
    expect(mail.text).toContain('The grinder smells burnt')
    const customer = await eyes.open()
    const { pathname, search } = new URL(await ticketLink(ctx, cast.ticket, cast.users.kim))
    await customer.page.goto(desk.url + pathname + search)
    expect(await customer.page.textContent('main')).toContain('We come at nine.')
    expect(await customer.page.textContent('main')).not.toContain('Have you a new motor?')
    await customer.context.close()
  })

  test('the link of a large file says what it is, gives it without a script, and says when it is gone', async () => {
    await writeReply('The plan is attached.')
    const uploaded = page.waitForResponse((answer) => answer.request().method() === 'POST' && /files/.test(answer.url()))
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan of the motor.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') })
    expect((await uploaded).ok()).toBe(true)
    await page.getByRole('button', { name: 'Remove plan of the motor.txt' }).waitFor()
    await page.getByText(/ %$/).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Post reply' }).click()
    await page.getByText('Sending your reply').waitFor()
    const link = await desk.linkTo('kim@customer.example', '/files/')
    const customer = await eyes.open({ javaScriptEnabled: false })
    await customer.page.goto(link)
    expect(await customer.page.textContent('h1')).toBe('plan of the motor.txt')
    expect(await customer.page.textContent('main')).toContain(cast.ticket.number)
    const [download] = await Promise.all([
      customer.page.waitForEvent('download'),
      customer.page.getByRole('link', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('plan of the motor.txt')
    await customer.context.close()

    const seen = await eyes.open()
    await seen.page.goto(link)
    expect(await axeInBoth(seen.page)).toEqual([])
    expect(await overflowsAt320(seen.page)).toBe(false)
    await moveTicket(ada, { id: cast.ticket.id }, 'trash')
    await seen.page.getByRole('link', { name: 'Download' }).click()
    await seen.page.getByText('This link is no longer good').waitFor()
    expect(await axeInBoth(seen.page)).toEqual([])
    await moveTicket(ada, { id: cast.ticket.id }, 'desk')
    await seen.page.getByLabel('E-mail address').fill('kim@customer.example')
    await seen.page.getByRole('button', { name: 'Send me a new link' }).click()
    await seen.page.getByText('Look into your mail').waitFor()
    const count = "select count(*)::int as n from outbound_message where kind = 'link' and recipient = 'kim@customer.example'"
    await until(async () => (await desk.sql(count))[0]!.n === 1, 'the new link is mailed')
    await seen.context.close()
    expect(eyes.complaints).toEqual([])
  })
})
