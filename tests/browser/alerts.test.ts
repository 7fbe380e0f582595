import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '#core/context.ts'
import { setAgentPassword } from '#people/agents.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { hashPassword } from '#sign-in/password.ts'
import { openAppBeside } from '../world/app-beside.ts'
import { axeInBoth, type BuiltDesk, canBrowse, openEyes, overflowsAt320, shoot, startBuiltDesk } from '../world/browser.ts'
import { type Cast, openCast } from '../world/cast.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('who is told of what', { timeout: 120_000 }, () => {
  let desk: BuiltDesk
  let ctx: Context
  let cast: Cast
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    desk = await startBuiltDesk()
    const eyes = await openEyes()
    complaints = eyes.complaints
    ctx = await openAppBeside(desk)
    cast = await openCast(ctx)
    await changeSettings(ctx, { 'setup.completedAt': ctx.clock.now().toISOString() })
    await setAgentPassword(ctx, cast.agents.ada, await hashPassword(password))
    const opened = await eyes.open()
    page = opened.page
    opened.context.setDefaultTimeout(30_000)
    await page.goto(`${desk.url}/agent`)
    await page.getByLabel('E-mail address').fill('ada@desk.example')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/agent/queues/needs-reply')
  }, 120_000)

  const cell = (name: string) => page.getByLabel(name, { exact: true })

  test('an administrator sets the matrix of a department and sees it in force', async () => {
    await page.goto(`${desk.url}/admin/alerts`)
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'alerts')
    await page.getByLabel('Settings of').selectOption({ label: 'Department: Billing' })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL('**scope=department-*')
    await cell('Customer wrote, Department').selectOption('mail')
    await cell('Further message received').selectOption('mail')
    await page.getByRole('button', { name: 'Save alerts' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await cell('Customer wrote, Department').inputValue()).toBe('mail')
    await page.goto(`${desk.url}/admin/alerts`)
    expect(await cell('Customer wrote, Department').inputValue()).toBe('')
  })

  test('asks who would be told of a ticket, and why', async () => {
    await page.goto(`${desk.url}/admin/alerts`)
    await page.getByLabel('Ticket number').fill(cast.ticket.number)
    await page.getByLabel('If this happened').selectOption('new_ticket')
    await page.getByRole('button', { name: 'Show who would be told' }).click()
    await page.getByText(`Ticket ${cast.ticket.number}: The grinder smells burnt`).waitFor()
    const row = page.getByRole('row').filter({ hasText: 'Sam' })
    expect(await row.innerText()).toContain('in the workspace')
    expect(await row.innerText()).toContain('Department: App, as shipped')
    await shoot(page, 'alerts-trial')
    expect(await axeInBoth(page)).toEqual([])
    await page.getByLabel('Ticket number').fill('1')
    await page.getByRole('button', { name: 'Show who would be told' }).click()
    await page.getByText('There is no ticket with this number.').waitFor()
  })

  test('a customer is found by address and can be spared a mail', async () => {
    await page.goto(`${desk.url}/admin/alerts`)
    await page.getByLabel('Or of a customer, by e-mail address').fill('nobody@customer.example')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('No customer has this address.').waitFor()
    await page.getByLabel('Or of a customer, by e-mail address').fill('Kim@customer.example')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await cell('New request received').selectOption('off')
    await page.getByRole('button', { name: 'Save alerts' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await desk.sql("select kind, setting from notification_rule where scope_kind = 'person'")).toEqual([
      { kind: 'new_request', setting: 'off' },
    ])
  })

  test('a template is completed and checked while one types, previewed, saved for a department, and put back', async () => {
    await page.goto(`${desk.url}/admin/templates?edit=new_request`)
    await page.getByLabel('Words of').selectOption({ label: 'Billing' })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL('**department=*')
    const body = page.getByLabel('Body (HTML with Liquid)')
    const option = page.getByRole('option', { name: 'ticket.department' })
    // Once the page's script is there, what is typed is heard.
    await expect
      .poll(
        async () => {
          await body.fill('')
          await body.pressSequentially('<p>Hello from {{ ticket.dep')
          return option.isVisible()
        },
        { timeout: 30_000 },
      )
      .toBe(true)
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.keyboard.type('</p>\n<p>{{ ticket.nmber }}</p>')
    expect(await body.inputValue()).toBe('<p>Hello from {{ ticket.department }}</p>\n<p>{{ ticket.nmber }}</p>')
    await page.getByText('Line 2: ticket.nmber is no value of this mail.').waitFor()
    await page.getByRole('button', { name: 'Save template' }).click()
    await page.getByText('2: ticket.nmber.').waitFor()
    expect(await body.inputValue()).toContain('Hello from')
    await body.fill('<p>Hello from {{ ticket.department }}, %{ticket.name.first}</p>')
    await page.getByLabel('Ticket for preview and test').fill(cast.ticket.number)
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('Hello from Support, Kim', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Save template' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await body.inputValue()).toBe('<p>Hello from {{ ticket.department }}, {{ requester.first_name }}</p>')
    await page.getByRole('heading', { name: 'What was changed' }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'template')
    await page.getByRole('button', { name: 'Mail it to me' }).click()
    await page.getByText('A test mail is on its way to ada@desk.example.').waitFor()
    await page.goto(`${desk.url}/admin/templates`)
    await page.getByText('en, Billing').waitFor()
    await page.getByRole('link', { name: 'Edit: New request received', exact: true }).click()
    await page.getByLabel('Words of').selectOption({ label: 'Billing' })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('button', { name: 'Back to the desk’s version' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await desk.sql('select key from mail_template')).toEqual([])
  })

  test('an agent chooses for themselves in the preferences', async () => {
    await page.goto(`${desk.url}/agent/preferences`)
    await cell('A customer writes: you answered last').selectOption('off')
    await page.getByLabel('Send me a daily digest').check()
    await page.getByLabel('Not before').selectOption('7')
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'preferences')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    expect(await cell('A customer writes: you answered last').inputValue()).toBe('off')
    expect(await page.getByLabel('Send me a daily digest').isChecked()).toBe(true)
    expect(await page.getByLabel('Not before').inputValue()).toBe('7')
    expect(complaints).toEqual([])
  })
})
