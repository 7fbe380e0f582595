import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox, changeMailbox } from '#channels/change-mailboxes.ts'
import { channels } from '#channels/channel.ts'
import { deliver } from '#channels/deliver.ts'
import { openImap } from '#channels/email/imap-session.ts'
import { openEmailChannel } from '#channels/email/smtp-send.ts'
import { fetchNewMail, watchedMailbox } from '#channels/fetch-mailbox.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { until } from '../world/free-port.ts'
import { hasPostfix, type Postfix, startPostfix } from '../world/postfix.ts'

const mail = (id: string, text = 'Hello'): string => `From: Kim <kim@customer.example>
To: support@desk.example
Subject: Grinder ${id}
Message-ID: <${id}@customer.example>
Date: ${new Date().toUTCString()}

${text}
`

describe.skipIf(!hasDovecot || !hasPostfix)('mail on real sockets', () => {
  let dovecot: Dovecot
  let postfix: Postfix
  let ctx: TestContext
  let department: number

  beforeAll(async () => {
    ctx = await openTestContext(new Date().toISOString())
    dovecot = await startDovecot()
    postfix = await startPostfix({ routes: { 'customer.example': `lmtp:inet:127.0.0.1:${dovecot.lmtpPort}` } })
    department = (
      await ctx.db
        .insertInto('department')
        .values({ name: 'Support', created_at: ctx.clock.now() })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id
  })
  afterAll(async () => {
    await postfix?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  const imapOf = (user: string, password = dovecot.password) => ({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    security: 'none' as const,
    user,
    password,
  })
  const inbound = (mailbox: number) =>
    ctx.db.selectFrom('inbound_message').selectAll().where('mailbox_id', '=', mailbox).orderBy('id').execute()

  test('only mail from the moment of connection is taken, once, marked read, and the rest stays as it was', async () => {
    const user = 'one@desk.example'
    await dovecot.appendAt(user, new Date(Date.now() - 60_000), mail('before-1'))
    ctx.clock.set(new Date())
    const { id } = await addMailbox(ctx, { address: user, department, imap: imapOf(user) })
    await dovecot.append(user, mail('after-1'), mail('after-2'))
    const mailbox = (await watchedMailbox(ctx, id))!
    {
      await using session = await openImap(mailbox.imap, mailbox.password)
      expect(await fetchNewMail(ctx, mailbox, session, new Map())).toBe(2)
      expect(await fetchNewMail(ctx, mailbox, session, new Map())).toBe(0)
      // The server tells by IDLE; nobody asks.
      const told = session.waitForMail(20_000, new AbortController().signal)
      const began = Date.now()
      await dovecot.append(user, mail('after-3'))
      await told
      expect(Date.now() - began).toBeLessThan(5_000)
      expect(await fetchNewMail(ctx, mailbox, session, new Map())).toBe(1)
    }
    const rows = await inbound(id)
    expect(rows).toHaveLength(3)
    expect(rows.every((row) => row.state === 'received' && /^imap:\d+:[\w-]{10}:\d+:\d+$/.test(row.source_key))).toBe(true)
    expect((await dovecot.list(user)).map((one) => one.seen)).toEqual([false, true, true, true])
  })

  test('the last days are taken silently when asked for', async () => {
    const user = 'days@desk.example'
    await dovecot.appendAt(user, new Date(Date.now() - 4 * 86_400_000), mail('too-old'))
    await dovecot.appendAt(user, new Date(Date.now() - 86_400_000), mail('old-1'))
    ctx.clock.set(new Date())
    const { id } = await addMailbox(ctx, { address: user, department, imap: imapOf(user), takeDays: 3 })
    await dovecot.append(user, mail('new-1'))
    const mailbox = (await watchedMailbox(ctx, id))!
    await using session = await openImap(mailbox.imap, mailbox.password)
    expect(await fetchNewMail(ctx, mailbox, session, new Map())).toBe(2)
    expect((await inbound(id)).map((row) => (row.envelope as { silent?: boolean }).silent ?? false)).toEqual([true, false])
  })

  test('a mail that is too large, or that the server cannot hand out, is suspended and blocks none behind it', async () => {
    const user = 'trap@desk.example'
    ctx.clock.set(new Date(Date.now() - 5_000))
    const { id } = await addMailbox(ctx, { address: user, department, imap: imapOf(user) })
    await dovecot.append(user, mail('trap-1'), mail('trap-large', 'x'.repeat(30_000)), mail('trap-damaged'), mail('trap-4'))
    await dovecot.damage(user, 'trap-damaged')
    const small = { ...ctx, site: { ...ctx.site, limits: { ...ctx.site.limits, mailBytes: 20_000 } } }
    const mailbox = (await watchedMailbox(ctx, id))!
    const tries = new Map<number, number>()
    for (let connection = 0; connection < 8 && (await inbound(id)).length < 4; connection++) {
      await using session = await openImap(mailbox.imap, mailbox.password)
      await fetchNewMail(small, mailbox, session, tries).catch(() => {})
    }
    const rows = await inbound(id)
    expect(
      rows.map((row) => [row.source_key.split(':').at(-1), row.state, (row.reason as { key: string } | null)?.key ?? null]),
    ).toEqual(
      expect.arrayContaining([
        ['1', 'received', null],
        ['2', 'parked', 'mailTooLarge'],
        ['3', 'parked', 'mailUnreadable'],
        ['4', 'received', null],
      ]),
    )
    expect(rows.find((row) => row.reason && (row.reason as { key: string }).key === 'mailTooLarge')!.size).toBeGreaterThan(10_000)
  })

  test('a folder that was numbered anew brings nothing twice and nothing too little', async () => {
    const user = 'renumbered@desk.example'
    ctx.clock.set(new Date(Date.now() - 5_000))
    const { id } = await addMailbox(ctx, { address: user, department, imap: imapOf(user) })
    const nameless = 'From: cron@host.example\nSubject: no Message-ID\n\nBackup done\n'
    await dovecot.append(user, mail('numbered-1'), nameless)
    const mailbox = (await watchedMailbox(ctx, id))!
    const fetch = async (): Promise<[number, number]> => {
      await using session = await openImap(mailbox.imap, mailbox.password)
      return [await fetchNewMail(ctx, mailbox, session, new Map()), session.uidValidity]
    }
    const [taken, before] = await fetch()
    expect(taken).toBe(2)
    await dovecot.renumber(user)
    await dovecot.append(user, mail('numbered-2'))
    const [again, after] = await fetch()
    expect(after).not.toBe(before)
    expect(again).toBe(1)
    expect(await fetch()).toEqual([0, after])
    expect(await inbound(id)).toHaveLength(3)
  })

  test('pointed at another account whose folder is numbered alike, it takes what is there', async () => {
    const [first, second] = ['moved-from@desk.example', 'moved-to@desk.example']
    ctx.clock.set(new Date(Date.now() - 5_000))
    const input = { address: first, department, imap: imapOf(first) }
    const { id } = await addMailbox(ctx, input)
    const fetch = async (): Promise<[number, number]> => {
      const mailbox = (await watchedMailbox(ctx, id))!
      await using session = await openImap(mailbox.imap, mailbox.password)
      return [await fetchNewMail(ctx, mailbox, session, new Map()), session.uidValidity]
    }
    await dovecot.append(first, mail('moved-1'))
    const [, uidValidity] = await fetch()
    await dovecot.append(second, mail('moved-2'))
    // Servers number by the second, or all from 1: two accounts may well agree.
    await dovecot.numberAs(second, uidValidity)
    await changeMailbox(ctx, id, { ...input, imap: imapOf(second) })
    expect(await fetch()).toEqual([1, uidValidity])
    expect((await inbound(id)).map((row) => row.source_key.split(':').slice(3))).toEqual([
      [String(uidValidity), '1'],
      [String(uidValidity), '1'],
    ])
  })

  test('wrong settings are named in plain words', async () => {
    const smtp = { host: '127.0.0.1', port: postfix.port, security: 'none' as const, user: '' }
    const good = await testMailbox(ctx, { address: 'one@desk.example', department, imap: imapOf('one@desk.example'), smtp })
    expect(good).toEqual({ imap: { ok: true }, smtp: { ok: true }, graph: null })
    const bad = await testMailbox(ctx, {
      address: 'one@desk.example',
      department,
      imap: imapOf('one@desk.example', 'wrong'),
      smtp: { ...smtp, port: 1 },
    })
    expect(bad.imap).toMatchObject({ ok: false, trouble: { key: 'signIn' } })
    expect(bad.smtp).toMatchObject({ ok: false, trouble: { key: 'refused' } })
    const folder = await testMailbox(ctx, {
      address: 'one@desk.example',
      department,
      imap: { ...imapOf('one@desk.example'), folder: 'Nowhere' },
    })
    expect(folder.imap).toMatchObject({ ok: false, trouble: { key: 'folderMissing' } })
    const host = await testMailbox(ctx, {
      address: 'one@desk.example',
      department,
      imap: { ...imapOf('x'), host: 'no-such-host.invalid' },
    })
    expect(host.imap).toMatchObject({ ok: false, trouble: { key: 'hostUnknown' } })
    const mismatch = await testMailbox(ctx, {
      address: 'one@desk.example',
      department,
      imap: { ...imapOf('x'), security: 'tls' },
      smtp: { ...smtp, security: 'tls' },
    })
    expect(mismatch).toMatchObject({ imap: { trouble: { key: 'tlsMismatch' } }, smtp: { trouble: { key: 'tlsMismatch' } } })
    const starttls = await testMailbox(ctx, {
      address: 'one@desk.example',
      department,
      imap: { ...imapOf('x'), security: 'starttls' },
      smtp: { ...smtp, security: 'starttls' },
    })
    expect(starttls).toMatchObject({ imap: { trouble: { key: 'certificate' } }, smtp: { trouble: { key: 'noStarttls' } } })
  })

  test('TLS and STARTTLS, with a certificate that is trusted and only then', async () => {
    const imap = { ...imapOf('tls@desk.example'), host: 'localhost' }
    const both = async () => {
      const results = []
      for (const server of [
        { ...imap, port: dovecot.imapsPort, security: 'tls' as const },
        { ...imap, security: 'starttls' as const },
      ]) {
        results.push((await testMailbox(ctx, { address: 'tls@desk.example', department, imap: server })).imap)
      }
      return results
    }
    const refused = { ok: false, trouble: { key: 'certificate' } }
    expect(await both()).toMatchObject([refused, refused])
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, dovecot.certificate])
    try {
      expect(await both()).toEqual([{ ok: true }, { ok: true }])
    } finally {
      tls.setDefaultCACertificates(before)
    }
  })

  test('a queued message goes through Postfix into the customer’s mailbox', async () => {
    await using channel = openEmailChannel({ smtpUrl: `smtp://127.0.0.1:${postfix.port}` })
    ctx.slots.fill(channels, channel)
    const { id, messageId } = await queueOutbound(ctx, {
      mailbox: null,
      kind: 'notice',
      sendsAt: ctx.clock.now(),
      content: {
        from: { name: 'Sam at Acme', address: 'support@desk.example' },
        replyTo: null,
        to: [{ name: 'Kim', address: 'kim@customer.example' }],
        cc: [],
        subject: 'Grüße',
        inReplyTo: null,
        references: [],
        text: 'Hello Kim',
        html: '<p>Hello <b>Kim</b></p>',
        files: [],
        automatic: 'no',
      },
    })
    await deliver(ctx, id)
    const row = await ctx.db.selectFrom('outbound_message').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ state: 'sent', attempts: 1, failure: null, last_error: null })
    expect(row.response).toMatch(/^250 /)
    const arrived = await until(async () => (await dovecot.list('kim@customer.example'))[0], 'the mail arrives')
    expect(arrived.raw.toString()).toMatch(new RegExp(`Message-ID:\\s+<${messageId}>`))
    // Nothing is sent twice.
    await deliver(ctx, id)
    expect(
      (await ctx.db.selectFrom('outbound_message').select('attempts').where('id', '=', id).executeTakeFirstOrThrow()).attempts,
    ).toBe(1)
  })
})
