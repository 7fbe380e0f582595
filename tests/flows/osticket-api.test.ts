import { beforeAll, describe, expect, test } from 'vitest'
import { createOsticketKey, enableApiToken } from '#access/api-tokens.ts'
import { banAddress } from '#people/bans.ts'
import { readDirectory } from '#people/directory.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { openTestDesk, type TestDesk } from '../world/http.ts'

const KEY = '0123456789ABCDEF0123456789ABCDEF'
const BOUND = 'FEDCBA9876543210FEDCBA9876543210'
const DISABLED = 'DDDD456789ABCDEF0123456789ABCDEF'
const NO_CREATE = 'EEEE456789ABCDEF0123456789ABCDEF'
const NO_CRON = 'AAAA456789ABCDEF0123456789ABCDEF'

const NUMBER = /^\d{6}$/
const HTML = 'text/html; charset=UTF-8'

let desk: TestDesk

beforeAll(async () => {
  desk = await openTestDesk()
  await createOsticketKey(desk.ctx, { name: 'all', key: KEY, mayRunCron: true })
  await createOsticketKey(desk.ctx, { name: 'bound', key: BOUND, allowedAddress: '10.9.9.9', mayRunCron: true })
  const { id } = await createOsticketKey(desk.ctx, { name: 'off', key: DISABLED, mayRunCron: true })
  await enableApiToken(desk.ctx, id, false)
  await createOsticketKey(desk.ctx, { name: 'cron', key: NO_CREATE, mayCreateTickets: false, mayRunCron: true })
  await createOsticketKey(desk.ctx, { name: 'tickets', key: NO_CRON })
  await banAddress(desk.ctx, { address: 'banned@client.example' })
})

interface Call {
  path?: string
  method?: string
  key?: string | null
  type?: string | null
  body?: string
}

async function call({ path = '/api/tickets.json', method = 'POST', key = KEY, type = 'application/json', body }: Call) {
  const response = await fetch(desk.url + path, {
    method,
    headers: {
      'User-Agent': 'osTicket API Client v1.18',
      ...(key ? { 'X-API-Key': key } : {}),
      ...(type ? { 'Content-Type': type } : {}),
    },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
}

const full = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    alert: true,
    autorespond: true,
    source: 'API',
    name: 'Angry User',
    email: 'api@osticket.example',
    phone: '3185558634X123',
    subject: 'Testing API',
    ip: '123.211.233.122',
    message: 'data:text/html,MESSAGE <b>HERE</b>',
    topicId: 1,
    ...more,
  })

const opened = { status: 201, type: HTML, body: expect.stringMatching(NUMBER) }
const answered = (status: number, body: string) => ({ status, type: HTML, body })

const ticketOf = (number: string) =>
  desk.ctx.db
    .selectFrom('ticket')
    .innerJoin('thread_entry', 'thread_entry.id', 'ticket.last_entry_id')
    .select(['ticket.id', 'ticket.subject', 'ticket.channel', 'ticket.help_topic_id', 'ticket.priority_id', 'ticket.thread_id'])
    .select(['thread_entry.id as entry', 'thread_entry.body_text', 'thread_entry.body_html', 'thread_entry.author_address'])
    .where('ticket.number', '=', number)
    .executeTakeFirstOrThrow()

const filesOf = (entry: number) =>
  desk.ctx.db
    .selectFrom('attachment')
    .selectAll()
    .where('owner_kind', '=', 'entry')
    .where('owner_id', '=', entry)
    .orderBy('id')
    .execute()

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<ticket alert="true" autorespond="true" source="API">
    <name>Angry User</name>
    <email>api@osticket.example</email>
    <subject>Testing API XML</subject>
    <phone ext="123">318-555-8634</phone>
    <message type="text/plain"><![CDATA[Message content here]]></message>
    <attachments>
        <file name="file.txt" type="text/plain"><![CDATA[
File content is here and is automatically trimmed
]]></file>
        <file name="image.png" type="image/png" encoding="base64">iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==</file>
    </attachments>
    <ip>123.211.233.122</ip>
</ticket>`

describe('create', () => {
  test('create ok (JSON)', async () => {
    const made = await call({ body: full() })
    expect(made).toEqual(opened)
    const ticket = await ticketOf(made.body)
    expect(ticket).toMatchObject({
      subject: 'Testing API',
      channel: 'api',
      help_topic_id: 1,
      author_address: 'api@osticket.example',
    })
    expect(ticket.body_html).toContain('<strong>HERE</strong>')
    expect(ticket.body_text).toContain('MESSAGE HERE')
    const event = await desk.ctx.db
      .selectFrom('event')
      .innerJoin('event_personal', 'event_personal.event_id', 'event.id')
      .select(['data', 'personal'])
      .where('subject_kind', '=', 'ticket')
      .where('subject_id', '=', ticket.id)
      .executeTakeFirstOrThrow()
    expect(event.personal).toEqual({ phone: '3185558634X123', ip: '123.211.233.122' })
    expect(event.data).toMatchObject({ alert: true, autorespond: true })
  })
  test('create ok (JSON, plain-text message, minimum fields)', async () => {
    const made = await call({
      body: '{"name":"Min User","email":"min@client.example","subject":"Minimum","message":"Just text"}',
    })
    expect(made).toEqual(opened)
    expect(await ticketOf(made.body)).toMatchObject({ body_text: 'Just text', body_html: null })
  })
  test('create ok (JSON, no Content-Type: form-urlencoded as curl -d sends)', async () => {
    expect(await call({ type: 'application/x-www-form-urlencoded', body: full({ subject: 'Form ct' }) })).toEqual(opened)
  })
  test('create ok (XML)', async () => {
    const made = await call({ path: '/api/tickets.xml', type: 'application/xml', body: XML })
    expect(made).toEqual(opened)
    const ticket = await ticketOf(made.body)
    expect(ticket).toMatchObject({ subject: 'Testing API XML', body_text: 'Message content here' })
    expect((await filesOf(ticket.entry)).map((file) => [file.name, file.content_type, Number(file.size)])).toEqual([
      ['file.txt', 'text/plain', 49],
      ['image.png', 'image/png', 70],
    ])
  })
  test('create with attachments (JSON, base64 data URI + text data URI)', async () => {
    const made = await call({
      body: full({
        attachments: [
          { 'file.txt': 'data:text/plain;charset=utf-8,content' },
          {
            'image.png':
              'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
          },
        ],
      }),
    })
    expect(made).toEqual(opened)
    expect(
      (await filesOf((await ticketOf(made.body)).entry)).map((file) => [file.name, file.content_type, Number(file.size)]),
    ).toEqual([
      ['file.txt', 'text/plain', 7],
      ['image.png', 'image/png', 70],
    ])
  })
  test('create with badly encoded base64 attachment', async () => {
    const made = await call({ body: full({ attachments: [{ 'bad.png': 'data:image/png;base64,@@@notbase64@@@' }] }) })
    expect(made).toEqual(opened)
    // The ticket opens; what could not be read is named in a note that agents see.
    const { entry, body_text } = await ticketOf(made.body)
    expect(body_text).toBe('bad.png: Poorly encoded base64 data')
    expect(await filesOf(entry)).toEqual([])
  })
  test('create with not-allowed file (.exe)', async () => {
    expect(
      await call({ body: full({ attachments: [{ 'run.exe': 'data:application/octet-stream;base64,TVqQAAMAAAA=' }] }) }),
    ).toEqual(opened)
  })
  test('unexpected field (accepted, warning logged)', async () => {
    expect(await call({ body: full({ frobnicate: 'yes', nested: { a: 1 } }) })).toEqual(opened)
  })
  test('unknown topicId', async () => {
    const made = await call({ body: full({ topicId: 9999 }) })
    expect(made).toEqual(opened)
    expect((await ticketOf(made.body)).help_topic_id).toBeNull()
  })
  test('priorityId given', async () => {
    const made = await call({ body: full({ priorityId: 4 }) })
    expect(made).toEqual(opened)
    const { priorities } = await readWorkflow(desk.ctx)
    expect((await ticketOf(made.body)).priority_id).toBe(priorities.find((priority) => priority.key === 'urgent')?.id)
  })
})

describe('keys', () => {
  test('no key header', async () =>
    expect(await call({ key: null, body: full() })).toEqual(answered(401, 'Valid API key required')))
  test('bad key', async () =>
    expect(await call({ key: 'BADBADBAD', body: full() })).toEqual(answered(401, 'Valid API key required')))
  test('wrong IP (key bound to 10.9.9.9, call from 127.0.0.1)', async () =>
    expect(await call({ key: BOUND, body: full() })).toEqual(answered(401, 'Valid API key required')))
  test('disabled key', async () =>
    expect(await call({ key: DISABLED, body: full() })).toEqual(
      answered(401, 'API key not found/active or source IP not authorized'),
    ))
  test('key without can_create_tickets', async () =>
    expect(await call({ key: NO_CREATE, body: full() })).toEqual(answered(401, 'API key not authorized')))
  test('a token of the REST API is no such key', async () =>
    expect(await call({ key: 'tess_0123456789ABCDEF0123456789ABCDEF', body: full() })).toEqual(
      answered(401, 'Valid API key required'),
    ))
})

describe('bodies that are none', () => {
  test('malformed JSON', async () =>
    expect(await call({ body: '{"name":"x", "email": ' })).toEqual(answered(400, 'Syntax error, malformed JSON')))
  test('JSON, but not an object (a string)', async () =>
    expect(await call({ body: '"hello"' })).toEqual(answered(400, 'No errors')))
  test('empty body JSON', async () => expect(await call({ body: '' })).toEqual(answered(400, 'Syntax error, malformed JSON')))
  test('an empty object', async () => expect(await call({ body: '{}' })).toEqual(answered(400, 'No errors')))
  test('malformed XML', async () =>
    expect(await call({ path: '/api/tickets.xml', type: 'application/xml', body: '<ticket><name>x</ticket>' })).toEqual(
      answered(400, 'XML error: Mismatched tag at line 1:25'),
    ))
  test('entities of XML are never fetched', async () => {
    const body = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><ticket><name>&x;</name></ticket>'
    const refused = await call({ path: '/api/tickets.xml', type: 'application/xml', body })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatch(/^XML error: Undeclared entity/)
  })
})

describe('missing and wrong fields', () => {
  const incomplete = answered(500, 'Unable to create new ticket :user\nIncomplete client information')
  test('missing required field: email', async () =>
    expect(await call({ body: '{"name":"No Mail","subject":"s","message":"m"}' })).toEqual(incomplete))
  test('missing required field: subject', async () =>
    expect(await call({ body: '{"name":"No Subj","email":"nosubj@client.example","message":"m"}' })).toEqual(
      answered(500, 'Unable to create new ticket :20\nIssue Summary is a required field'),
    ))
  test('missing required field: message', async () =>
    expect(await call({ body: '{"name":"No Msg","email":"nomsg@client.example","subject":"s"}' })).toEqual(
      answered(500, 'Unable to create new ticket :21\nIssue Details is a required field'),
    ))
  test('missing name', async () =>
    expect(await call({ body: '{"email":"noname@client.example","subject":"s","message":"m"}' })).toEqual(incomplete))
  test('invalid email', async () =>
    expect(await call({ body: '{"name":"Bad Mail","email":"not-an-email","subject":"s","message":"m"}' })).toEqual(incomplete))
  test('source Phone', async () =>
    expect(await call({ body: full({ source: 'Phone' }) })).toEqual(
      answered(500, 'Unable to create new ticket :origin\nInvalid ticket origin given\nerr\nNo fields set up'),
    ))
  test('banned e-mail address', async () =>
    expect(await call({ body: full({ email: 'banned@client.example' }) })).toEqual(
      answered(
        403,
        'Unable to create new ticket :Ticket denied: banned@client.example\n\nThis help desk is for use by authorized users only',
      ),
    ))
})

describe('addresses', () => {
  const unsupported = answered(400, 'URL not supported')
  test('GET instead of POST', async () => expect(await call({ method: 'GET', type: null })).toEqual(unsupported))
  test('unsupported format', async () =>
    expect(await call({ path: '/api/tickets.yaml', type: 'text/yaml', body: 'a: 1' })).toEqual(unsupported))
  test('unknown path', async () => {
    const missing = await call({ path: '/api/nothing.json', body: '{}' })
    expect(missing).toMatchObject({ status: 404, type: 'text/html' })
    expect(missing.body).toHaveLength(153)
    expect(missing.body).toContain('<center><h1>404 Not Found</h1></center>')
  })
  test('http.php in the path, as old scripts have it', async () =>
    expect(await call({ path: '/api/http.php/tickets.json', body: full() })).toEqual(opened))
})

describe('mail', () => {
  const mail = (id: string, from = '"Mail User" <mail@client.example>', more = '', text = 'Hello from mail') =>
    `From: ${from}\nTo: support@example.com\nSubject: Mail via API\nDate: Mon, 23 Nov 2026 19:00:00 +0000\nMessage-ID: <${id}@client.example>\n${more}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`
  const send = (body: string) => call({ path: '/api/tickets.email', type: 'message/rfc822', body })

  test('email ok (new ticket), reply by In-Reply-To, duplicate (same Message-ID again)', async () => {
    const made = await send(mail('api-1'))
    expect(made).toEqual(opened)
    const references = 'In-Reply-To: <api-1@client.example>\nReferences: <api-1@client.example>\n'
    expect(await send(mail('api-2', undefined, references, 'And a reply'))).toEqual({ ...opened, body: made.body })
    expect(await send(mail('api-1'))).toEqual({ ...opened, body: made.body })
    const { thread_id } = await ticketOf(made.body)
    const entries = await desk.ctx.db
      .selectFrom('thread_entry')
      .select('body_text')
      .where('thread_id', '=', thread_id)
      .orderBy('id')
      .execute()
    expect(entries.map((entry) => entry.body_text.trim())).toEqual(['Hello from mail', 'And a reply'])
  })
  test('email, banned sender', async () =>
    expect(await send(mail('api-3', '"Mail User" <banned@client.example>'))).toEqual(
      answered(
        403,
        'Unable to create new ticket :Ticket denied: banned@client.example\n\nThis help desk is for use by authorized users only',
      ),
    ))
  const incomplete = answered(500, 'Unable to create new ticket :user\nIncomplete client information')
  test('email, empty body', async () => expect(await send('')).toEqual(incomplete))
  test('email, not MIME at all', async () => expect(await send('this is not a mail')).toEqual(incomplete))
})

describe('cron', () => {
  const ring = (key: string, method = 'POST') => call({ path: '/api/tasks/cron', method, key, type: null })
  test('cron ok', async () => expect(await ring(KEY)).toEqual(answered(200, 'Completed')))
  test('cron with a key that may not run cron', async () =>
    expect(await ring(NO_CRON)).toEqual(answered(401, 'API key not authorized')))
  test('cron by GET', async () => expect(await ring(KEY, 'GET')).toEqual(answered(400, 'URL not supported')))
})

test('the shipped topics and the department are there, as the cases need them', async () => {
  expect((await readHelpTopics(desk.ctx)).some((topic) => topic.id === 1)).toBe(true)
  expect((await readDirectory(desk.ctx)).departments).toHaveLength(1)
})
