import { gzipSync } from 'node:zlib'
import type { BrowserContext, Page, Response } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { endUserActor } from '#access/actors.ts'
import { actingAs, type Context } from '#core/context.ts'
import { setAgentPassword } from '#people/agents.ts'
import { hashPassword } from '#sign-in/password.ts'
import { replyAsCustomer } from '#tickets/customer-message.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { openAppBeside } from '../world/app-beside.ts'
import { axeInBoth, type BuiltDesk, canBrowse, type Eyes, openEyes, overflowsAt320, startBuiltDesk } from '../world/browser.ts'
import { type Cast, openCast } from '../world/cast.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('an agent at work', { timeout: 90_000 }, () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let ctx: Context
  let cast: Cast
  let page: Page
  let context: BrowserContext

  beforeAll(async () => {
    desk = await startBuiltDesk()
    eyes = await openEyes()
    ctx = await openAppBeside(desk)
    cast = await openCast(ctx)
    const hash = await hashPassword(password)
    for (const agent of Object.values(cast.agents)) await setAgentPassword(ctx, agent, hash)
    ;({ page, context } = await eyes.open())
    // What does not come says so by itself, before the test's own time is over.
    context.setDefaultTimeout(15_000)
  })

  const signIn = async (on: Page, name: string): Promise<void> => {
    await on.goto(`${desk.url}/agent`)
    await on.waitForURL('**/sign-in?next=*')
    await on.getByLabel('E-mail address').fill(`${name}@desk.example`)
    await on.getByLabel('Password').fill(password)
    await on.keyboard.press('Enter')
    await on.waitForURL('**/agent/queues/needs-reply')
    await on.getByText('Live').waitFor({ state: 'attached' })
  }

  /** The customer writes in the portal, beside all browsers. */
  const kimWrites = (message: string): Promise<unknown> =>
    replyAsCustomer(
      actingAs(ctx, endUserActor({ id: cast.users.kim, name: 'Kim', address: 'kim@customer.example' })),
      { number: cast.ticket.number },
      { message },
    )

  const text = (): Promise<string> => page.locator('.composer-text').innerText()
  const conversation = () => page.getByRole('region', { name: 'Conversation' })

  test('signs in and lands where somebody waits, the longest first', async () => {
    const scripts: Promise<number>[] = []
    const weigh = (response: Response): void => {
      if (!new URL(response.url()).pathname.endsWith('.js')) return
      // A page that is left while its scripts come takes their bytes along.
      scripts.push(
        response.body().then(
          (body) => gzipSync(body).length,
          () => 0,
        ),
      )
    }
    page.on('response', weigh)
    await signIn(page, 'sam')
    expect(await page.textContent('h1')).toBe('Needs reply')
    const subjects = await page.locator('tbody a').allInnerTexts()
    expect(subjects[0]).toContain('The grinder smells burnt')
    expect(subjects[1]).toContain('Where is my order')
    expect(await page.getByRole('link', { name: /^Needs reply/ }).innerText()).toContain('2')
    // The budget for the first script is 300 kB, compressed.
    page.off('response', weigh)
    const sizes = await Promise.all(scripts)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
  })

  test('opens a ticket by key, writes, is saved, and comes back to the text', async () => {
    // The window was narrow a moment ago.
    await page.locator('tbody').waitFor()
    await page.keyboard.press('j')
    await page.locator('tbody a:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/agent/tickets/${cast.ticket.number}?queue=needs-reply`)
    await page.locator('article').first().waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.type('Please unplug it. We come today.')
    await page
      .getByText(/^Saved/)
      .first()
      .waitFor({ state: 'attached' })
    expect(await axeInBoth(page)).toEqual([])
    await page.reload()
    await page.locator('.composer-text').waitFor()
    expect(await text()).toContain('We come today')
  })

  test('finds a canned response by ::, and is stopped while a blank is open', async () => {
    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('::need')
    const list = page.getByRole('listbox', { name: 'Canned responses' })
    await list.getByRole('option', { name: 'Need more details' }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.press('Enter')
    await expect.poll(text).toContain('Hello Kim,')
    expect(await text()).toContain('{{ blank.what you need to know }}')
    await page.keyboard.press('ControlOrMeta+Enter')
    await page.getByRole('alert').getByText('is still to be filled in').waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('::no such answer')
    await page.getByText('No canned response fits.').waitFor()
    // Escape closes the list and leaves the writer in the text.
    await page.keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Please unplug it. We come today.')
  })

  test('attaches a file, posts, takes it back, and posts again', async () => {
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'Größe.txt', mimeType: 'text/plain', buffer: Buffer.from('14 kg') })
    await page.getByRole('button', { name: 'Remove Größe.txt' }).waitFor()
    await page.locator('progress').waitFor({ state: 'detached' })
    await page.locator('.composer-text').click()
    await page.keyboard.press('Control+Enter')
    await conversation()
      .getByText(/Sending in \d+ s/)
      .waitFor()
    expect(
      await conversation()
        .getByRole('link', { name: /Größe\.txt/ })
        .count(),
    ).toBe(1)
    await page.keyboard.press('z')
    await page.locator('.composer-text').waitFor()
    expect(await text()).toContain('We come today')
    await page.getByRole('button', { name: 'Remove Größe.txt' }).waitFor()
    expect(await conversation().getByText('We come today').count()).toBe(0)
    await page.locator('.composer-text').click()
    await page.keyboard.press('Control+Shift+Enter')
    await conversation().getByText('We come today').waitFor()
    // Nobody had it: answering claims it.
    await page.getByText('took it', { exact: false }).first().waitFor({ state: 'attached' })
  })

  test('adds a note, which is told apart by its label', async () => {
    await page.keyboard.press('n')
    await page.locator('.composer-text:focus').waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.type('Belt is in the van.')
    await page.keyboard.press('Control+Enter')
    const note = page.getByRole('article', { name: 'Internal note, Sam' })
    await note.getByText('Belt is in the van.').waitFor()
  })

  test('assigns by key, and does the rest from the palette', async () => {
    await page.keyboard.press('a')
    await page.getByRole('dialog', { name: 'Assign to' }).waitFor()
    await page.keyboard.type('mona')
    await page.keyboard.press('Enter')
    await page.getByText('Assigned to Mona.').waitFor()
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Search or do something' })
    await palette.waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.type('assign to me')
    await page.keyboard.press('Enter')
    await page.getByText('Assigned to Sam.').waitFor()
    // A status that asks why: the focus goes from the one dialog to the next, and is not lost when both are gone.
    await page.keyboard.press('s')
    await page.getByRole('dialog', { name: 'Status' }).waitFor()
    await page.keyboard.type('on hold')
    await page.keyboard.press('Enter')
    await page.getByLabel('Reason').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('Belt ordered')
    await page.keyboard.press('Enter')
    await page.getByText('Status: On hold.').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true)
    await page.keyboard.press('Control+k')
    await page.keyboard.type(cast.other.number)
    await palette.getByText('Where is my order').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/agent/tickets/${cast.other.number}`)
    await page.getByRole('heading', { name: /Where is my order/ }).waitFor()
  })

  test('sees what others do at once, and is stopped when somebody was faster', async () => {
    const second = await eyes.open()
    await signIn(second.page, 'mona')
    await page.goto(`${desk.url}/agent/tickets/${cast.ticket.number}`)
    await second.page.goto(`${desk.url}/agent/tickets/${cast.ticket.number}`)
    await page.getByRole('img', { name: 'Mona is looking at this' }).first().waitFor()
    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.type('Are you satisfied?')
    await second.page.getByText('Sam is writing a reply').waitFor()
    await kimWrites('It burns again!')
    await conversation().getByText('It burns again!').waitFor()
    await second.page.getByText('It burns again!').first().waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText(/Kim wrote .* ago\. Read it above; your draft is kept\./).waitFor()
    expect(await text()).toContain('Are you satisfied?')
    expect(await axeInBoth(page)).toEqual([])
    await page.locator('.composer-text').click()
    await page.keyboard.press('Control+Enter')
    await conversation().getByText('Are you satisfied?').waitFor()
    await second.context.close()
  })

  test('keeps the list still under the pointer and says what is new', async () => {
    await page.goto(`${desk.url}/agent/queues/open`)
    await page.getByText('Live').waitFor({ state: 'attached' })
    await page.locator('tbody tr').first().hover()
    await openTicket(
      ctx,
      {
        requester: { email: 'noor@elsewhere.example' },
        subject: 'A third thing',
        message: 'Hello',
        department: cast.support,
        autorespond: false,
      },
      { channel: 'web' },
    )
    await page.getByRole('button', { name: '1 new' }).waitFor()
    expect(await page.locator('tbody').innerText()).not.toContain('A third thing')
    await page.getByRole('button', { name: '1 new' }).click()
    await page.locator('tbody').getByText('A third thing').waitFor()
  })

  test('changes several at once and hears exactly how many', async () => {
    // A row is ticked by key; the one after it too.
    await page.getByRole('heading', { name: 'All open' }).hover()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('2 selected').waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('button', { name: 'Status…' }).click()
    await page.getByRole('menuitem', { name: 'Resolved' }).click()
    await page.getByText('2 tickets changed.').waitFor()
  })

  test('opens a ticket for a customer who rang; what is wrong is said at its field', async () => {
    await page.keyboard.press('c')
    await page.waitForURL('**/agent/tickets/new')
    // Who is not known is added by what was typed; all of it by keys.
    await page.getByRole('combobox', { name: 'Find the customer' }).pressSequentially('lou@customer.example')
    await page.getByRole('option', { name: 'Add “lou@customer.example” as a new person' }).waitFor()
    await page.keyboard.press('Enter')
    expect(await page.getByLabel('Customer’s e-mail address').inputValue()).toBe('lou@customer.example')
    await page.getByLabel('Subject').fill('   ')
    await page.getByRole('textbox', { name: 'Message' }).fill('It fell.')
    await page.getByRole('button', { name: 'Open ticket' }).click()
    await page.getByText('Please fill this in.').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('It fell.')
    expect(await axeInBoth(page)).toEqual([])
    expect(await overflowsAt320(page)).toBe(false)
    await page.getByLabel('Subject').fill('Mug broke')
    // A reload loses nothing that was typed.
    await page.reload()
    await page.getByText('Live').waitFor({ state: 'attached' })
    expect(await page.getByLabel('Subject').inputValue()).toBe('Mug broke')
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('It fell.')
    expect(await page.getByLabel('Tell the customer by mail').isChecked()).toBe(true)
    await page.getByLabel('Your first words').fill('We send a new one.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: /Mug broke/ }).waitFor()
    await conversation().getByText('We send a new one.').waitFor()
    // What was taken is not kept, and the next caller is found by a part of their name.
    await page.getByRole('link', { name: 'New ticket' }).click()
    await page.getByRole('combobox', { name: 'Find the customer' }).pressSequentially('lou')
    await page
      .getByRole('option', { name: /lou@customer\.example/ })
      .first()
      .waitFor()
    expect(await axeInBoth(page)).toEqual([])
    expect(await page.getByLabel('Subject').inputValue()).toBe('')
    // Out of the text fields, where a slash is a slash.
    await page.getByLabel('Tell the customer by mail').focus()
  })

  test('searches by name, subject and address', async () => {
    await page.keyboard.press('/')
    await page.waitForURL('**/agent/search')
    await page.getByRole('searchbox').fill('noor elsewhere')
    await page.keyboard.press('Enter')
    await page.getByText(/tickets? for “noor elsewhere”/).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('searchbox').fill('zebra')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing found for “zebra”.').waitFor()
  })

  test('works in the dark, without single keys, with the keys on a sheet', async () => {
    await page.goto(`${desk.url}/agent/preferences`)
    await page.getByLabel('Theme').selectOption('dark')
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await page.getByLabel('Use single-letter keys').uncheck()
    await page.getByLabel('Your name').fill('Samuel')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    // No flash: the page comes dark from the server.
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    expect(await axeInBoth(page)).toEqual([])
    expect(await page.getByLabel('Your name').inputValue()).toBe('Samuel')
    await page.goto(`${desk.url}/agent/tickets/${cast.other.number}`)
    await page.locator('article').first().waitFor()
    await page.keyboard.press('r')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search or do something' }).waitFor()
    expect(await page.locator('.composer-text').count()).toBe(0)
    await page.keyboard.type('show keys')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.getByText('Single keys are switched off.', { exact: false }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('button', { name: 'Switch single keys on' }).click()
    await page.keyboard.press('Escape')
  })

  test('offers to each what they may do, and nothing of other departments', async () => {
    const viewer = await eyes.open()
    await signIn(viewer.page, 'vic')
    await viewer.page.goto(`${desk.url}/agent/tickets/${cast.ticket.number}`)
    await viewer.page.getByText('You may read this ticket, but not reply to it.').waitFor()
    await viewer.page.keyboard.press('Control+k')
    await viewer.page.getByRole('dialog').waitFor()
    await viewer.page.keyboard.type('assign to')
    await viewer.page.getByText('Search everything for “assign to”').waitFor()
    expect(await viewer.page.getByRole('option', { name: /Assign to me/ }).count()).toBe(0)
    await viewer.context.close()

    const stranger = await eyes.open()
    await signIn(stranger.page, 'bo')
    await stranger.page.getByText('Nobody is waiting for you.').waitFor()
    await stranger.page.goto(`${desk.url}/agent/tickets/${cast.ticket.number}`)
    await stranger.page.getByRole('heading', { name: 'Nothing here' }).waitFor()
    await stranger.context.close()
  })

  test('nothing of it broke the policy or the page', async () => {
    await context.close()
    expect(eyes.complaints).toEqual([])
  })
})
