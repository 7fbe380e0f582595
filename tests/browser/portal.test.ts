import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { until } from '../world/free-port.ts'

// A journey is long, and longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('a customer in the portal', () => {
  let desk: BuiltDesk
  let eyes: Eyes

  /** Sets the desk up in one go, so that the journeys begin where a customer does. */
  async function setUp(): Promise<void> {
    const { page, context } = await eyes.open()
    await page.goto(desk.setupLink!)
    await page.getByLabel('Name of the desk').fill('Harbour Coffee')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Password, again').fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.getByRole('link', { name: 'Later' }).click()
    await page.getByRole('button', { name: 'Invite and finish' }).click()
    await page.waitForURL('**/agent/tickets/*')
    await context.close()
  }

  const numberOf = async (page: Page): Promise<string> => (await page.locator('strong').first().textContent()) ?? ''

  beforeAll(async () => {
    desk = await startBuiltDesk()
    eyes = await openEyes()
    await setUp()
  })

  for (const script of [true, false]) {
    const who = script ? 'kim@customer.example' : 'pat@customer.example'

    test(`asks, follows by link, answers, solves and reopens ${script ? 'with' : 'without'} script`, async () => {
      const found: string[] = []
      const look = async (page: Page, name: string): Promise<void> => {
        if (!script) return
        found.push(...(await axeInBoth(page)))
        if (await overflowsAt320(page)) found.push(`${name} is wider than 320 pixels`)
        await shoot(page, `portal-${name}`)
      }
      const { page, context } = await eyes.open({ javaScriptEnabled: script, timezoneId: 'America/New_York' })
      await page.goto(desk.url)
      await look(page, 'home')
      await page.getByRole('link', { name: /Open a ticket/ }).click()
      await look(page, 'open')

      // What is missing stands at its field, and what was typed stays.
      await page.locator('form:has([name=subject])').evaluate((form) => form.setAttribute('novalidate', ''))
      await page.getByLabel('Your name').fill('Kim')
      await page.getByLabel('Your e-mail address').fill('not an address')
      await page.getByLabel('Your message').fill('It smells burnt since this morning.')
      await page.getByRole('button', { name: 'Send request' }).click()
      expect(await page.textContent('form:has([name=subject])')).toContain('This is not an e-mail address')
      expect(await page.getByLabel('Your message').inputValue()).toBe('It smells burnt since this morning.')
      await look(page, 'open-wrong')
      await page.getByLabel('Your e-mail address').fill(who)
      await page.getByLabel('What is it about?').selectOption({ label: 'Something is broken' })
      await page.getByLabel('Subject').fill('Grinder in shop 14 smells burnt')
      const file = join(tmpdir(), `tessera-photo-${process.pid}.txt`)
      writeFileSync(file, 'a photo, in words')
      await page.getByLabel('Files').setInputFiles(file)
      await page.getByRole('button', { name: 'Send request' }).click()
      await page.waitForURL('**/open/sent?*')
      const number = await numberOf(page)
      expect(number).toMatch(/^\d{6}$/)
      expect(await page.textContent('main')).toMatch(
        script ? /We usually answer by .*(EST|EDT|GMT-[45])/ : /We usually answer by .*(CET|CEST|GMT\+[12])/,
      )
      await look(page, 'sent')
      // Without a link the ticket is not there, whoever guesses its number.
      await page.goto(`${desk.url}/tickets/${number}`)
      expect(new URL(page.url()).pathname).toBe('/check')
      await look(page, 'check')
      await page.getByLabel('E-mail address').fill('somebody@else.example')
      await page.getByRole('button', { name: 'Send me a new link' }).click()
      const told = await page.textContent('main')
      await page.goto(`${desk.url}/check?number=${number}`)
      await page.getByLabel('E-mail address').fill(who)
      await page.getByRole('button', { name: 'Send me a new link' }).click()
      expect(await page.textContent('main')).toBe(told)

      const link = await until(async () => {
        const rows = await desk.sql(
          "select content ->> 'text' as text from outbound_message where recipient = $1 and kind = 'link'",
          [who],
        )
        return /https?:\/\/\S+key=[\w-]+/.exec(String(rows[0]?.text ?? ''))?.[0]
      }, 'the link is mailed')
      expect(await desk.sql("select id from outbound_message where recipient = 'somebody@else.example'")).toEqual([])
      await page.goto(link)
      expect(page.url()).toBe(`${desk.url}/tickets/${number}`)
      expect(await page.textContent('main')).toContain('It smells burnt since this morning.')
      expect(await page.textContent('main')).toContain('Received')
      await look(page, 'ticket')
      const download = await page.request.get(
        new URL((await page.locator('a[href^="/files/"]').getAttribute('href'))!, desk.url).href,
      )
      expect(await download.text()).toBe('a photo, in words')

      await page.getByRole('textbox', { name: 'Your reply' }).fill('It stopped smelling.\n\nhttps://example.org/what')
      await page.getByRole('button', { name: 'Send reply' }).click()
      await page.getByText('Your reply was sent.').waitFor()
      expect(await page.textContent('main')).toContain('It stopped smelling.')
      await page.getByRole('button', { name: 'Mark as solved' }).click()
      await page.getByText('We marked it as solved').waitFor()
      expect(await page.textContent('main')).toContain('Solved, reply if it isn’t')
      await look(page, 'ticket-solved')
      await page.getByRole('button', { name: 'It’s not solved' }).click()
      await page.getByText('We are on it again.').waitFor()
      expect(found).toEqual([])

      // Another browser with the clean address sees nothing.
      const other = await eyes.open({ javaScriptEnabled: script })
      await other.page.goto(`${desk.url}/tickets/${number}`)
      expect(new URL(other.page.url()).pathname).toBe('/check')
      // A key that is not one says so.
      await other.page.goto(`${desk.url}/tickets/${number}?key=${'x'.repeat(32)}`)
      expect(await other.page.textContent('main')).toContain('no longer good')
      await other.context.close()
      await context.close()
    })
  }

  test('signs in by mailed link, finds their requests, chooses a password and signs out', async () => {
    const { page, context } = await eyes.open()
    const found: string[] = []
    await page.goto(`${desk.url}/tickets`)
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    found.push(...(await axeInBoth(page)))
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'portal-sign-in')
    await page.getByLabel('E-mail address').fill('kim@customer.example')
    await page.getByRole('button', { name: 'Mail me a sign-in link instead' }).click()
    await page.getByText('Look into your mail').waitFor()
    await page.goto(await desk.linkTo('kim@customer.example', '/sign-in/link'))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/tickets')
    expect(await page.textContent('main')).toContain('Grinder in shop 14 smells burnt')
    found.push(...(await axeInBoth(page)))
    await shoot(page, 'portal-requests')

    await page.goto(`${desk.url}/account`)
    found.push(...(await axeInBoth(page)))
    expect(await overflowsAt320(page)).toBe(false)
    await shoot(page, 'portal-account')
    await page.getByLabel('Name', { exact: true }).fill('Kim from shop 14')
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password, again').fill(password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed').waitFor()

    // Signed in, the form asks for neither name nor address.
    await page.goto(`${desk.url}/open`)
    expect(await page.getByLabel('Your e-mail address').count()).toBe(0)
    await page.getByLabel('Subject').fill('Second grinder')
    await page.getByLabel('Your message').fill('The other one, too.')
    await page.getByRole('button', { name: 'Send request' }).click()
    expect(await page.textContent('main')).toMatch(/GMT\+9|JST/)
    await page.getByRole('link', { name: 'Look at your request' }).click()
    expect(await page.textContent('main')).toContain('The other one, too.')

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${desk.url}/`)
    await page.goto(`${desk.url}/sign-in`)
    await page.getByLabel('E-mail address').fill('kim@customer.example')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    expect(await page.textContent('main')).toContain('do not belong together')
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('kim@customer.example')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/tickets')
    expect(found).toEqual([])
    await context.close()
  })

  test('makes an account that begins with the mailed link, and finds every page of sign-in usable', async () => {
    const { page, context } = await eyes.open()
    const found: string[] = []
    for (const path of ['/sign-in/forgot', '/sign-in/link?token=spent', '/sign-in/reset?token=spent', '/sign-in/register']) {
      await page.goto(`${desk.url}${path}`)
      found.push(...(await axeInBoth(page)))
      if (await overflowsAt320(page)) found.push(`${path} is wider than 320 pixels`)
    }
    await page.getByLabel('Name').fill('Toni')
    await page.getByLabel('E-mail address').fill('toni@customer.example')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Look into your mail').waitFor()
    await page.goto(await desk.linkTo('toni@customer.example', '/sign-in/confirm'))
    found.push(...(await axeInBoth(page)))
    await page.getByRole('button', { name: 'Open my account' }).click()
    await page.waitForURL('**/tickets')
    expect(await page.textContent('main')).toContain('You have not asked us anything yet.')
    found.push(...(await axeInBoth(page)))
    expect(found).toEqual([])
    await context.close()
  })

  test('sets a forgotten password by mailed link, without script', async () => {
    const { page, context } = await eyes.open({ javaScriptEnabled: false })
    await page.goto(`${desk.url}/sign-in`)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('E-mail address').fill('ada@harbour.example')
    await page.getByRole('button', { name: 'Send me a link' }).click()
    expect(await page.textContent('main')).toContain('If we know this address')
    const link = await desk.linkTo('ada@harbour.example', '/sign-in/reset')
    await page.goto(link)
    await page.getByLabel('New password', { exact: true }).fill('ada.lovelace1')
    await page.getByLabel('New password, again').fill('ada.lovelace1')
    await page.getByRole('button', { name: 'Save password' }).click()
    expect(await page.textContent('main')).toContain('easy to guess')
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password, again').fill(password)
    await page.getByRole('button', { name: 'Save password' }).click()
    await page.waitForURL('**/agent**')
    await page.goto(link)
    expect(await page.textContent('h1')).toContain('no longer good')
    await context.close()
  })

  test('reads a mail with quoted history and an agent’s formatted answer, nothing of it running', async () => {
    const admin = await eyes.open()
    await admin.page.goto(`${desk.url}/sign-in?next=/admin/tokens`)
    await admin.page.getByLabel('E-mail address').fill('ada@harbour.example')
    await admin.page.getByLabel('Password').fill(password)
    await admin.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const make = async (field: string, button: string): Promise<string> => {
      const form = admin.page.locator('form', { has: admin.page.locator(`[name=${field}]`) })
      await form.getByLabel('Name').fill('Journey')
      for (const box of await form.locator('[name=scopes]').all()) await box.check()
      await form.getByRole('button', { name: button }).click()
      return (await admin.page.locator('code').first().textContent()) ?? ''
    }
    const key = await make('create', 'Create key')
    const token = await make('agent', 'Create token')
    const mail = [
      'From: Lee <lee@customer.example>',
      'To: support@harbour.example',
      'Subject: Beans are stale',
      'Message-ID: <beans@customer.example>',
      `Date: ${new Date().toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>They taste of <b>cardboard</b>.</p><script>document.title="owned"</script><img src="https://tracker.example/x.png" onerror="document.title=1">',
      '<div class="gmail_quote"><div>On Mon, 2 Mar 2026 at 10:00, Harbour Coffee &lt;support@harbour.example&gt; wrote:</div>',
      '<blockquote class="gmail_quote">Your order is on its way.</blockquote></div>',
    ].join('\r\n')
    const opened = await fetch(`${desk.url}/api/tickets.email`, { method: 'POST', headers: { 'X-API-Key': key }, body: mail })
    const number = await opened.text()
    expect(number).toMatch(/^\d{6}$/)
    const listed = await fetch(`${desk.url}/api/v1/tickets?number=${number}`, { headers: { authorization: `Bearer ${token}` } })
    const [ticket] = ((await listed.json()) as { data: { id: string }[] }).data
    const reply = await fetch(`${desk.url}/api/v1/tickets/${ticket!.id}/replies`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        body: '<p>We are <strong>sorry</strong>.</p><ul><li>A fresh bag is on its way</li></ul>',
        format: 'html',
      }),
    })
    expect(reply.status, await reply.text()).toBe(201)
    await admin.context.close()

    const { page, context } = await eyes.open()
    await page.goto(`${desk.url}/check?number=${number}`)
    await page.getByLabel('E-mail address').fill('lee@customer.example')
    await page.getByRole('button', { name: 'Send me a new link' }).click()
    await page.getByText('a link is on its way').waitFor()
    await page.goto(
      await until(async () => {
        const rows = await desk.sql(
          "select content ->> 'text' as text from outbound_message where recipient = 'lee@customer.example' and kind = 'link'",
        )
        return /https?:\/\/\S+key=[\w-]+/.exec(String(rows[0]?.text ?? ''))?.[0]
      }, 'the link is mailed'),
    )
    // The reply shows once it can no longer be taken back.
    await until(async () => {
      await page.reload()
      return (await page.textContent('main'))?.includes('We are sorry')
    }, 'the reply shows')
    expect(await page.textContent('main')).toContain('Waiting for you')
    expect(await page.locator('article strong').textContent()).toBe('sorry')
    expect(await page.locator('article ul li').first().textContent()).toContain('A fresh bag')
    const quoted = page.getByText('Your order is on its way.').first()
    expect(await quoted.isVisible()).toBe(false)
    await page.getByText('Show quoted text').click()
    expect(await quoted.isVisible()).toBe(true)
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.getByText('Show it as it was sent').click()
    const frame = page.frameLocator('iframe')
    await frame.getByText('cardboard').waitFor()
    expect(await page.title()).toContain('Beans are stale')
    expect(requests.filter((url) => !url.startsWith(desk.url))).toEqual([])
    expect(await axeInBoth(page)).toEqual([])
    await shoot(page, 'portal-mail')
    await context.close()
  })

  test('a form without its token, or from another site, changes nothing', async () => {
    const { page, context } = await eyes.open()
    await page.goto(`${desk.url}/open`)
    const form = { name: 'Eve', email: 'eve@evil.example', subject: 'x', message: 'y' }
    const without = await page.request.post(`${desk.url}/open`, { multipart: form })
    expect(without.status()).toBe(403)
    expect(await without.text()).toContain('open for too long')
    const csrf = await page.locator('form [name=csrf]').first().inputValue()
    const foreign = await page.request.post(`${desk.url}/open`, {
      multipart: { ...form, csrf },
      headers: { origin: 'https://evil.example' },
    })
    expect(foreign.status()).toBe(403)
    // Another visitor's token is worth nothing here.
    const other = await eyes.open()
    await other.page.goto(`${desk.url}/open`)
    const stolen = await other.page.locator('form [name=csrf]').first().inputValue()
    expect((await page.request.post(`${desk.url}/open`, { multipart: { ...form, csrf: stolen } })).status()).toBe(403)
    expect(await desk.sql("select id from end_user where address = 'eve@evil.example'")).toEqual([])
    // The same filling-in of the form, sent twice, asks once and is told the same.
    const submission = crypto.randomUUID()
    const twice = { ...form, name: 'Max', email: 'max@customer.example', csrf, submission }
    const [first, second] = await Promise.all([0, 1].map(() => page.request.post(`${desk.url}/open`, { multipart: twice })))
    expect(second!.url()).toBe(first!.url())
    expect(
      await desk.sql(
        "select count(*)::int as n from ticket join end_user on end_user.id = requester_id where address = 'max@customer.example'",
      ),
    ).toEqual([{ n: 1 }])
    // A filled honeypot looks like success and does nothing.
    const trapped = await page.request.post(`${desk.url}/open`, { multipart: { ...form, csrf, website: 'https://spam.example' } })
    expect(trapped.status()).toBe(200)
    expect(await desk.sql("select id from end_user where address = 'eve@evil.example'")).toEqual([])
    await other.context.close()
    await context.close()
  })

  test('what is too large is refused before it is read', async () => {
    const { page, context } = await eyes.open()
    await page.goto(`${desk.url}/open`)
    const csrf = await page.locator('form [name=csrf]').first().inputValue()
    const cookie = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join('; ')
    const { request } = await import('node:http')
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${desk.url}/open`, {
        method: 'POST',
        headers: {
          cookie,
          origin: desk.url,
          'content-type': 'multipart/form-data; boundary=x',
          'content-length': String(400 * 1024 * 1024),
        },
      })
      sent.on('response', (response) => {
        resolve(response.statusCode ?? 0)
        sent.destroy()
      })
      sent.on('error', reject)
      sent.write(`--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${csrf}\r\n`)
    })
    expect(status).toBe(413)
    await context.close()
  })

  test('pages of the portal send no script but their own small one', async () => {
    const { page, context } = await eyes.open()
    for (const path of ['/', '/open', '/check', '/sign-in']) {
      await page.goto(`${desk.url}${path}`)
      expect(
        await page
          .locator('script[src]')
          .evaluateAll((all) => all.map((one) => new URL((one as HTMLScriptElement).src).pathname)),
        path,
      ).toEqual(['/portal.js'])
    }
    const script = await page.request.get(`${desk.url}/portal.js`)
    expect((await script.body()).byteLength).toBeLessThan(20_000)
    await context.close()
  })

  test('no page broke its policy or threw', () => {
    expect(eyes.complaints).toEqual([])
  })
})
