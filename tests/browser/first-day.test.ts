import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type BuiltDesk, canBrowse, type Eyes, openEyes, startBuiltDesk } from '../world/browser.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { until } from '../world/free-port.ts'
import { type ReceivingServer, startReceivingServer } from '../world/receiving-server.ts'

// A journey is long, and longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const password = 'grinder smells burnt'
const box = 'support@harbour.example'

/** What whoever tries Tessera does first: the wizard with a real mailbox, a real mail in, a reply in the browser, and the answer back. */
describe.skipIf(!canBrowse || !hasDovecot)('the first day', () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let dovecot: Dovecot
  let outside: ReceivingServer

  beforeAll(async () => {
    dovecot = await startDovecot()
    outside = await startReceivingServer({ user: box, password: dovecot.password })
    afterAll(async () => {
      await outside[Symbol.asyncDispose]()
      await dovecot[Symbol.asyncDispose]()
    })
    desk = await startBuiltDesk({ ROLES: 'web,worker,mail' })
    eyes = await openEyes()
  })

  const mail = (subject: string, id: string, text: string, headers: string[] = []): string =>
    [
      'From: Kim Coffee <kim@customer.example>',
      `To: ${box}`,
      `Subject: ${subject}`,
      `Message-ID: <${id}@customer.example>`,
      `Date: ${new Date().toUTCString()}`,
      ...headers,
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
    ].join('\r\n')

  test('wizard, mail in, reply, mail out, answer back on the same ticket', async () => {
    await dovecot.append(box, mail('From before', 'before', 'This lay in the mailbox before.'))
    const { page, context } = await eyes.open()
    context.setDefaultTimeout(20_000)
    await page.goto(desk.setupLink!)
    await page.getByLabel('Name of the desk').fill('Harbour Coffee')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Password, again').fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()

    // A wrong password is told at its server, in words.
    await page.getByLabel('E-mail address of the mailbox').fill(box)
    const connect = async (secret: string): Promise<void> => {
      await page.locator('[name=imapHost]').fill('127.0.0.1')
      await page.locator('[name=imapPort]').fill(String(dovecot.imapPort))
      await page.locator('[name=imapSecurity]').selectOption('none')
      await page.locator('[name=imapUser]').fill(box)
      await page.locator('[name=imapPassword]').fill(secret)
      await page.locator('[name=smtpHost]').fill('127.0.0.1')
      await page.locator('[name=smtpPort]').fill(String(outside.port))
      await page.locator('[name=smtpSecurity]').selectOption('none')
      await page.locator('[name=smtpUser]').fill(box)
      await page.getByRole('button', { name: 'Test and connect' }).click()
    }
    await connect('wrong')
    await page.getByText('refused the user name or password').first().waitFor()
    await connect(dovecot.password)
    await page.waitForURL('**/setup/colleagues')
    await page.getByRole('button', { name: 'Invite and finish' }).click()
    await page.waitForURL('**/agent/tickets/*')

    await page.goto(`${desk.url}/agent/queues/open`)
    await page.getByText('Welcome to Tessera').first().waitFor()
    await until(async () => {
      const [row] = await desk.sql('select last_polled_at from mailbox')
      return row?.last_polled_at
    }, 'the mailbox is fetched')
    await dovecot.append(box, mail('Grinder does not start', 'first', 'It only hums.'))
    // It comes by itself, without a reload.
    const row = page.getByText('Grinder does not start').first()
    await until(async () => {
      if (await row.isVisible()) return true
      const news = page.getByRole('button', { name: /new/i }).first()
      if (await news.isVisible()) await news.click()
      return false
    }, 'the mail shows in the open queue')
    expect(await page.getByText('From before').count()).toBe(0)
    await row.click()
    await page.waitForURL('**/agent/tickets/*')
    await page.locator('article').getByText('It only hums.').waitFor()

    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.type('Please press the red button.')
    await page.keyboard.press('Control+Enter')
    const sent = await until(
      async () => outside.received.find((one) => one.to.includes('kim@customer.example') && one.raw.includes('red button')),
      'the reply leaves',
      40_000,
    )
    const reply = sent.raw.toString()
    const id = /^Message-ID:\s*(<[^>]+>)/im.exec(reply)![1]!
    expect(reply).toMatch(/^In-Reply-To:\s*<first@customer\.example>/im)
    expect(reply).toMatch(/^From: "?Ada Lovelace at Harbour Coffee"? <support@harbour\.example>/im)

    await dovecot.append(
      box,
      mail('Re: Grinder does not start', 'second', 'That helped, thank you!', [
        `In-Reply-To: ${id}`,
        `References: <first@customer.example> ${id}`,
      ]),
    )
    await page.getByText('That helped, thank you!').first().waitFor()
    expect(await desk.sql("select count(*)::int as n from ticket where subject ilike '%grinder%'")).toEqual([{ n: 1 }])

    // The confirmation to a sender whose address is not proven carries no link; the customer asks for one and sees the same.
    const confirmation = outside.received.find(
      (one) => one.to.includes('kim@customer.example') && !one.raw.includes('red button'),
    )
    expect(confirmation?.raw.toString()).toMatch(/We received your message/)
    const customer = await eyes.open({ javaScriptEnabled: false })
    await customer.page.goto(`${desk.url}/check?number=${new URL(page.url()).pathname.split('/').at(-1)}`)
    await customer.page.getByLabel('E-mail address').fill('kim@customer.example')
    await customer.page.getByRole('button', { name: 'Send me a new link' }).click()
    await customer.page.goto(await desk.linkTo('kim@customer.example', '/tickets/'))
    expect(await customer.page.textContent('main')).toContain('Please press the red button.')
    expect(await customer.page.textContent('main')).toContain('That helped, thank you!')
    await customer.context.close()

    // And the panel says how the mailbox does, and what became of each mail.
    await page.goto(`${desk.url}/admin/mailboxes`)
    expect(await page.textContent('table')).toContain('Works')
    await page.getByRole('link', { name: /^Edit/ }).click()
    await page.getByRole('button', { name: 'Test now' }).click()
    await page.getByText('Both servers answer and take the sign-in.').waitFor()
    await page.goto(`${desk.url}/admin/log`)
    expect(await page.textContent('table')).toContain('It answers none of our mails, so it opened a ticket.')
    await page.goto(`${desk.url}/admin/log?way=outbound`)
    expect(await page.textContent('table')).toContain('Sent to server')
    expect(eyes.complaints).toEqual([])
    await context.close()
  })
})
