import type { Page } from 'playwright-core'
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
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'

// A journey is long, and longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const password = 'grinder smells burnt'
const USER = 'support'

describe.skipIf(!canBrowse || !hasDovecot)('the pages of a mailbox, and what its provider sorted out', () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let dovecot: Dovecot
  let page: Page
  const found: string[] = []

  const look = async (name: string): Promise<void> => {
    found.push(...(await axeInBoth(page)))
    if (await overflowsAt320(page)) found.push(`${name} is wider than 320 px`)
    await shoot(page, name)
  }

  beforeAll(async () => {
    desk = await startBuiltDesk({ EGRESS_ALLOW: '127.0.0.1' })
    dovecot = await startDovecot()
    eyes = await openEyes()
    ;({ page } = await eyes.open())
    await page.goto(desk.setupLink!)
    await page.getByLabel('Name of the desk').fill('Harbour Coffee')
    await page.getByLabel('Public address').fill(desk.url)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Password, again').fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.waitForURL('**/setup/mailbox')
    return () => dovecot[Symbol.asyncDispose]()
  }, 120_000)

  test('a mail is taken out of Junk', async () => {
    await page.goto(`${desk.url}/admin/mailboxes?edit=new`)
    await page.getByLabel('E-mail address of the mailbox').fill('support@harbour.example')
    const incoming = page.getByRole('group', { name: 'Incoming mail' })
    await incoming.getByLabel('Server').fill('127.0.0.1')
    await incoming.getByLabel('Port').fill(String(dovecot.imapPort))
    await incoming.getByLabel('Encryption').selectOption('none')
    await incoming.getByLabel('User name').fill(USER)
    await incoming.getByLabel('Password').fill(dovecot.password)
    await page.getByRole('group', { name: 'Outgoing mail' }).getByRole('combobox').first().selectOption('default')
    await look('mailbox-password-new')
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByRole('link', { name: 'Edit: support@harbour.example' }).click()
    await page.getByRole('heading', { name: 'Junk at the provider' }).waitFor()
    await look('mailbox-password')
    for (const way of ['Microsoft 365', 'Google', 'Another provider']) {
      await page.getByRole('link', { name: way }).first().click()
      await page.waitForURL('**/oauth/**')
      await look(`mailbox-${way.split(' ')[0]!.toLowerCase()}`)
    }
    await page.goto(`${desk.url}/admin/mailboxes?edit=1&by=password`)

    await page.getByRole('link', { name: 'Look into Junk' }).click()
    expect(await page.textContent('main')).toContain('No folder of this mailbox on 127.0.0.1 is marked as the one for junk.')
    await look('junk-trouble')
    await dovecot.appendTo(
      USER,
      'Werbung',
      'From: Kim Customer <kim@customer.example>\nTo: support@harbour.example\nSubject: The grinder smells burnt\n\nSince this morning.\n',
      'From: "Very Good Offers and Prizes of the International Lottery" <a-very-long-address-of-somebody@mail.offers-and-prizes.example>\nTo: support@harbour.example\nSubject: You have won a coffee machine that is worth more than you think, if you answer within the hour\n\nNow.\n',
      'To: support@harbour.example\n\nNobody and nothing.\n',
    )
    await page.getByRole('link', { name: 'Look again' }).click()
    await page.getByText('The grinder smells burnt').waitFor()
    await look('junk-list')
    await page.getByRole('form', { name: 'The grinder smells burnt' }).getByRole('button', { name: 'Take as ticket' }).click()
    await page.getByText('It is a ticket now, and lies in the inbox of the mail server.').waitFor()
    expect(await page.textContent('main')).not.toContain('The grinder smells burnt')
    await look('junk-taken')
    expect(await desk.sql('select subject from ticket where subject like $1', ['The grinder%'])).toHaveLength(1)
    expect(await dovecot.list(USER)).toHaveLength(1)
    expect(found).toEqual([])
    expect(eyes.complaints).toEqual([])
  })
})
