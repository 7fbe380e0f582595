import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openImap } from '#channels/email/imap-session.ts'
import { type FetchTries, fetchNewMail, watchedMailbox } from '#channels/fetch-mailbox.ts'
import { showMailbox } from '#channels/show-mailboxes.ts'
import { openMailDoor } from '../../src/doors/mail/open-mail-door.ts'
import { startCuttingProxy } from '../world/cutting-proxy.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { until } from '../world/free-port.ts'

const mail = (id: string, text = 'Hello'): string =>
  `From: Kim <kim@customer.example>\nTo: support@desk.example\nSubject: Grinder ${id}\nMessage-ID: <${id}@customer.example>\n\n${text} ${id}\n`

describe.skipIf(!hasDovecot)('fetching by IMAP, with faults', () => {
  let dovecot: Dovecot
  let desk: Desk
  beforeAll(async () => {
    dovecot = await startDovecot()
    desk = await openDesk()
  })
  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  const connect = async (user: string, more: object = {}, port = dovecot.imapPort): Promise<number> => {
    const imap = { host: '127.0.0.1', port, security: 'none' as const, user, password: dovecot.password, ...more }
    return (await addMailbox(desk.ada, { address: user, department: desk.department, imap })).id
  }
  const look = async (id: number, tries: FetchTries = new Map(), ctx = desk.ctx): Promise<number> => {
    const mailbox = (await watchedMailbox(ctx, id))!
    await using session = await openImap(mailbox.imap, mailbox.password)
    return await fetchNewMail(ctx, mailbox, session, tries)
  }
  const rowsOf = (id: number) =>
    desk.ctx.db.selectFrom('inbound_message').selectAll().where('mailbox_id', '=', id).orderBy('id').execute()

  test('stored mail is moved to a folder that is made for it', async () => {
    const user = 'move@desk.example'
    const id = await connect(user, { afterFetch: 'move', moveTo: 'Done/Desk' })
    await dovecot.append(user, mail('m-1'), mail('m-2'))
    expect(await look(id)).toBe(2)
    expect(await dovecot.list(user)).toEqual([])
    expect((await dovecot.list(user, 'Done/Desk')).map((one) => one.seen)).toEqual([true, true])
    await dovecot.append(user, mail('m-3'))
    expect(await look(id)).toBe(1)
    expect(await dovecot.list(user, 'Done/Desk')).toHaveLength(3)
  })

  test('stored mail is deleted, and what was not stored whole stays', async () => {
    const user = 'delete@desk.example'
    const id = await connect(user, { afterFetch: 'delete', batch: 2 })
    await dovecot.append(user, mail('d-1'), mail('d-large', 'x'.repeat(9_000)), mail('d-2'), mail('d-3'))
    const small = { ...desk.ctx, site: { ...desk.ctx.site, limits: { ...desk.ctx.site.limits, mailBytes: 5_000 } } }
    expect(await look(id, new Map(), small)).toBe(3)
    const left = await dovecot.list(user)
    expect(left.map((one) => /Subject: (.*)\r/.exec(one.raw.toString())?.[1])).toEqual(['Grinder d-large'])
    expect((await rowsOf(id)).map((row) => row.state).sort()).toEqual(['parked', 'received', 'received', 'received'])
  })

  test.for<[string, RegExp | 'connect', string]>([
    ['connect', 'connect', 'keep'],
    ['login', /LOGIN|AUTHENTICATE/, 'keep'],
    ['select', /SELECT/, 'keep'],
    ['search', /UID SEARCH/, 'keep'],
    ['fetch of heads', /UID FETCH .*INTERNALDATE/, 'keep'],
    ['fetch of bodies', /UID FETCH .*BODY/, 'keep'],
    ['store', /UID STORE/, 'keep'],
    ['move', /UID MOVE/, 'move'],
    ['expunge', /UID EXPUNGE/, 'delete'],
  ])('a connection that breaks at %s loses nothing and doubles nothing', async ([name, what, afterFetch]) => {
    await using proxy = await startCuttingProxy(dovecot.imapPort)
    const user = `cut-${name.replaceAll(' ', '-')}@desk.example`
    const id = await connect(user, { afterFetch, moveTo: 'Done' }, proxy.port)
    const texts = Array.from({ length: 5 }, (_, index) => mail(`${name.replaceAll(' ', '-')}-${index}`))
    await dovecot.append(user, ...texts)
    proxy.cutAt(what, 2)
    const tries: FetchTries = new Map()
    for (let round = 0; round < 5; round++) await look(id, tries).catch(() => 0)
    expect(proxy.cuts).toBeGreaterThan(0)
    const rows = await rowsOf(id)
    expect(rows.map((row) => row.state)).toEqual(['received', 'received', 'received', 'received', 'received'])
    expect(new Set(rows.map((row) => row.blob)).size).toBe(5)
    const inbox = await dovecot.list(user)
    if (afterFetch === 'keep') expect(inbox.map((one) => one.seen)).toEqual([true, true, true, true, true])
    else expect(inbox).toEqual([])
  })

  test('a server whose clock is days off loses no mail and brings none of before', async () => {
    const user = 'skew@desk.example'
    await dovecot.appendAt(user, new Date(Date.now() - 400 * 86_400_000), mail('skew-old'))
    const id = await connect(user)
    expect(await look(id)).toBe(0)
    // After the first look the server's numbers count, and not its clock.
    await dovecot.appendAt(user, new Date(Date.now() - 300 * 86_400_000), mail('skew-behind'))
    await dovecot.appendAt(user, new Date(Date.now() + 300 * 86_400_000), mail('skew-ahead'))
    expect(await look(id)).toBe(2)
    expect(await look(id)).toBe(0)
  })

  test('a mail of 40 MB comes in whole', async () => {
    const user = 'great@desk.example'
    const id = await connect(user)
    const line = `${'x'.repeat(998)}\r\n`
    const raw = Buffer.from(`${mail('great').replace(/\n/g, '\r\n')}${line.repeat(40_000)}`)
    await dovecot.append(user, raw)
    expect(await look(id)).toBe(1)
    const [row] = await rowsOf(id)
    expect([row?.state, Number(row?.size)]).toEqual(['received', raw.length])
  })

  test('many mailboxes are watched side by side, and bad ones hold none of the others', async () => {
    await using other = await openDesk()
    const good = Array.from({ length: 12 }, (_, index) => `side-${index}@desk.example`)
    const add = (address: string, imap: object) =>
      addMailbox(other.ada, {
        address,
        department: other.department,
        imap: { host: '127.0.0.1', port: dovecot.imapPort, security: 'none', user: address, password: dovecot.password, ...imap },
      })
    const bad = await add('bad-password@desk.example', { password: 'wrong' })
    const closed = await add('closed@desk.example', { port: 1 })
    for (const address of good) await add(address, {})
    await using _door = await openMailDoor({
      ctx: other.ctx,
      databaseUrl: other.databaseUrl,
      dataDir: other.dataDir,
      smtpListen: null,
    })
    for (const address of good) await dovecot.append(address, mail(address))
    await until(async () => {
      const { count } = await other.ctx.db
        .selectFrom('ticket')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count) === good.length
    }, 'a ticket of each')
    expect((await showMailbox(other.ada, bad.id)).trouble?.key).toBe('signIn')
    expect((await showMailbox(other.ada, closed.id)).trouble?.key).toBe('refused')
  })

  test('many waiting mails come in by batches, oldest first, and the backlog is told meanwhile', async () => {
    const total = process.env.TEST_LONG ? 10_000 : 300
    const user = 'backlog@desk.example'
    const id = await connect(user)
    await look(id)
    for (let at = 0; at < total; at += 100)
      await dovecot.append(
        user,
        ...Array.from({ length: Math.min(100, total - at) }, (_, index) => mail(`b-${at + index}`, 'x'.repeat(5_000))),
      )
    const before = process.memoryUsage().rss
    const told: number[] = []
    let most = 0
    const ctx = {
      ...desk.ctx,
      clock: {
        now: () => {
          most = Math.max(most, process.memoryUsage().rss)
          return new Date()
        },
      },
    }
    const mailbox = (await watchedMailbox(ctx, id))!
    await using session = await openImap(mailbox.imap, mailbox.password)
    const watched = {
      ...session,
      markSeen: async (uids: readonly number[]) => {
        told.push((await showMailbox(desk.ada, id)).waitingMails)
        await session.markSeen(uids)
      },
      [Symbol.asyncDispose]: async () => {},
    }
    expect(await fetchNewMail(ctx, mailbox, watched, new Map())).toBe(total)
    expect(told.slice(0, 2)).toEqual([total, total - 50])
    expect((await showMailbox(desk.ada, id)).waitingMails).toBe(0)
    const uids = (await rowsOf(id)).map((row) => Number(row.source_key.split(':').at(-1)))
    expect(uids).toEqual([...uids].sort((one, other) => one - other))
    expect(new Set(uids).size).toBe(total)
    expect((most - before) / 1024 / 1024).toBeLessThan(300)
  })
})
