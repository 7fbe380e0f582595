import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { blownFuses } from '#channels/fuses.ts'
import { actingAs, type Context } from '#core/context.ts'
import { egress } from '#core/egress.ts'
import { silentLog } from '#core/log.ts'
import { type DemoDesk, type DemoWorld, openDemoDesk } from '#demo/demo-desk.ts'
import { fillDemoDesk } from '#demo/fill-demo-desk.ts'
import { openLife } from '#demo/life.ts'
import { lookAs } from '#demo/look-as.ts'
import { writeAsCustomer } from '#demo/write-as-customer.ts'
import { setPresence, whoIsHere } from '#presence/presence.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openOutgoingKeeper } from '../../src/doors/mail/keep-outgoing.ts'
import { settleJobs } from '../../src/main.ts'
import { cloneDatabase } from '../world/database.ts'

/** The whole demonstration, filled once for this file, without its doors. */
let app: App
let demo: DemoDesk
let world: DemoWorld
let sam: Context
const began = new Date('2026-03-04T11:00:00.000Z')

const at = (ctx: Context, seconds: number): Context => ({
  ...ctx,
  clock: { now: () => new Date(began.getTime() + seconds * 1000) },
})
const actor = async (role: 'agent' | 'lead'): Promise<Context> => {
  const { id } = world.people.find((one) => one.role === role)!
  return actingAs(app.ctx, agentActor((await agentFacts(app.ctx, id))!))
}
const story = async (key: string) => showTicket(sam, { number: world.stories.find((one) => one.key === key)!.number })
const events = async (ticket: number): Promise<string[]> =>
  (
    await sql<{
      verb: string
    }>`select verb from event where subject_kind = 'ticket' and subject_id = ${ticket} order by id`.execute(app.ctx.db)
  ).rows.map((row) => row.verb)

const held = new AsyncDisposableStack()
afterAll(() => held.disposeAsync())

beforeAll(async () => {
  const databaseUrl = await cloneDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-demo-desk-'))
  demo = openDemoDesk()
  const keeper = await openOutgoingKeeper(demo.outbox)
  const config = {
    ...readConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, BASE_URL: 'http://desk.example' }),
    smtpUrl: keeper.url,
  }
  app = await openApp({ config, databaseUrl, log: silentLog, demo })
  held.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  held.use(keeper)
  held.use(app)
  world = await fillDemoDesk(at(app.ctx, 0), demo, (then) => settleJobs(then, app.connection.pool))
  demo.world = world
  sam = at(await actor('agent'), 0)
}, 240_000)

describe('the demo desk', () => {
  test('has four hundred tickets of a month, thirty-four of them open, and nothing from the future', async () => {
    const { rows } = await sql<{ all: number; open: number; future: number; old: number; languages: number }>`select
      count(*)::int as all,
      (count(*) filter (where state = 'open' and merged_into_id is null))::int as open,
      (count(*) filter (where greatest(updated_at, created_at) > ${began}))::int as future,
      (count(*) filter (where created_at < ${new Date(began.getTime() - 31 * 86_400_000)}))::int as old
      from ticket`.execute(app.ctx.db)
    expect(rows[0]!.all).toBeGreaterThan(390)
    expect(rows[0]).toMatchObject({ open: 34, future: 0, old: 0 })
    const people = await sql<{ people: number; organizations: number }>`select
      (select count(*)::int from end_user where organization_id is not null) as people,
      (select count(*)::int from organization) as organizations`.execute(app.ctx.db)
    expect(people.rows[0]).toEqual({ people: 40, organizations: 8 })
  })

  test('leaves no job behind that should have run', async () => {
    const { rows } = await sql<{ job: string }>`select t.identifier as job from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where j.attempts > 0 or j.run_at <= ${began}`.execute(app.ctx.db)
    expect(rows).toEqual([])
  })

  test('leads from its first ticket to the twelve', async () => {
    const shown = await showTicket(sam, { number: world.startHere })
    expect(shown.pinned?.kind).toBe('note')
    const numbers = [...(shown.pinned?.bodyHtml ?? '').matchAll(/href="http:\/\/desk\.example\/agent\/tickets\/(\d+)"/g)]
    expect(numbers.map((found) => found[1]).sort()).toEqual(world.stories.map((one) => one.number).sort())
    expect(world.stories).toHaveLength(12)
  })

  test('near breach: due within a quarter of an hour, and not over it', async () => {
    const { ticket } = await story('nearBreach')
    const left = ticket.dueAt!.getTime() - began.getTime()
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(900_000)
  })

  test('one is late, and the rest is not yet', async () => {
    const { rows } = await sql<{ subject: string }>`select subject from ticket where due_at < ${began}`.execute(app.ctx.db)
    expect(rows).toEqual([{ subject: 'Invoice HC-30418: purchase order number missing' }])
  })

  test('outage: nine children, and a note on top', async () => {
    const { ticket, pinned } = await story('outage')
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ticket where parent_id = ${ticket.id}`.execute(
      app.ctx.db,
    )
    expect([rows[0]!.n, pinned?.kind]).toEqual([9, 'note'])
  })

  test('twins: one conversation of two messages', async () => {
    const { ticket, entries } = await story('twins')
    expect(entries.filter((entry) => entry.kind === 'message').map((entry) => entry.channel)).toEqual(['web', 'email'])
    expect(await events(ticket.id)).toContain('ticket.merged')
  })

  test('reopened: resolved, then open again by an answer', async () => {
    const { ticket } = await story('reopened')
    expect([ticket.state, ticket.reopenedAt !== null]).toEqual(['open', true])
  })

  test('forged: the check failed', async () => {
    const { entries } = await story('forged')
    expect(entries[0]!.verdict).toBe('failed')
  })

  test('mailbox full: the answer is told as failed', async () => {
    const { ticket } = await story('mailboxFull')
    const { rows } = await sql<{ state: string; failure: string }>`select state, failure from outbound_message
      where ticket_id = ${ticket.id} and kind = 'reply'`.execute(app.ctx.db)
    expect(rows).toEqual([{ state: 'failed', failure: 'mailbox_full' }])
  })

  test('loop: stopped after six mails, the rest suspended', async () => {
    const { entries } = await story('loop')
    expect(entries.filter((entry) => entry.kind === 'message')).toHaveLength(6)
    expect((await blownFuses(at(app.ctx, 0))).map((fuse) => fuse.value)[0]).toContain('servicedesk@northgate.example')
  })

  test('a call, a long quote, winmail.dat, a filter, and a sleeper', async () => {
    expect((await story('phoned')).ticket.channel).toBe('phone')
    const quoted = (await story('longQuote')).entries.at(-1)!
    expect(quoted.visibleText).toContain('Hintereingang ist frei')
    expect(quoted.visibleText).not.toContain('Gesendet')
    expect(quoted.bodyText).toContain('Gesendet')
    const files = await sql<{ name: string }>`select a.name from attachment a where a.owner_kind = 'entry'
      and a.owner_id = ${(await story('winmail')).entries[0]!.id} order by a.name`.execute(app.ctx.db)
    expect(files.rows.map((file) => file.name)).toEqual(['contract-northgate.txt', 'cups-per-floor.csv'])
    const { ticket: sorted } = await story('filtered')
    const { rows } = await sql<{ data: { trace: { name?: string }[] } }>`select data from event where verb = 'ticket.opened'
      and subject_id = ${sorted.id}`.execute(app.ctx.db)
    expect(JSON.stringify(rows[0]!.data.trace)).toContain('Invoices in five languages go to Billing')
    const { ticket: asleep } = await story('snoozed')
    expect([asleep.snoozedUntil!.getUTCDay(), asleep.snoozedUntil! > began]).toEqual([1, true])
  })

  test('kept every mail that left, and sends nothing else anywhere', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from outbound_message where sent_at is not null`.execute(
      app.ctx.db,
    )
    expect(demo.outbox.list()).toHaveLength(rows[0]!.n)
    expect(rows[0]!.n).toBeGreaterThan(20)
    await expect(app.ctx.slots.use(egress).send('https://example.org/')).rejects.toMatchObject({ code: 'refused_host' })
  })
})

describe('one click and one mail', () => {
  test('each of the four is a real session of somebody of the cast', async () => {
    for (const { role } of world.people) expect((await lookAs(app.ctx, role)).token.length).toBeGreaterThan(20)
  })

  test('a mail can only be written by somebody of the cast, to an address of the desk', async () => {
    const mail = { from: world.writers[0]!.address, to: world.mailboxes[0]!, subject: 'Hello', message: 'Hello' }
    demo.handIn = async () => {}
    await expect(writeAsCustomer(app.ctx, { ...mail, from: 'ceo@elsewhere.example' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(writeAsCustomer(app.ctx, { ...mail, to: 'victim@elsewhere.example' })).rejects.toMatchObject({ code: 'invalid' })
    demo.handIn = null
    await expect(writeAsCustomer(app.ctx, mail)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('it lives', () => {
  test('a colleague comes along, the customer writes once, the colleague leaves', async () => {
    const handed: { from: string; to: string; subject: string }[] = []
    demo.handIn = async ({ from, to, raw }) => {
      handed.push({ from, to, subject: /^Subject: (.*)$/m.exec(raw.toString())![1]! })
    }
    let now = 0
    const clock = { now: () => new Date(began.getTime() + now * 1000) }
    const life = openLife({ ...app.ctx, clock }, demo)
    const { number } = world.stories.find((one) => one.key === 'winmail')!
    const { ticket } = await story('winmail')
    const look = async (seconds: number): Promise<string[]> => {
      now = seconds
      await setPresence({ ...sam, clock }, { number }, 'viewing')
      await life.turn()
      return ((await whoIsHere({ ...app.ctx, clock }, [ticket.id])).get(ticket.id) ?? []).map((one) => one.name)
    }
    expect(await look(1)).toEqual(['Sam Okafor'])
    expect(handed).toEqual([])
    expect(await look(12)).toHaveLength(2)
    await look(20)
    await look(60)
    expect(handed).toHaveLength(1)
    expect(handed[0]).toMatchObject({ from: 'tariq.aziz@northgate.example', to: 'support@harbourcoffee.example' })
    expect(handed[0]!.subject).toContain(`[#${number}]`)
    expect(await look(90)).toEqual(['Sam Okafor'])
    expect(await look(120)).toEqual(['Sam Okafor'])
    await life.stop()
  })

  test('a forged sender never writes again, and now and then somebody new does', async () => {
    const handed: string[] = []
    demo.handIn = async ({ from }) => void handed.push(from)
    let now = 1000
    const clock = { now: () => new Date(began.getTime() + now * 1000) }
    const life = openLife({ ...app.ctx, clock }, demo)
    const { number } = world.stories.find((one) => one.key === 'forged')!
    for (now of [1001, 1020, 1060]) {
      await setPresence({ ...sam, clock }, { number }, 'viewing')
      await life.turn()
    }
    expect(handed).toEqual([])
    now = 1300
    await life.turn()
    expect(handed).toEqual(['priya.raman@shops.harbourcoffee.example'])
    await life.stop()
  })
})
