import { expect, test } from 'vitest'
import { addMailbox, changeMailbox } from '#channels/change-mailboxes.ts'
import { openPop3, unstuff } from '#channels/email/pop3-session.ts'
import { watchedMailbox } from '#channels/fetch-mailbox.ts'
import { fetchPop3Mail, type Pop3Memory, receivedAt } from '#channels/fetch-pop3.ts'
import { showMailbox } from '#channels/show-mailboxes.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import type { Context } from '#core/context.ts'
import { blobs } from '#files/blob-store.ts'
import { openMailDoor } from '../../src/doors/mail/open-mail-door.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { until } from '../world/free-port.ts'
import { type Pop3Phase, type Pop3Server, startPop3Server } from '../world/pop3-server.ts'

const DAY = 86_400_000

const mail = (id: string, receivedAt = new Date(), text = `Hello ${id}`) => ({
  uidl: `uid-${id}`,
  raw: Buffer.from(
    `Received: from a by mx.desk.example; ${receivedAt.toUTCString()}\r\nFrom: Kim <kim@customer.example>\r\nTo: support@desk.example\r\nSubject: Grinder ${id}\r\nMessage-ID: <${id}@customer.example>\r\n\r\n${text}\r\n`,
  ),
})

const memory = (): Pop3Memory => ({ tries: new Map(), known: new Set() })

const settingsOf = (server: Pop3Server, more: object = {}) => ({
  protocol: 'pop3' as const,
  host: '127.0.0.1',
  port: server.port,
  security: 'none' as const,
  user: 'support',
  password: server.password,
  ...more,
})

async function connect(desk: Desk, server: Pop3Server, more: object = {}, takeDays = 0): Promise<number> {
  return (
    await addMailbox(desk.ada, {
      address: 'support@desk.example',
      department: desk.department,
      imap: settingsOf(server, more),
      takeDays,
    })
  ).id
}

async function look(ctx: Context, id: number, remembered = memory()): Promise<number> {
  const mailbox = (await watchedMailbox(ctx, id))!
  await using session = await openPop3(mailbox.imap, mailbox.password, ctx.site.limits.mailBytes)
  const fresh = await fetchPop3Mail(ctx, mailbox, session, remembered)
  await session.quit()
  return fresh
}

const rowsOf = (desk: Desk) => desk.ctx.db.selectFrom('inbound_message').selectAll().orderBy('id').execute()

test('only mail from now on is taken, once, octet by octet, and stays on the server', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  server.mails = [mail('before', new Date(Date.now() - DAY))]
  const id = await connect(desk, server)
  expect(await look(desk.ctx, id)).toBe(0)
  const dots = mail('after', new Date(), '.\r\n..\r\n.hidden\r\n')
  server.mails.push(dots, mail('second'))
  expect(await look(desk.ctx, id)).toBe(2)
  expect(await look(desk.ctx, id)).toBe(0)
  expect(server.mails).toHaveLength(3)
  const rows = await rowsOf(desk)
  expect(rows.map((row) => row.source_key)).toEqual([
    expect.stringMatching(/^pop3:\d+:[\w-]{10}:uid-after$/),
    expect.stringMatching(/uid-second$/),
  ])
  expect(await desk.ctx.slots.use(blobs).read(rows[0]!.blob)).toEqual(dots.raw)
})

test('the last days are taken silently when asked for, by the time the server took them', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  server.mails = [mail('old', new Date(Date.now() - 9 * DAY)), mail('recent', new Date(Date.now() - 2 * DAY))]
  const id = await connect(desk, server, {}, 3)
  server.mails.push(mail('new', new Date(Date.now() + 2_000)))
  expect(await look(desk.ctx, id)).toBe(2)
  const silent = (await rowsOf(desk)).map((row) => (row.envelope as { silent?: boolean }).silent ?? false)
  expect(silent).toEqual([true, false])
})

test('mail is deleted once it is stored, and none that was not stored whole', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  const id = await connect(desk, server, { afterFetch: 'delete' })
  await look(desk.ctx, id)
  const small = { ...desk.ctx, site: { ...desk.ctx.site, limits: { ...desk.ctx.site.limits, mailBytes: 3_000 } } }
  server.mails.push(mail('one'), mail('large', new Date(), 'x'.repeat(5_000)), mail('two'))
  expect(await look(small, id)).toBe(2)
  expect(server.mails.map((one) => one.uidl)).toEqual(['uid-large'])
  expect((await rowsOf(desk)).map((row) => row.state).sort()).toEqual(['parked', 'received', 'received'])
  // Looked at again, it is neither taken twice nor deleted.
  expect(await look(small, id)).toBe(0)
  expect(server.mails).toHaveLength(1)
})

test.for<Pop3Phase>(['connect', 'user', 'pass', 'list', 'uidl', 'retr', 'dele', 'quit'])(
  'a connection that breaks at %s loses nothing and doubles nothing',
  async (phase) => {
    await using server = await startPop3Server()
    await using desk = await openDesk()
    const id = await connect(desk, server, { afterFetch: 'delete' })
    await look(desk.ctx, id)
    server.mails.push(mail('one'), mail('two'), mail('three'))
    server.breakAt(phase, 2)
    const remembered = memory()
    for (let tries = 0; tries < 5; tries++) await look(desk.ctx, id, remembered).catch(() => {})
    const keys = (await rowsOf(desk)).map((row) => row.source_key.split(':').at(-1))
    expect(keys).toEqual(['uid-one', 'uid-two', 'uid-three'])
    expect((await rowsOf(desk)).every((row) => row.state === 'received')).toBe(true)
    expect(server.mails).toEqual([])
  },
)

test('a mail that breaks every connection is suspended, and those behind it come in', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  const id = await connect(desk, server)
  await look(desk.ctx, id)
  server.mails.push(mail('bad'), mail('good'))
  server.breakAt('retr', 4)
  const remembered = memory()
  for (let tries = 0; tries < 4; tries++) await expect(look(desk.ctx, id, remembered)).rejects.toThrow()
  expect(await look(desk.ctx, id, remembered)).toBe(1)
  expect((await rowsOf(desk)).map((row) => [row.state, (row.reason as { key: string } | null)?.key])).toEqual([
    ['parked', 'mailUnreadable'],
    ['received', undefined],
  ])
})

test('a mail that the server refuses to hand out blocks none behind it, and is suspended in the end', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  const id = await connect(desk, server)
  await look(desk.ctx, id)
  server.mails.push(mail('damaged'), mail('good'))
  server.damaged = 'Grinder damaged'
  const remembered = memory()
  expect(await look(desk.ctx, id, remembered)).toBe(1)
  for (let tries = 0; tries < 4; tries++) await look(desk.ctx, id, remembered)
  expect((await rowsOf(desk)).map((row) => row.state)).toEqual(['received', 'parked'])
})

test('what a server says to the sign-in is told apart', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  const id = await connect(desk, server)
  const tested = (more: object) =>
    testMailbox(desk.ada, { address: 'support@desk.example', department: desk.department, imap: settingsOf(server, more) }, id)
  expect((await tested({})).imap).toEqual({ ok: true })
  expect((await tested({ password: 'wrong' })).imap).toMatchObject({ ok: false, trouble: { key: 'signIn' } })
  server.refuse('-ERR [IN-USE] mailbox is locked', 1)
  expect((await tested({})).imap).toMatchObject({ ok: false, trouble: { key: 'inUse' } })
  expect((await tested({ security: 'starttls' })).imap).toMatchObject({ ok: false, trouble: { key: 'noStarttls' } })
  expect((await tested({ user: 'a\r\nDELE 1' })).imap).toMatchObject({ ok: false })
  expect(server.said.some((command) => command.startsWith('DELE'))).toBe(false)
  const invalid = changeMailbox(desk.ada, id, {
    address: 'support@desk.example',
    department: desk.department,
    imap: settingsOf(server, { afterFetch: 'move', moveTo: 'Done' }),
  })
  await expect(invalid).rejects.toMatchObject({ problems: [{ pointer: '/imap/afterFetch' }] })
})

test('the mail door watches it: what comes in becomes a ticket, and the mailbox says when it was looked at', async () => {
  await using server = await startPop3Server()
  await using desk = await openDesk()
  const id = await connect(desk, server, { pollSeconds: 15 })
  server.mails.push(mail('watched', new Date(Date.now() + 5_000)))
  await using _door = await openMailDoor({
    ctx: desk.ctx,
    databaseUrl: desk.databaseUrl,
    dataDir: desk.dataDir,
    smtpListen: null,
  })
  await until(async () => (await rowsOf(desk)).some((row) => row.state === 'posted'), 'a ticket')
  expect(await showMailbox(desk.ada, id)).toMatchObject({ trouble: null, waitingMails: 0 })
  expect((await showMailbox(desk.ada, id)).lastPolledAt).not.toBeNull()
})

test('byte-stuffing is undone, and the time of receipt is that of the nearest server', () => {
  expect(unstuff(Buffer.from('+OK\r\n.\r\n')).toString()).toBe('')
  expect(unstuff(Buffer.from('+OK 12 octets\r\n..\r\na\r\n...b\r\n.\r\n')).toString()).toBe('.\r\na\r\n..b\r\n')
  const header =
    'Received: from x\r\n\tby y; Tue, 24 Nov 2026 10:00:00 +0100\r\nReceived: by z; Mon, 1 Jan 2001 00:00:00 +0000\r\n\r\n'
  expect(receivedAt(Buffer.from(header))).toEqual(new Date('2026-11-24T09:00:00Z'))
  expect(receivedAt(Buffer.from('From: a@b.c\r\n\r\nReceived: by z; Mon, 1 Jan 2001 00:00:00 +0000'))).toBeNull()
})
