import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { setAgentPassword } from '#people/agents.ts'
import { seedDesk } from '#setup/seed-desk.ts'
import { hashPassword } from '#sign-in/password.ts'
import { addNote } from '#tickets/add-note.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import { openAppBeside } from '../world/app-beside.ts'
import { axeInBoth, type BuiltDesk, canBrowse, openEyes, startBuiltDesk } from '../world/browser.ts'
import { type Cast, openCast } from '../world/cast.ts'

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('an agent with many tickets, by keyboard', { timeout: 180_000 }, () => {
  let desk: BuiltDesk
  let ctx: Context
  let cast: Cast
  let page: Page

  beforeAll(async () => {
    desk = await startBuiltDesk()
    const eyes = await openEyes()
    ctx = await openAppBeside(desk)
    cast = await openCast(ctx)
    await seedDesk(ctx, { tickets: 120, agents: 2, seed: 'acts' })
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

  const ada = async (): Promise<Context> => actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.ada))!))
  const ticketPage = async (ticket: { number: string }): Promise<void> => {
    await page.goto(`${desk.url}/agent/tickets/${ticket.number}?queue=open`)
    await page.getByRole('region', { name: 'Conversation' }).waitFor()
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' })
  }

  test('a tag is made as it is typed, and undone', async () => {
    const sam = actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.sam))!))
    const { entry } = await addNote(
      sam,
      { id: cast.ticket.id },
      { body: 'The key is next door. @Ada, call them.', format: 'text' },
    )
    await pinNote(sam, { id: cast.ticket.id }, entry)
    await ticketPage(cast.ticket)
    await page.getByText('Pinned note').waitFor()
    await page.getByText('A colleague asked for you in a note.').waitFor()
    await page.keyboard.press('l')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Needs parts')
    await page.getByText('New tag “Needs parts”').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Tagged.').waitFor()
    await page.getByRole('button', { name: 'Take off the tag Needs parts' }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.keyboard.press('z')
    await page.getByText(/^Undone: the change of tags/).waitFor()
    await page.getByRole('button', { name: 'Take off the tag Needs parts' }).waitFor({ state: 'detached' })
  })

  test('an answer is posted and the next ticket is open; undo still takes back the one before', async () => {
    await ticketPage(cast.other)
    await page.keyboard.press('r')
    await page.locator('.composer-text:focus').waitFor()
    await page.keyboard.type('It is on its way, and the next one please.')
    await page.keyboard.press('Control+Alt+Enter')
    await page.waitForURL((url) => /\/agent\/tickets\/\d+$/.test(url.pathname) && !url.pathname.endsWith(cast.other.number))
    await page.getByRole('region', { name: 'Conversation' }).waitFor()
    const entries = () =>
      desk.sql("select e.id from thread_entry e where e.body_text like '%the next one please%' and e.deleted_at is null")
    await expect.poll(async () => (await entries()).length).toBe(1)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await entries()).length).toBe(0)
  })

  test('a wrong number stays in its field with the reason; the right one shows what will happen, and merges', async () => {
    await ticketPage(cast.ticket)
    await page.keyboard.press('&')
    const field = page.getByLabel('Numbers of the other tickets')
    await field.fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('There is no ticket 000000 that you may see.').waitFor()
    expect(await field.inputValue()).toBe('000000')
    await field.fill(cast.other.number)
    await page.keyboard.press('Enter')
    await page.getByText('Put this person on copy').waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('button', { name: 'Merge 1 ticket' }).click()
    await page.getByText(`from ${cast.other.number}`).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(`from ${cast.other.number}`).waitFor({ state: 'detached' })
  })

  test('snoozed until Monday by key, and awake again', async () => {
    await ticketPage(cast.other)
    await page.keyboard.press('h')
    await page.getByRole('button', { name: /^Monday morning/ }).click()
    await page.getByRole('button', { name: 'Wake now' }).click()
    await page.getByRole('button', { name: 'Wake now' }).waitFor({ state: 'detached' })
  })

  const inList = async (...tickets: { number: string }[]): Promise<void> => {
    await page.goto(`${desk.url}/agent/search?q=${encodeURIComponent('grinder')}`)
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' })
    for (const ticket of tickets) await page.getByRole('checkbox', { name: new RegExp(ticket.number) }).check()
    await page.getByText(`${tickets.length} selected`).waitFor()
  }
  const made = async (subject: string, email: string) =>
    openTicket(
      await ada(),
      { requester: { email, name: email.split('@')[0]! }, subject, message: `${subject}: the grinder stands still.` },
      { channel: 'web' },
    )

  test('two selected become one, with the people asked for; the way back is at hand', async () => {
    const first = await made('Grinder stopped', 'ida@customer.example')
    const second = await made('Grinder stopped too', 'jon@customer.example')
    await inList(first, second)
    await page.getByRole('button', { name: 'Merge…' }).click()
    await page.getByText('Put this person on copy').click()
    expect(await page.getByLabel('Merge into').inputValue()).toBe(first.number)
    expect(await axeInBoth(page)).toEqual([])
    await page.getByRole('button', { name: 'Merge 1 ticket' }).click()
    await page.getByText('1 ticket merged.').waitFor()
    await page.getByText('1 selected').waitFor({ state: 'detached' })
    const shown = await showTicket(await ada(), { id: first.id })
    expect(shown.copies.map((one) => one.address)).toEqual(['jon@customer.example'])
    expect(shown.ticket.number).toBe(first.number)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/^Undone: the merge/).waitFor()
    expect((await seeTicket(await ada(), { number: second.number })).id).toBe(second.id)
  })

  test('two selected are put off: a time that is gone is said at its field, the next one does it', async () => {
    const first = await made('Grinder is loud', 'ida@customer.example')
    const second = await made('Grinder is louder', 'jon@customer.example')
    await inList(first, second)
    await page.getByRole('button', { name: 'Snooze…' }).click()
    await page.getByRole('button', { name: /^In a month/ }).waitFor()
    expect(await axeInBoth(page)).toEqual([])
    await page.getByLabel('Another date and time').fill('2020-01-01T09:00')
    await page.keyboard.press('Enter')
    await page.getByText('This time is over already.').waitFor()
    expect(await page.getByLabel('Another date and time').inputValue()).toBe('2020-01-01T09:00')
    await page.getByRole('button', { name: /^In a month/ }).click()
    await page.getByText('2 tickets changed.').waitFor()
    for (const { id } of [first, second]) expect((await seeTicket(await ada(), { id })).snoozedUntil).not.toBe(null)
  })

  test('all of a queue at once, counted and asked for before', async () => {
    await page.goto(`${desk.url}/agent/queues/open`)
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' })
    await page.getByLabel('Select all shown').check()
    await page.getByRole('button', { name: 'Select all of this queue' }).click()
    await page.getByText(/^All \d+ selected$/).waitFor()
    await page.getByRole('button', { name: 'Priority…' }).click()
    await page.getByRole('menuitem', { name: 'High' }).click()
    await page.getByRole('button', { name: /^Change \d+ tickets$/ }).click()
    await page.getByText(/^\d+ tickets changed\.$/).waitFor({ timeout: 120_000 })
    const wrong = await ctx.db
      .selectFrom('ticket')
      .select('number')
      .where('state', 'in', ['open', 'on_hold'])
      .where('place', '=', 'desk')
      .where('urgency', '<>', 2)
      .execute()
    expect(wrong).toEqual([])
  })
})
