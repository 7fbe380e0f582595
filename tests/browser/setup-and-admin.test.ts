import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  axeInBoth,
  type BuiltDesk,
  canBrowse,
  type Eyes,
  openEyes,
  overflowsAt320,
  shoot,
  startBuiltDesk,
} from '../world/browser.ts'

// A journey is long, and longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('from the first start to a desk at work', () => {
  let desk: BuiltDesk
  let eyes: Eyes

  beforeAll(async () => {
    desk = await startBuiltDesk()
    eyes = await openEyes()
  })

  test('nobody comes in without the link, and nothing works before the set-up', async () => {
    const { page } = await eyes.open()
    await page.goto(desk.url)
    expect(new URL(page.url()).pathname).toBe('/setup')
    expect(await page.textContent('h1')).toContain('not set up yet')
    await page.goto(`${desk.url}/setup/administrator`)
    expect(new URL(page.url()).pathname).toBe('/setup')
    await page.goto(`${desk.url}/setup?token=${'x'.repeat(32)}`)
    expect(await page.textContent('h1')).toContain('does not open the set-up')
    await page.request.post(`${desk.url}/setup/administrator`, {
      form: { name: 'Eve', email: 'eve@evil.example', password, again: password },
    })
    expect(await desk.sql('select id from agent')).toEqual([])
    await page.context().close()
  })

  test('the wizard asks six things, keeps what was typed, and ends in the welcome ticket', async () => {
    const { context, page } = await eyes.open({ javaScriptEnabled: true })
    const found: string[] = []
    await page.goto(desk.setupLink!)
    expect(page.url()).not.toContain('token')
    found.push(...(await axeInBoth(page)))
    await shoot(page, 'setup-1-desk')
    await page.getByLabel('Name of the desk').fill('Harbour Coffee')
    await page.getByLabel('Public address').fill('http://127.0.0.1:9/')
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await page.textContent('form')).toContain('Nothing answers at this address')
    expect(await page.getByLabel('Name of the desk').inputValue()).toBe('Harbour Coffee')
    await page.getByLabel('Public address').fill(desk.url)
    await page.getByRole('button', { name: 'Continue' }).click()

    await page.waitForURL('**/setup/hours')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page.getByLabel('Monday').fill('all day')
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await page.getByLabel('Monday').inputValue()).toBe('all day')
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
    found.push(...(await axeInBoth(page)))
    await shoot(page, 'setup-2-hours')
    await page.getByLabel('Monday').fill('8-12, 13-17')
    await page.getByRole('button', { name: 'Continue' }).click()

    await page.waitForURL('**/setup/administrator')
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByLabel('Password, again').fill('short')
    await page.getByRole('button', { name: 'Create administrator' }).click()
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada Lovelace')
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    found.push(...(await axeInBoth(page)))
    await shoot(page, 'setup-3-administrator')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Password, again').fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()

    await page.waitForURL('**/setup/mailbox')
    await page.getByLabel('E-mail address of the mailbox').fill('support@harbour.example')
    await page.locator('[name=imapHost]').fill('127.0.0.1')
    await page.locator('[name=imapPort]').fill('9')
    await page.locator('[name=imapPassword]').fill('secret')
    await page.locator('[name=smtpHost]').fill('127.0.0.1')
    await page.locator('[name=smtpPort]').fill('9')
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByText('takes no connection on port 9').first().waitFor()
    expect(await page.locator('[name=imapHost]').inputValue()).toBe('127.0.0.1')
    found.push(...(await axeInBoth(page)))
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'setup-4-mailbox')
    await page.getByRole('link', { name: 'Later' }).click()

    await page.waitForURL('**/setup/colleagues')
    await page.getByLabel('E-mail addresses').fill('sam@harbour.example\nnot an address')
    await page.getByRole('button', { name: 'Invite and finish' }).click()
    expect(await page.textContent('form')).toContain('"not an address" is not an e-mail address')
    found.push(...(await axeInBoth(page)))
    await page.getByLabel('E-mail addresses').fill('sam@harbour.example')
    await page.getByRole('button', { name: 'Invite and finish' }).click()
    await page.waitForURL('**/agent/tickets/*')
    await page.getByText('this is your first ticket').first().waitFor()
    expect(found).toEqual([])
    await context.close()
  })

  test('the link is worth nothing afterwards', async () => {
    const { page, context } = await eyes.open()
    await page.goto(desk.setupLink!)
    expect(await page.textContent('h1')).toContain('does not open the set-up')
    await context.close()
  })

  test('an invited colleague chooses a password and is in, without script', async () => {
    const { page, context } = await eyes.open({ javaScriptEnabled: false })
    await page.goto(await desk.linkTo('sam@harbour.example', '/sign-in/invitation'))
    expect(await page.textContent('main')).toContain('sam@harbour.example')
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password, again').fill(`${password}!`)
    await page.getByRole('button', { name: 'Save password and begin' }).click()
    expect(await page.textContent('main')).toContain('not the same')
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password, again').fill(password)
    await page.getByRole('button', { name: 'Save password and begin' }).click()
    await page.waitForURL('**/agent**')
    // Not an administrator: the panel does not exist for Sam.
    for (const path of ['/admin', '/admin/agents', '/admin/tokens']) {
      expect((await page.goto(`${desk.url}${path}`))?.status(), path).toBe(404)
    }
    const data = await page.request.get(`${desk.url}/admin/agents.data?_routes=pages%2Fadmin%2Fagents`)
    expect(await data.text()).not.toContain('ada@harbour.example')
    await context.close()
  })

  test('every page of the panel can be used: seen in light and dark, at 320 pixels, by axe', async () => {
    const { page, context } = await eyes.open()
    await page.goto(`${desk.url}/sign-in?next=/admin`)
    await page.getByLabel('E-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/admin')
    const found: string[] = []
    for (const path of [
      '',
      '/company',
      '/portal',
      '/templates',
      '/templates?edit=new_request',
      '/mailboxes',
      '/mailboxes?edit=new',
      '/topics',
      '/topics?edit=new',
      '/filters',
      '/filters?edit=2',
      '/incoming',
      '/suspended',
      '/bans',
      '/rules',
      '/statuses',
      '/agents',
      '/agents?edit=1',
      '/agents?edit=new',
      '/departments',
      '/departments?edit=1',
      '/teams',
      '/teams?edit=new',
      '/roles',
      '/roles?edit=1',
      '/tokens',
      '/log',
      '/log?way=outbound',
      '/audit',
    ]) {
      const response = await page.goto(`${desk.url}/admin${path}`)
      expect(response?.status(), path).toBe(200)
      found.push(...(await axeInBoth(page)))
      if (await overflowsAt320(page)) found.push(`${path} is wider than 320 pixels`)
      await shoot(page, `admin${path.replace(/[^a-z]+/g, '-')}`)
    }
    expect(found).toEqual([])
    await context.close()
  })

  test('settings are kept, told in the audit, and errors stand at their fields', async () => {
    const { page, context } = await eyes.open()
    await page.goto(`${desk.url}/sign-in?next=/admin/topics`)
    await page.getByLabel('E-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('link', { name: 'Add a topic' }).click()
    await page.getByLabel('Name').fill('Question')
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await page.textContent('form:has([name=name])')).toContain('in use already')
    await page.getByLabel('Name').fill('Delivery')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await page.textContent('table')).toContain('Delivery')

    await page.goto(`${desk.url}/admin/rules`)
    const minutes = page.getByLabel('Minutes to undo an act')
    const days = page.getByLabel('Days until spam and trash are erased')
    await minutes.fill('9999')
    await days.fill('14')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('[name=undoActs][aria-invalid=true]').waitFor()
    expect([await minutes.inputValue(), await days.inputValue()]).toEqual(['9999', '14'])
    await minutes.fill('45')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    expect([await minutes.inputValue(), await days.inputValue()]).toEqual(['45', '14'])

    // A colleague without a working mail server gets the invitation by hand.
    await page.goto(`${desk.url}/admin/agents?edit=new`)
    await page.getByLabel('Name', { exact: true }).fill('Noor')
    await page.getByLabel('E-mail address').fill('noor@harbour.example')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByText('The invitation is on its way.').waitFor()
    await page.getByRole('link', { name: 'Edit Noor' }).click()
    await page.getByRole('button', { name: 'Make a link to hand over' }).click()
    const invitation = (await page.locator('code').first().textContent()) ?? ''
    const noor = await eyes.open()
    await noor.page.goto(invitation)
    expect(await noor.page.textContent('main')).toContain('noor@harbour.example')
    await noor.page.goto(await desk.linkTo('noor@harbour.example', '/sign-in/invitation'))
    expect(await noor.page.textContent('h1')).toContain('no longer good')
    await noor.context.close()

    await page.goto(`${desk.url}/admin/templates?edit=new_request`)
    await page.getByLabel('Subject').fill('We have it: {% if %}')
    await page.getByRole('button', { name: 'Save template' }).click()
    await page.getByText('The template has a mistake').waitFor()
    // What is typed and pressed while the page's script comes may be lost to it.
    await expect
      .poll(
        async () => {
          await page.getByLabel('Subject').fill('We have it: {{ ticket.subject }} [#{{ ticket.number }}]')
          await page.getByRole('button', { name: 'Preview' }).click()
          return page.getByText('We have it: Welcome to Tessera').first().isVisible()
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true)
    await page.getByRole('button', { name: 'Save template' }).click()
    await page.getByText('Saved.').waitFor()

    await page.goto(`${desk.url}/admin/tokens`)
    const rest = page.locator('form', { has: page.locator('[name=agent]') })
    await rest.getByLabel('Name').fill('Monitoring')
    await rest.getByRole('button', { name: 'Create token' }).click()
    const token = (await page.locator('code').first().textContent()) ?? ''
    expect(token).toMatch(/^tess_/)
    await page.goto(`${desk.url}/admin/tokens`)
    expect(await page.content()).not.toContain(token)
    await page.getByRole('button', { name: 'Revoke: Monitoring' }).click()
    await page.getByText('Saved.').waitFor()

    await page.goto(`${desk.url}/admin/audit`)
    const audit = (await page.textContent('table')) ?? ''
    for (const verb of [
      'help_topic.changed',
      'mail_template.changed',
      'api_token.created',
      'api_token.revoked',
      'settings.changed',
    ]) {
      expect(audit).toContain(verb)
    }
    await context.close()
  })

  test('no page broke its policy or threw', () => {
    expect(eyes.complaints).toEqual([])
  })
})
