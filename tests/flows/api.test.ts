import { beforeAll, describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { createOsticketKey, createRestToken, listApiTokens, readRestToken, revokeApiToken } from '#access/api-tokens.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { noteMailboxTrouble } from '#channels/fetch-mailbox.ts'
import { actingAs } from '#core/context.ts'
import { type Cast, openCast, tokenFor } from '../world/cast.ts'
import { until } from '../world/free-port.ts'
import { openTestDesk, type TestDesk } from '../world/http.ts'

let desk: TestDesk
let cast: Cast
let sam: string
let bo: string

beforeAll(async () => {
  desk = await openTestDesk()
  cast = await openCast(desk.ctx)
  sam = await tokenFor(desk.ctx, cast.agents.sam)
  bo = await tokenFor(desk.ctx, cast.agents.bo)
})

interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
  body: any
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  options: { token?: string | null; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const token = options.token === undefined ? sam : options.token
  const isForm = body instanceof FormData
  const response = await fetch(`${desk.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body !== undefined && !isForm ? { 'Content-Type': 'application/json' } : {}),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text }
}

const asked = (subject: string, more: object = {}) => ({
  requester: { email: 'kim@customer.example', name: 'Kim' },
  subject,
  message: 'It does not work.',
  ...more,
})

test('a ticket is opened, found, changed, answered, noted, closed and reopened', async () => {
  const made = await call('POST', '/tickets', asked('Steam wand drips', { priority: 'high' }))
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/tickets/${made.body.id}`)
  expect(made.body).toMatchObject({
    id: expect.stringMatching(/^tkt_[0-9a-v]{26}$/),
    number: expect.stringMatching(/^\d{6}$/),
    status: { key: 'open', state: 'open' },
    priority: { key: 'high' },
    department: { name: 'Support' },
    assignee: null,
    requester: { name: 'Kim', email: 'kim@customer.example' },
    channel: 'api',
    place: 'desk',
  })
  const at = `/tickets/${made.body.id}`
  expect((await call('GET', at)).body).toEqual(made.body)
  for (const filter of [
    `number=${made.body.number}`,
    'q=steam',
    'status=open',
    'state=open',
    'assignee=none',
    'requester=kim@customer.example',
    `requester=${made.body.requester.id}`,
    'queue=needs-reply',
    `department=${made.body.department.id}`,
  ]) {
    const found = await call('GET', `/tickets?${filter}`)
    expect([filter, found.body.data?.map((ticket: { id: string }) => ticket.id)]).toEqual([
      filter,
      expect.arrayContaining([made.body.id]),
    ])
  }
  expect((await call('GET', '/tickets?assignee=me')).body).toEqual({ data: [], next: null })
  expect((await call('GET', '/tickets?requester=nobody@customer.example')).body).toEqual({ data: [], next: null })

  const changed = await call('PATCH', at, { subject: 'Steam wand drips all day', priority: 'urgent', assignee: 'me' })
  expect(changed).toMatchObject({
    status: 200,
    body: { subject: 'Steam wand drips all day', priority: { key: 'urgent' }, assignee: { name: 'Sam' } },
  })
  // All of it, or nothing.
  expect((await call('PATCH', at, { subject: 'Half', status: 'nonsense' })).status).toBe(422)
  expect((await call('GET', at)).body.subject).toBe('Steam wand drips all day')

  const reply = await call('POST', `${at}/replies`, { body: 'Please tighten the nut.', seen: changed.body.lastEntry })
  expect(reply).toMatchObject({
    status: 201,
    body: { kind: 'response', channel: 'api', author: { kind: 'agent', name: 'Sam' }, text: 'Please tighten the nut.' },
  })
  expect((await call('GET', at)).body).toMatchObject({ status: { key: 'waiting' }, waitingSince: null })
  const note = await call('POST', `${at}/notes`, { body: '<p>Known <b>problem</b><script>alert(1)</script></p>', format: 'html' })
  expect(note).toMatchObject({ status: 201, body: { kind: 'note', text: 'Known problem' } })
  expect(note.body.html).not.toContain('script')

  const first = await call('GET', `${at}/entries?limit=2`)
  expect(first.body.data.map((entry: { kind: string }) => entry.kind)).toEqual(['note', 'response'])
  const second = await call('GET', `${at}/entries?limit=2&cursor=${first.body.next}`)
  expect(second.body.data.map((entry: { kind: string }) => entry.kind)).toEqual(['message'])
  expect(second.body.next).toBeNull()

  expect((await call('PATCH', at, { status: 'closed' })).body).toMatchObject({
    status: { state: 'closed' },
    closedAt: expect.any(String),
  })
  expect((await call('PATCH', at, { status: 'on_hold' })).body.errors).toEqual([
    { pointer: '/reason', code: 'reasonRequired', detail: expect.any(String) },
  ])
  expect((await call('PATCH', at, { status: 'open' })).body).toMatchObject({ status: { state: 'open' }, closedAt: null })

  const events = await until(async () => {
    const feed = await call('GET', '/events?limit=200')
    const verbs = feed.body.data
      .filter((event: { ticket: string }) => event.ticket === made.body.id)
      .map((event: { verb: string }) => event.verb)
    return verbs.filter((verb: string) => verb === 'ticket.status_changed').length >= 3 ? { verbs, next: feed.body.next } : null
  }, 'the events arrive in the feed')
  expect(events.verbs).toEqual(
    expect.arrayContaining(['ticket.opened', 'ticket.edited', 'ticket.assigned', 'ticket.replied', 'ticket.note_added']),
  )
  expect((await call('GET', `/events?cursor=${events.next}`)).body).toEqual({ data: [], next: events.next })
})

test('what was written meanwhile refuses a reply, once', async () => {
  const made = await call('POST', '/tickets', asked('Lid is stuck'))
  const at = `/tickets/${made.body.id}`
  expect(
    (
      await call(
        'POST',
        `${at}/replies`,
        { body: 'From Mona', undoSeconds: 0 },
        { token: await tokenFor(desk.ctx, cast.agents.mona) },
      )
    ).status,
  ).toBe(201)
  const refused = await call('POST', `${at}/replies`, { body: 'From Sam', seen: made.body.lastEntry })
  expect(refused).toMatchObject({ status: 409, body: { code: 'answeredMeanwhile', type: 'urn:tessera:problem:conflict' } })
  expect((await call('POST', `${at}/replies`, { body: 'From Sam', seen: made.body.lastEntry, sendAnyway: true })).status).toBe(
    201,
  )
})

test('lists page by cursor without gaps or repeats', async () => {
  for (let index = 0; index < 5; index++) await call('POST', '/tickets', asked(`Page ${index}`))
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Answer = await call('GET', `/tickets?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    expect(page.status).toBe(200)
    seen.push(...page.body.data.map((ticket: { id: string }) => ticket.id))
    cursor = page.body.next
  } while (cursor)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBeGreaterThanOrEqual(7)
  expect(await call('GET', '/tickets?cursor=nonsense')).toMatchObject({ status: 422, body: { errors: [{ pointer: '/cursor' }] } })
})

describe('files', () => {
  const content = Buffer.from('printed page')

  test('inside the JSON, and back', async () => {
    const made = await call(
      'POST',
      '/tickets',
      asked('With a file', {
        attachments: [{ name: 'page.txt', contentType: 'text/plain', content: content.toString('base64') }],
      }),
    )
    expect(made.status).toBe(201)
    const [entry] = (await call('GET', `/tickets/${made.body.id}/entries`)).body.data
    expect(entry.attachments).toEqual([
      { id: expect.stringMatching(/^att_/), name: 'page.txt', contentType: 'text/plain', size: 12, isInline: false },
    ])
    const file = await call('GET', `/attachments/${entry.attachments[0].id}/content`)
    expect(file).toMatchObject({ status: 200, body: 'printed page' })
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="page.txt"/)
    // Whoever may not see the ticket does not get its file.
    expect((await call('GET', `/attachments/${entry.attachments[0].id}/content`, undefined, { token: bo })).status).toBe(404)
    expect((await call('GET', `/attachments/${entry.attachments[0].id}`, undefined, { token: bo })).status).toBe(404)
  })
  test('as a form', async () => {
    const form = new FormData()
    form.set('body', JSON.stringify(asked('By form')))
    form.set('file', new File([content], 'page.txt', { type: 'text/plain' }))
    const made = await call('POST', '/tickets', form)
    expect(made.status).toBe(201)
    expect((await call('GET', `/tickets/${made.body.id}/entries`)).body.data[0].attachments).toMatchObject([
      { name: 'page.txt', size: 12 },
    ])
  })
  test('what is no base64 is said at its place', async () => {
    const refused = await call('POST', '/tickets', asked('Bad', { attachments: [{ name: 'x', content: '@@@' }] }))
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/attachments/0/content' }] } })
  })
})

describe('Idempotency-Key', () => {
  const count = async () =>
    Number(
      (
        await desk.ctx.db
          .selectFrom('ticket')
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )

  test('a repeat gets the first answer and changes nothing, also when both come at once', async () => {
    const before = await count()
    const options = { headers: { 'Idempotency-Key': 'order-17' } }
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/tickets', asked('Once'), options)))
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201])
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(2)
    expect(await count()).toBe(before + 1)
  })
  test('another body under the same key is refused', async () => {
    expect(await call('POST', '/tickets', asked('Not once'), { headers: { 'Idempotency-Key': 'order-17' } })).toMatchObject({
      status: 422,
      body: { code: 'apiKeyReused' },
    })
  })
  test('a failed first try leaves the key free', async () => {
    const options = { headers: { 'Idempotency-Key': 'order-18' } }
    expect((await call('POST', '/tickets', asked(''), options)).status).toBe(422)
    expect((await call('POST', '/tickets', asked('Now right'), options)).status).toBe(201)
  })
  test("another token's key is another key", async () => {
    const mona = await tokenFor(desk.ctx, cast.agents.mona)
    const options = { headers: { 'Idempotency-Key': 'order-17' }, token: mona }
    expect((await call('POST', '/tickets', asked('Mine'), options)).headers.get('idempotent-replayed')).toBeNull()
  })
})

describe('refusals are problem documents', () => {
  const problem = (status: number, code: string) => ({
    status,
    body: {
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      type: expect.stringMatching(/^urn:tessera:problem:/),
    },
  })

  test('401 without a token, with a wrong one, with a revoked one, with one whose agent is gone', async () => {
    const missing = await call('GET', '/me', undefined, { token: null })
    expect(missing).toMatchObject(problem(401, 'apiToken'))
    expect(missing.headers.get('www-authenticate')).toBe('Bearer')
    expect(missing.headers.get('content-type')).toBe('application/problem+json')
    expect(await call('GET', '/me', undefined, { token: 'tess_wrong0000000000000000000000' })).toMatchObject(
      problem(401, 'apiToken'),
    )
    const token = await tokenFor(desk.ctx, cast.agents.lee)
    expect((await call('GET', '/me', undefined, { token })).status).toBe(200)
    const row = await desk.ctx.db
      .selectFrom('api_token')
      .select('id')
      .where('agent_id', '=', cast.agents.lee)
      .executeTakeFirstOrThrow()
    await revokeApiToken(desk.ctx, row.id)
    expect((await call('GET', '/me', undefined, { token })).status).toBe(401)
  })
  test('403 without the scope, and without the right', async () => {
    const reader = await tokenFor(desk.ctx, cast.agents.sam, ['tickets:read'])
    expect(await call('POST', '/tickets', asked('No'), { token: reader })).toMatchObject(problem(403, 'apiScope'))
    const viewer = await tokenFor(desk.ctx, cast.agents.vic)
    expect(await call('POST', '/tickets', asked('No'), { token: viewer })).toMatchObject(problem(403, 'forbidden'))
  })
  test('404 for what is not there, for what may not be seen, and for an id of another kind', async () => {
    const made = await call('POST', '/tickets', asked('Hidden'))
    expect(await call('GET', `/tickets/${made.body.id}`, undefined, { token: bo })).toMatchObject({ status: 404 })
    expect(await call('GET', `/tickets/${made.body.requester.id}`)).toMatchObject({ status: 404 })
    expect(await call('GET', `/tickets/tkt_${'0'.repeat(26)}`)).toMatchObject({ status: 404 })
    expect(await call('GET', '/nothing')).toMatchObject(problem(404, 'notFound'))
  })
  test('405, 415 and 400', async () => {
    const wrong = await call('DELETE', '/tickets')
    expect(wrong).toMatchObject(problem(405, 'apiMethod'))
    expect(wrong.headers.get('allow')).toBe('GET, POST')
    expect(await call('POST', '/tickets', 'a=1', { headers: { 'Content-Type': 'text/plain' } })).toMatchObject(
      problem(415, 'apiMediaType'),
    )
    expect(await call('POST', '/tickets', '{"a":')).toMatchObject(problem(400, 'apiJson'))
  })
  test('422 names each field', async () => {
    const refused = await call('POST', '/tickets', { requester: { email: 'no address' }, subject: '', message: 'x' })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/subject', code: 'required' }] } })
    expect(await call('POST', '/tickets', asked('x', { requester: { email: 'no address' } }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/requester/email' }] },
    })
    expect(await call('GET', '/tickets?queue=mine&state=open')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/state' }] },
    })
  })
  test('429 with Retry-After after too many wrong tokens', async () => {
    let last: Answer | null = null
    for (let index = 0; index < 40 && last?.status !== 429; index++)
      last = await call('GET', '/me', undefined, { token: 'tess_wrong0000000000000000000000' })
    expect(last).toMatchObject(problem(429, 'tooMany'))
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0)
    // A good token still works from there.
    expect((await call('GET', '/me')).status).toBe(200)
  })
})

test('me, departments, agents, topics, statuses, priorities, queues, people', async () => {
  expect((await call('GET', '/me')).body).toMatchObject({
    agent: { name: 'Sam', email: 'sam@desk.example' },
    administrator: false,
  })
  for (const [path, name] of [
    ['departments', 'Billing'],
    ['agents', 'Mona'],
    ['topics', 'Question'],
    ['statuses', 'Closed'],
    ['priorities', 'Urgent'],
  ]) {
    expect((await call('GET', `/${path}`)).body.data.map((one: { name: string }) => one.name)).toContain(name)
  }
  expect((await call('GET', '/queues')).body.data).toContainEqual({ key: 'needs-reply', count: expect.any(Number) })
  const people = await call('GET', '/people')
  expect(people.body.data.map((person: { name: string }) => person.name)).toEqual(['Kim', 'Noor'])
  expect((await call('GET', '/people', undefined, { token: bo })).body.data).toEqual([])
  expect((await call('GET', `/people/${people.body.data[0].id}`, undefined, { token: bo })).status).toBe(404)
  expect((await call('GET', '/people?email=NOOR@elsewhere.example')).body.data).toMatchObject([{ name: 'Noor' }])
  expect(await call('POST', '/people', { email: 'lou@customer.example', name: 'Lou' })).toMatchObject({
    status: 201,
    body: { name: 'Lou' },
  })
  expect((await call('PATCH', `/people/${people.body.data[0].id}`, { name: 'Kimberly' })).status).toBe(403)
})

test('the scope admin holds all others, and an agent without the switch gains nothing by it', async () => {
  const ada = await tokenFor(desk.ctx, cast.agents.ada, ['admin'])
  expect((await call('GET', '/me', undefined, { token: ada })).body.administrator).toBe(true)
  expect((await call('GET', '/tickets', undefined, { token: ada })).body.data.length).toBeGreaterThan(0)
  const people = await call('GET', '/people', undefined, { token: ada })
  expect((await call('PATCH', `/people/${people.body.data[0].id}`, { name: 'Kim' }, { token: ada })).status).toBe(200)
  const vic = await tokenFor(desk.ctx, cast.agents.vic, ['admin'])
  expect((await call('GET', '/me', undefined, { token: vic })).body.administrator).toBe(false)
  expect((await call('POST', '/tickets', asked('No'), { token: vic })).status).toBe(403)
  expect((await call('PATCH', `/people/${people.body.data[0].id}`, { name: 'Kim' }, { token: vic })).status).toBe(403)
})

test('an agent makes tokens of their own only, and takes back only those', async () => {
  const sam = actingAs(desk.ctx, agentActor((await agentFacts(desk.ctx, cast.agents.sam))!))
  const own = await createRestToken(sam, { name: 'mine', agent: cast.agents.sam, scopes: ['tickets:read'] })
  await expect(createRestToken(sam, { name: 'hers', agent: cast.agents.mona, scopes: ['tickets:read'] })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(createOsticketKey(sam, { name: 'key' })).rejects.toMatchObject({ code: 'forbidden' })
  const mona = await createRestToken(desk.ctx, { name: 'hers', agent: cast.agents.mona, scopes: ['tickets:read'] })
  await expect(revokeApiToken(sam, mona.id)).rejects.toMatchObject({ code: 'not_found' })
  expect((await listApiTokens(sam)).map((token) => token.agentId)).not.toContain(cast.agents.mona)
  await revokeApiToken(sam, own.id)
  expect(await readRestToken(desk.ctx, own.token)).toBeNull()
  // Only a hash is kept.
  const kept = await desk.ctx.db.selectFrom('api_token').selectAll().where('id', '=', mona.id).executeTakeFirstOrThrow()
  expect(JSON.stringify(kept)).not.toContain(mona.token)
})

test('people on copy are added and taken off', async () => {
  const made = await call('POST', '/tickets', asked('Copies', { copies: [{ email: 'noor@elsewhere.example' }] }))
  const at = `/tickets/${made.body.id}/copies`
  const added = await call('POST', at, { email: 'max@customer.example', name: 'Max' })
  expect(added.body.data.map((person: { name: string }) => person.name)).toEqual(['Max', 'Noor'])
  expect((await call('DELETE', `${at}/${added.body.data[0].id}`)).status).toBe(204)
  expect((await call('GET', at)).body.data.map((person: { name: string }) => person.name)).toEqual(['Noor'])
})

test('the description is OpenAPI 3.1 and names every path', async () => {
  const { body } = await call('GET', '/openapi.json', undefined, { token: null })
  expect(body.openapi).toBe('3.1.0')
  expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/tickets', '/tickets/{ticket}/replies', '/events', '/me']))
  expect(body.paths['/tickets'].post.requestBody.content['application/json'].schema.properties.subject).toMatchObject({
    type: 'string',
    maxLength: 255,
  })
  const operations = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((path) =>
    Object.values(path),
  )
  expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length)
  expect(body.paths['/tickets'].get.parameters.map((one: { name: string }) => one.name)).toContain('queue')
})

test('mailboxes say how they are, and none of their secrets', async () => {
  const ada = await tokenFor(desk.ctx, cast.agents.ada, ['admin'])
  const asAda = actingAs(desk.ctx, agentActor((await agentFacts(desk.ctx, cast.agents.ada))!))
  const { id } = await addMailbox(asAda, {
    address: 'watched@desk.example',
    department: cast.support,
    imap: { host: 'mail.example', port: 993, security: 'tls', user: 'the-user', password: 'sesame-1' },
  })
  const find = async () =>
    (await call('GET', '/mailboxes', undefined, { token: ada })).body.data.find(
      (one: { address: string }) => one.address === 'watched@desk.example',
    )
  expect(await find()).toMatchObject({ protocol: 'imap', folder: 'INBOX', state: 'not_fetched_yet', trouble: null })
  const trouble = { key: 'signIn' as const, params: { host: 'mail.example', port: 993 }, detail: 'NO' }
  await noteMailboxTrouble(desk.ctx, id, trouble, false)
  const shown = await find()
  expect(shown).toMatchObject({
    id: expect.stringMatching(/^box_/),
    state: 'failing',
    lastLookAt: null,
    backlog: { mails: 0, oldestAt: null },
    trouble: { key: 'signIn', host: 'mail.example', detail: 'NO', since: expect.any(String) },
  })
  const one = await call('GET', `/mailboxes/${shown.id}`, undefined, { token: ada })
  expect(one.body).toEqual(shown)
  expect(JSON.stringify(one.body)).not.toMatch(/sesame|the-user|secret|password/i)
  // Without the scope not even an administrator reads it here.
  const readOnly = await tokenFor(desk.ctx, cast.agents.ada, ['tickets:read'])
  expect((await call('GET', '/mailboxes', undefined, { token: readOnly })).status).toBe(403)
  const vic = await tokenFor(desk.ctx, cast.agents.vic, ['admin'])
  expect((await call('GET', '/mailboxes', undefined, { token: vic })).status).toBe(403)
})
