import { Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { createOsticketKey } from '#access/api-tokens.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import { actingAs, type Context } from '#core/context.ts'
import { openConnection } from '#db/connection.ts'
import type { Database } from '#db/types.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { queueCounts, queuePage } from '#queues/queues.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { openHttp } from '../../src/doors/http.ts'
import { type Cast, openCast, tokenFor } from '../world/cast.ts'
import { openTestDesk } from '../world/http.ts'

/** What the hot verbs may cost in statements, BEGIN and COMMIT apart, once caches are warm. A budget is raised with a reason, or not. */

let ctx: Context
let sam: Context
let cast: Cast
let count = 0
let statements: string[] = []

beforeAll(async () => {
  const desk = await openTestDesk()
  cast = await openCast(desk.ctx)
  const connection = openConnection({ url: desk.ctx.databaseUrl, max: 4, onError: () => {} })
  afterAll(() => connection[Symbol.asyncDispose]())
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: connection.pool }),
    log: (event) => {
      if (/^(begin|commit)$/i.test(event.query.sql)) return
      count++
      statements.push(event.query.sql.replace(/\s+/g, ' ').slice(0, 120))
    },
  })
  ctx = { ...desk.ctx, db }
  sam = actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.sam))!))
})

async function cost(work: () => Promise<unknown>): Promise<number> {
  count = 0
  statements = []
  await work()
  return count
}

/** The second of two is what a call costs: the first fills the caches. */
async function within(most: number, work: (index: number) => Promise<unknown>): Promise<void> {
  await work(1)
  const used = await cost(() => work(2))
  expect(used, `${used} statements:\n${statements.join('\n')}`).toBeLessThanOrEqual(most)
}

const http = () => openHttp({ ctx, trustedProxies: [], pages: null, clientFolder: null, isReady: () => true })

test("a ticket by osTicket's call", async () => {
  const { key } = await createOsticketKey(ctx, { name: 'budget' })
  const door = http()
  await within(7, async (index) => {
    const response = await door.request(
      '/api/tickets.json',
      {
        method: 'POST',
        headers: { 'X-API-Key': key },
        body: JSON.stringify({ name: 'Kim', email: 'kim@customer.example', subject: `Budget ${index}`, message: 'Hello' }),
      },
      {},
    )
    expect(response.status).toBe(201)
  })
})

test('a ticket by REST', async () => {
  const token = await tokenFor(ctx, cast.agents.sam)
  const door = http()
  await within(8, async (index) => {
    const response = await door.request(
      '/api/v1/tickets',
      {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ requester: { email: 'kim@customer.example' }, subject: `Budget ${index}`, message: 'Hello' }),
      },
      {},
    )
    expect(response.status).toBe(201)
  })
})

const mail = (id: string, subject: string): Buffer =>
  Buffer.from(
    `From: Kim <kim@customer.example>\r\nTo: support@desk.example\r\nSubject: ${subject}\r\nMessage-ID: <${id}@customer.example>\r\n\r\nHello ${id}\r\n`,
  )

test('a new mail, from the listener to its ticket', async () => {
  await within(10, async (index) => {
    const { id } = await receiveMail(ctx, {
      raw: mail(`new-${index}`, `Budget ${index}`),
      from: 'kim@customer.example',
      to: ['support@desk.example'],
    })
    expect((await receiveMessage(ctx, id)).ticket).not.toBeNull()
  })
})

test("a customer's answer by mail", async () => {
  await within(11, async (index) => {
    const raw = mail(`answer-${index}`, `Re: The grinder smells burnt [#${cast.ticket.number}]`)
    const { id } = await receiveMail(ctx, { raw, from: 'kim@customer.example', to: ['support@desk.example'] })
    expect((await receiveMessage(ctx, id)).ticket).toBe(cast.ticket.id)
  })
})

test("an agent's reply", async () => {
  await within(16, () => replyToTicket(sam, { id: cast.ticket.id }, { body: '<p>Please try again.</p>' }))
})

test('a queue with the counts of all', async () => {
  await within(2, async () => {
    await queueCounts(sam)
    await queuePage(sam, 'needs-reply')
  })
})

test('a ticket page', async () => {
  await within(9, () => showTicket(sam, { id: cast.ticket.id }))
})
