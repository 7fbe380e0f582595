import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openImap } from '#channels/email/imap-session.ts'
import { fetchGraphMail, openGraphMailbox, watchedGraphMailbox } from '#channels/fetch-graph.ts'
import { fetchNewMail, watchedMailbox } from '#channels/fetch-mailbox.ts'
import { showJunk } from '#channels/junk.ts'
import { actingAs } from '#core/context.ts'
import { takeJunk } from '#intake/take-junk.ts'
import { listKnownSenders } from '#people/known-senders.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { startGraphServer } from '../world/graph-server.ts'
import { bringCast, type Cast } from '../world/people.ts'
import { startSignInServer } from '../world/sign-in-server.ts'

/** What a provider took for spam, and the way out: read from its own folder, taken once, moved to the inbox. */

const spam = (name: string, more = ''): string => `From: Kim <kim@shop.example>
To: support@desk.example
Subject: Grinder ${name}
X-Spam-Flag: YES
${more}
Hello ${name}
`

let desk: Desk
let cast: Cast
beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9', EGRESS_ALLOW: '127.0.0.1' })
  cast = await bringCast(desk.ctx)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const inbound = (mailbox: number) =>
  desk.ctx.db
    .selectFrom('inbound_message')
    .select(['state', 'ticket_id', 'reason'])
    .where('mailbox_id', '=', mailbox)
    .orderBy('id')
    .execute()
const tickets = async (): Promise<number> => (await desk.ctx.db.selectFrom('ticket').select('id').execute()).length
const jobs = () => runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())

describe.skipIf(!hasDovecot)('by IMAP', () => {
  let dovecot: Dovecot
  let count = 0
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot?.[Symbol.asyncDispose]())

  async function connect({ port = dovecot.imapPort } = {}) {
    const user = `junk${++count}`
    const { id } = await addMailbox(cast.ada, {
      address: `${user}@desk.example`,
      department: cast.support,
      imap: { host: '127.0.0.1', port, security: 'none', user, password: dovecot.password },
    })
    return { id, user }
  }
  const fetch = async (id: number): Promise<number> => {
    const watched = (await watchedMailbox(desk.ctx, id))!
    await using session = await openImap(watched.imap, watched.password)
    return await fetchNewMail(desk.ctx, watched, session, new Map())
  }

  test('the folder that the server marks is listed, newest first, and left as it is', async () => {
    const { id, user } = await connect()
    await dovecot.appendTo(user, 'Werbung', spam('one'), spam('two'))
    const { mails, trouble } = await showJunk(cast.ada, id)
    expect(trouble).toBeNull()
    expect(mails!.map((mail) => [mail.name, mail.address, mail.subject])).toEqual([
      ['Kim', 'kim@shop.example', 'Grinder two'],
      ['Kim', 'kim@shop.example', 'Grinder one'],
    ])
    expect(mails![0]!.size).toBe(spam('two').replace(/\n/g, '\r\n').length)
    expect((await dovecot.list(user, 'Werbung')).map((mail) => mail.seen)).toEqual([false, false])
    expect(await inbound(id)).toEqual([])
  })

  test('only the newest 50 are read', async () => {
    const { id, user } = await connect()
    await dovecot.appendTo(user, 'Werbung', ...Array.from({ length: 53 }, (_, at) => spam(String(at))))
    const { mails } = await showJunk(cast.ada, id)
    expect(mails).toHaveLength(50)
    expect([mails![0]!.subject, mails!.at(-1)!.subject]).toEqual(['Grinder 52', 'Grinder 3'])
  })

  test('taken: one ticket past the suspension, moved to the inbox, and not a second one when the inbox is fetched', async () => {
    const { id, user } = await connect()
    await fetch(id)
    // Without a Message-ID no fingerprint tells it from another one.
    await dovecot.appendTo(user, 'Werbung', spam('nameless'), spam('stays'))
    const before = await tickets()
    const mail = (await showJunk(cast.ada, id)).mails!.find((one) => one.subject === 'Grinder nameless')!
    const taken = await takeJunk(cast.ada, { mailbox: id, ref: mail.ref })
    expect(taken).toEqual({ ticket: expect.any(Number), moved: true })
    expect((await dovecot.list(user)).map((one) => one.raw.toString())).toEqual([spam('nameless').replace(/\n/g, '\r\n')])
    expect(await dovecot.list(user, 'Werbung')).toHaveLength(1)
    await jobs()
    expect(await fetch(id)).toBe(0)
    await jobs()
    expect(await tickets()).toBe(before + 1)
    expect((await inbound(id)).map((row) => [row.state, row.ticket_id])).toEqual([
      ['posted', taken.ticket],
      ['duplicate', taken.ticket],
    ])
    // It lies there no more: said, and nothing happens.
    await expect(takeJunk(cast.ada, { mailbox: id, ref: mail.ref })).rejects.toMatchObject({ code: 'conflict', key: 'notInJunk' })
    // Sorted out once more by somebody and taken again: still the same ticket.
    await dovecot.appendTo(user, 'Werbung', spam('nameless'))
    const again = (await showJunk(cast.ada, id)).mails!.find((one) => one.subject === 'Grinder nameless')!
    expect((await takeJunk(cast.ada, { mailbox: id, ref: again.ref })).ticket).toBe(taken.ticket)
    expect(await tickets()).toBe(before + 1)
  })

  test('a mail in answer to a ticket joins it; trust is remembered, and only when asked for', async () => {
    const { id, user } = await connect()
    await dovecot.appendTo(user, 'Werbung', spam('first', 'Message-ID: <first@shop.example>\n'))
    const [first] = (await showJunk(cast.ada, id)).mails!
    const { ticket } = await takeJunk(cast.ada, { mailbox: id, ref: first!.ref })
    expect(await listKnownSenders(cast.ada)).toEqual([])
    await dovecot.appendTo(
      user,
      'Werbung',
      spam('answer', 'Message-ID: <second@shop.example>\nIn-Reply-To: <first@shop.example>\n'),
    )
    const [second] = (await showJunk(cast.ada, id)).mails!
    expect((await takeJunk(cast.ada, { mailbox: id, ref: second!.ref, trust: true })).ticket).toBe(ticket)
    expect(await listKnownSenders(cast.ada)).toMatchObject([{ address: 'kim@shop.example', standing: 'trusted' }])
  })

  test('a mail that cannot be moved is taken all the same', async () => {
    const { id, user } = await connect()
    await dovecot.appendTo(user, 'Werbung', spam('stuck'))
    await desk.ctx.db
      .updateTable('mailbox')
      .set({
        imap: JSON.stringify({
          host: '127.0.0.1',
          port: dovecot.imapPort,
          security: 'none',
          user,
          folder: 'Nowhere',
        }),
      })
      .where('id', '=', id)
      .execute()
    const [mail] = (await showJunk(cast.ada, id)).mails!
    expect(await takeJunk(cast.ada, { mailbox: id, ref: mail!.ref })).toEqual({ ticket: expect.any(Number), moved: false })
    expect(await dovecot.list(user, 'Werbung')).toHaveLength(1)
  })

  test('what went wrong is said; others than administrators are refused', async () => {
    const down = await connect({ port: 1 })
    expect(await showJunk(cast.ada, down.id)).toMatchObject({ mails: null, trouble: { key: 'refused' } })
    await expect(takeJunk(cast.ada, { mailbox: down.id, ref: '1:1' })).rejects.toMatchObject({
      key: 'mailServer',
      detail: { key: 'refused' },
    })
    const { id } = await connect()
    // The folder is there only once a mail came.
    expect(await showJunk(cast.ada, id)).toMatchObject({ mails: null, trouble: { key: 'noJunkFolder' } })
    const filled = await connect()
    await dovecot.appendTo(filled.user, 'Werbung', spam('there'))
    for (const ref of ['1', '1:0', '1:1,2', '1:*', 'x:1'])
      await expect(takeJunk(cast.ada, { mailbox: filled.id, ref })).rejects.toMatchObject({ key: 'notInJunk' })
    await expect(showJunk(cast.sam, id)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(takeJunk(cast.sam, { mailbox: id, ref: '1:1' })).rejects.toMatchObject({ code: 'forbidden' })
    const listener = await addMailbox(cast.ada, { address: 'listener@desk.example', department: cast.support })
    await expect(showJunk(cast.ada, listener.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('by Graph: listed, taken once, moved; no other message of the mailbox can be taken', async () => {
  await using signIn = await startSignInServer({ redirectUri: 'http://desk.example/back' })
  await using graph = await startGraphServer({
    user: 'graph@desk.example',
    accepts: async (token) => (await signIn.accountOf(token)) !== null,
  })
  const { id } = await addMailbox(cast.ada, {
    address: 'graph@desk.example',
    department: cast.support,
    graph: { user: 'graph@desk.example', endpoint: graph.endpoint },
    oauth: {
      provider: 'microsoft',
      grant: 'client_credentials',
      clientId: signIn.clientId,
      secret: signIn.secret,
      tenant: 'desk.example',
      authority: signIn.issuer,
      scopes: 'mail',
    },
  })
  const at = (minutes: number): Date => new Date(desk.ctx.clock.now().getTime() - minutes * 60_000)
  graph.deliver(spam('old'), { folder: 'f-junk', at: at(9) })
  const wanted = graph.deliver(spam('new'), { folder: 'f-junk', at: at(3) })
  const archived = graph.deliver(spam('private'), { folder: 'f-archive', at: at(1) })
  const { mails } = await showJunk(cast.ada, id)
  expect(mails!.map((mail) => [mail.subject, mail.address, mail.size])).toEqual([
    ['Grinder new', 'kim@shop.example', wanted.raw.length],
    ['Grinder old', 'kim@shop.example', expect.any(Number)],
  ])
  const before = await tickets()
  graph.stumble(/move/, { status: 503 })
  const { ticket, moved } = await takeJunk(cast.ada, { mailbox: id, ref: mails![0]!.ref })
  expect(moved).toBe(false)
  expect(await takeJunk(cast.ada, { mailbox: id, ref: mails![0]!.ref })).toEqual({ ticket, moved: true })
  expect(wanted.folder).toBe('f-inbox')
  await jobs()
  await fetchGraphMail(desk.ctx, id, await openGraphMailbox(desk.ctx, (await watchedGraphMailbox(desk.ctx, id))!), new Map())
  await jobs()
  expect(await tickets()).toBe(before + 1)
  expect(await inbound(id)).toHaveLength(1)
  for (const ref of [archived.id, wanted.id, 'm-999', '../users'])
    await expect(takeJunk(cast.ada, { mailbox: id, ref })).rejects.toMatchObject({ key: 'notInJunk' })
  graph.stumble(/junkemail/, { status: 403, code: 'ErrorAccessDenied' })
  expect(await showJunk(cast.ada, id)).toMatchObject({ trouble: { key: 'graphDenied' } })
  await expect(showJunk(actingAs(desk.ctx, cast.sam.actor), id)).rejects.toMatchObject({ code: 'forbidden' })
})
