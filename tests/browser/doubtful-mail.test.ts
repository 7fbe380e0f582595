import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { receiveMail } from '#channels/receive-mail.ts'
import type { Context } from '#core/context.ts'
import { silentLog } from '#core/log.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { setAgentPassword } from '#people/agents.ts'
import { markUndeliverable } from '#people/dead-addresses.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { hashPassword } from '#sign-in/password.ts'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
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
import { openCast } from '../world/cast.ts'
import { noNames } from '../world/names.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('an administrator and doubtful mail', { timeout: 90_000 }, () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let ctx: Context
  let page: Page
  let proven: number

  const arrive = async (from: string, subject: string, headers = ''): Promise<number | null> => {
    const raw = Buffer.from(
      `${headers}From: ${from}\r\nTo: support@desk.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/\W/g, '')}@x.example>\r\n\r\nHello\r\n`,
    )
    const { id } = await receiveMail(ctx, { raw, from: null, to: ['support@desk.example'] })
    return (await receiveMessage(ctx, id)).ticket
  }

  beforeAll(async () => {
    const files = mkdtempSync(join(tmpdir(), 'tessera-doubt-'))
    desk = await startBuiltDesk({ FILES_URL: files })
    eyes = await openEyes()
    const app = await openApp({
      config: readConfig({ DATA_DIR: files, FILES_URL: files, DATABASE_URL: desk.databaseUrl, BASE_URL: desk.url }),
      databaseUrl: desk.databaseUrl,
      log: silentLog,
      mailResolver: noNames,
    })
    afterAll(async () => {
      await app[Symbol.asyncDispose]()
      rmSync(files, { recursive: true, force: true })
    })
    ctx = app.ctx
    const cast = await openCast(ctx)
    await setAgentPassword(ctx, cast.agents.ada, await hashPassword(password))
    await changeSettings(ctx, { 'mail.trustedAuthservIds': ['mx.desk.example'], 'loops.perSubjectPerHour': 3 })
    proven = (await arrive(
      'Pat <pat@customer.example>',
      'Proven',
      'Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\r\n',
    ))!
    await arrive('Lou <lou@news.example>', 'Ninety percent off', 'X-Spam-Flag: YES\r\n')
    await arrive(
      'Boss <boss@bank.example>',
      'Pay now',
      'Authentication-Results: mx.desk.example; dmarc=fail header.from=bank.example\r\n',
    )
    for (let at = 0; at < 5; at++) await arrive('robot@machine.example', `${'Re: '.repeat(at)}We got it [#${at}]`)
    await markUndeliverable(ctx, 'pat@customer.example', 'mailbox_full')
    ;({ page } = await eyes.open())
    page.setDefaultTimeout(15_000)
    await page.goto(`${desk.url}/sign-in?next=/admin/suspended`)
    await page.getByLabel('E-mail address').fill('ada@desk.example')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Suspended mail' }).waitFor()
  })

  const sound = async (name: string): Promise<void> => {
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, name)
  }

  test('takes a suspended mail and trusts its sender; what failed its check offers no trust', async () => {
    await sound('suspended')
    const spam = page.getByRole('listitem').filter({ hasText: 'Ninety percent off' })
    const forged = page.getByRole('listitem').filter({ hasText: 'Pay now' })
    expect(await forged.innerText()).toContain('disowns it')
    expect(await forged.getByRole('button', { name: 'Take and trust sender' }).count()).toBe(0)
    await spam.getByRole('button', { name: 'Take and trust sender' }).click()
    await page.getByText('further mail of this sender is not suspended').waitFor()
    expect(await page.getByRole('listitem').filter({ hasText: 'Ninety percent off' }).count()).toBe(0)
  })

  test('sees who is stopped and remembered, resets one and forgets the other', async () => {
    await page.goto(`${desk.url}/admin/senders`)
    await sound('senders')
    await page.getByRole('button', { name: 'Reset: robot@machine.example we got it' }).click()
    await page.getByText('Its mail comes in again').waitFor()
    await page.getByRole('button', { name: 'Forget: lou@news.example' }).click()
    await page.getByText('No sender is remembered').waitFor()
    await page.getByLabel('Mail that its domain disowns').selectOption('take')
    await page.getByLabel('Mails an hour of one sender', { exact: true }).fill('many')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('[aria-invalid=true]').waitFor()
    // What was typed stays.
    expect(await page.getByLabel('Mails an hour of one sender', { exact: true }).inputValue()).toBe('many')
    expect(await page.getByLabel('Mail that its domain disowns').inputValue()).toBe('take')
  })

  test('bans a pattern, is told what is wrong with another, and lifts it', async () => {
    await page.goto(`${desk.url}/admin/bans`)
    await page.getByLabel('Ban', { exact: true }).selectOption('pattern')
    await page.getByLabel('Address, domain or pattern').fill('(')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByText('This pattern cannot be read').waitFor()
    expect(await page.getByLabel('Ban', { exact: true }).inputValue()).toBe('pattern')
    await page.getByLabel('Address, domain or pattern').fill('^promo-\\d+@')
    await page.getByLabel('Reason').fill('Junk every morning')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'Junk every morning' }).waitFor()
    await sound('bans')
    await page.getByRole('button', { name: /^Lift the ban/ }).click()
    await page.getByText('Nobody is banned').waitFor()
  })

  test('makes a signing key and reads the record to publish', async () => {
    await page.goto(`${desk.url}/admin/signing`)
    await page.getByLabel('Domain').fill('desk.example')
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByText('Publish its record').waitFor()
    expect(await page.locator('code').first().innerText()).toMatch(/^tessera\d{6}[0-9a-f]{4}\._domainkey\.desk\.example$/)
    expect(await page.locator('code').nth(1).innerText()).toMatch(/^v=DKIM1; k=rsa; p=MII/)
    await sound('signing')
  })

  test('an agent sees who proved themselves, why, and that mail to them came back', async () => {
    const [row] = await desk.sql('select number from ticket where id = $1', [proven])
    await page.goto(`${desk.url}/agent/tickets/${row!.number}`)
    await page.getByRole('button', { name: /^Verified\. customer\.example vouches/ }).waitFor()
    const card = page.getByText('Mail to pat@customer.example came back: the mailbox is full.')
    await card.first().waitFor()
    await sound('verified-ticket')
    await page.getByRole('button', { name: 'It works again' }).click()
    await card.first().waitFor({ state: 'detached' })
  })

  test('no page complained', () => expect(eyes.complaints).toEqual([]))
})
