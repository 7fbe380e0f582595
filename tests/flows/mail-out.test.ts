import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { addMailbox, changeMailbox } from '#channels/change-mailboxes.ts'
import { type Channel, channels } from '#channels/channel.ts'
import { deliver, MAX_INTERRUPTIONS } from '#channels/deliver.ts'
import { type EmailChannel, openEmailChannel } from '#channels/email/smtp-send.ts'
import { noteBounce } from '#channels/note-bounce.ts'
import { claimOutbound, releaseOutbound } from '#channels/outbound-store.ts'
import { type QueueOutbound, queueOutbound, recentOutbound, withdrawOutbound } from '#channels/queue-outbound.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import { addSeconds, type TestClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { reactionPlan } from '#core/events.ts'
import { Slots } from '#core/slots.ts'
import { transact } from '#core/transact.ts'
import { blobs } from '#files/blob-store.ts'
import { clearUndeliverable, undeliverableReason } from '#people/dead-addresses.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { freePort } from '../world/free-port.ts'
import { startReceivingServer } from '../world/receiving-server.ts'
import { runCommand } from '../world/run-command.ts'

let base: TestContext
let department: number
beforeAll(async () => {
  base = await openTestContext()
  department = (
    await base.db
      .insertInto('department')
      .values({ name: 'Support', created_at: base.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id
})

/** The same desk with another way for mail to leave. */
function leavingBy(channel: Channel): Context & { clock: TestClock } {
  const slots = new Slots()
  slots.provide(blobs, base.slots.use(blobs))
  slots.provide(reactionPlan, base.slots.use(reactionPlan))
  slots.fill(channels, channel)
  return { ...base, slots }
}
const byServer = (port: number): EmailChannel => openEmailChannel({ smtpUrl: `smtp://127.0.0.1:${port}` })

const message = (ctx: Context, more: Partial<QueueOutbound> = {}, to = 'kim@customer.example'): QueueOutbound => ({
  mailbox: null,
  kind: 'reply',
  sendsAt: ctx.clock.now(),
  ...more,
  content: {
    from: { name: 'Sam', address: 'support@desk.example' },
    replyTo: null,
    to: [{ name: 'Kim', address: to }],
    cc: [],
    subject: 'Your grinder',
    inReplyTo: null,
    references: [],
    text: 'Hello',
    html: '<p>Hello <img src="cid:pic"></p>',
    files: [],
    automatic: 'no',
    ...more.content,
  },
})
const rowOf = (id: number) => base.db.selectFrom('outbound_message').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
/** What was told of a message that is about no ticket. */
const toldOf = async (id: number) =>
  (
    await base.db
      .selectFrom('event')
      .select('verb')
      .where('subject_kind', '=', 'message')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute()
  ).map((row) => row.verb)
const jobOf = async (id: number) =>
  (
    await sql<{
      run_at: Date
      locked_at: Date | null
    }>`select run_at, locked_at from graphile_worker.jobs where key = ${`deliver:${id}`}`.execute(base.db)
  ).rows

describe('what becomes of a message', () => {
  test('deferred: it waits, ever longer, and leaves with the same octets', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const png = Buffer.from('89504e470d0a1a0a', 'hex')
    const { hash } = await ctx.slots.use(blobs).put(png)
    const { id, messageId } = await queueOutbound(
      ctx,
      message(ctx, {
        content: {
          ...message(ctx).content,
          files: [
            { blob: hash, name: 'pic.png', contentType: 'image/png', contentId: 'pic' },
            { blob: hash, name: 'a.png', contentType: 'image/png', contentId: null },
          ],
        },
      }),
    )
    expect(await jobOf(id)).toEqual([{ run_at: ctx.clock.now(), locked_at: null }])
    server.answerMail({ code: 451, text: '4.7.1 Greylisted, try again later' })
    const waits: number[] = []
    for (let tries = 0; tries < 4; tries++) {
      await deliver(ctx, id)
      const row = await rowOf(id)
      expect(row).toMatchObject({ state: 'waiting', failure: 'greylisted', attempts: tries + 1, lease_until: null })
      expect((await jobOf(id))[0]!.run_at).toEqual(row.sends_at)
      waits.push((row.sends_at.getTime() - ctx.clock.now().getTime()) / 1000)
      ctx.clock.set(row.sends_at)
    }
    expect(waits).toEqual([60, 120, 300, 600])
    server.answerMail(null)
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'sent', failure: null, last_error: null, sent_at: ctx.clock.now() })
    expect(await jobOf(id)).toEqual([])
    expect(server.received).toHaveLength(1)
    const [copy] = server.received
    expect(copy).toMatchObject({ from: 'support@desk.example', to: ['kim@customer.example'] })
    expect(copy!.raw.toString()).toMatch(new RegExp(`Message-ID:\\s+<${messageId}>`))
    expect(copy!.raw.toString()).toContain('Content-ID: <pic>')
    expect(copy!.raw.toString()).toContain('a.png')
  })

  test('a process that dies while it sends: nobody sends within the lease, afterwards the same octets leave again', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const { id } = await queueOutbound(ctx, message(ctx))
    // The first process hands the mail over and dies before it can write so.
    const dying: Channel = {
      name: 'email',
      async send(ctx, message) {
        await channel.send(ctx, message)
        return new Promise(() => {})
      },
    }
    void deliver(leavingBy(dying), id)
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await rowOf(id)).toMatchObject({ state: 'sending', attempts: 1 })
    await deliver(ctx, id)
    expect(server.received).toHaveLength(1)
    const lease = (await rowOf(id)).lease_until!
    // Its own claim left a job for the moment the lease ends.
    expect((await jobOf(id))[0]!.run_at).toEqual(lease)
    ctx.clock.set(lease)
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'sent', attempts: 2 })
    expect(server.received).toHaveLength(2)
    expect(server.received[0]!.raw.equals(server.received[1]!.raw)).toBe(true)
  })

  test('refused for good: failed, told once, never tried again', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    server.answerRecipient(() => ({ code: 550, text: '5.1.1 User unknown' }))
    const { id } = await queueOutbound(ctx, message(ctx))
    await deliver(ctx, id)
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'unknown_address', attempts: 1 })
    expect(await jobOf(id)).toEqual([])
    const events = await ctx.db
      .selectFrom('event')
      .select(['verb', 'data', 'facts'])
      .where('subject_kind', '=', 'message')
      .where('subject_id', '=', id)
      .execute()
    expect(events).toEqual([
      {
        verb: 'message.failed',
        data: { message: id, entry: null, kind: 'reply', reason: 'unknown_address' },
        facts: { internal: true },
      },
    ])
  })

  test('one recipient of several refused: sent, and the refused one is named', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    server.answerRecipient((address) => (address.startsWith('gone') ? { code: 550, text: '5.1.1 No such user' } : null))
    const { id } = await queueOutbound(
      ctx,
      message(ctx, { content: { ...message(ctx).content, cc: [{ name: '', address: 'gone@customer.example' }] } }),
    )
    await deliver(ctx, id)
    const row = await rowOf(id)
    expect(row).toMatchObject({ state: 'sent', failure: 'some_refused' })
    expect(row.last_error).toContain('gone@customer.example')
    expect(server.received[0]!.to).toEqual(['kim@customer.example'])
    expect(await toldOf(id)).toEqual(['message.sent', 'message.failed'])
  })

  test('one recipient put off, one refused: the first is asked for again alone, with the same octets', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const gone = { code: 550, text: '5.1.1 No such user' }
    const later = { code: 450, text: '4.7.1 Greylisted, try again later' }
    server.answerRecipient((address) => (address.startsWith('gone') ? gone : address.startsWith('later') ? later : null))
    const cc = ['gone@customer.example', 'later@customer.example'].map((address) => ({ name: '', address }))
    const { id } = await queueOutbound(ctx, message(ctx, { entry: 4720, content: { ...message(ctx).content, cc } }))
    await deliver(ctx, id)
    const waiting = await rowOf(id)
    expect(waiting).toMatchObject({
      state: 'waiting',
      failure: 'greylisted',
      remaining: ['later@customer.example'],
      refused: ['gone@customer.example: 550 5.1.1 No such user'],
    })
    expect((await jobOf(id))[0]!.run_at).toEqual(waiting.sends_at)
    expect(await toldOf(id)).toEqual(['message.failed'])
    // Some have read it: too late to take it back.
    expect(await withdrawOutbound(ctx, 4720)).toEqual({ withdrawn: 0, gone: 1 })

    ctx.clock.set(waiting.sends_at)
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', failure: 'greylisted', remaining: ['later@customer.example'] })
    server.answerRecipient(null)
    ctx.clock.set((await rowOf(id)).sends_at)
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({
      state: 'sent',
      failure: 'some_refused',
      remaining: null,
      last_error: 'gone@customer.example: 550 5.1.1 No such user',
    })
    expect(await toldOf(id)).toEqual(['message.failed', 'message.sent'])
    expect(server.received.map((copy) => copy.to)).toEqual([['kim@customer.example'], ['later@customer.example']])
    expect(server.received[0]!.raw.equals(server.received[1]!.raw)).toBe(true)
  })

  test('put off beside others for five days, or refused in the end: sent, and told', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const cc = [{ name: '', address: 'later@customer.example' }]
    for (const end of ['given up', 'refused'] as const) {
      server.answerRecipient((address) => (address.startsWith('later') ? { code: 452, text: '4.2.2 Mailbox full' } : null))
      const { id } = await queueOutbound(ctx, message(ctx, { content: { ...message(ctx).content, cc } }))
      await deliver(ctx, id)
      if (end === 'refused') server.answerRecipient(() => ({ code: 550, text: '5.1.1 No such user' }))
      for (let tries = 0; (await rowOf(id)).state === 'waiting' && tries < 100; tries++) {
        ctx.clock.set((await rowOf(id)).sends_at)
        await deliver(ctx, id)
      }
      const row = await rowOf(id)
      expect(row).toMatchObject({ state: 'sent', failure: 'some_refused', remaining: null })
      expect(row.last_error).toMatch(/^later@customer\.example: /)
      expect(await toldOf(id)).toEqual(['message.sent', 'message.failed'])
    }
    expect(server.received.map((copy) => copy.to)).toEqual([['kim@customer.example'], ['kim@customer.example']])
  })

  test('a mail that cannot be built just now waits; one whose file is gone fails', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const file = { blob: 'e'.repeat(64), name: 'a.pdf', contentType: 'application/pdf', contentId: null }
    const { id } = await queueOutbound(ctx, message(ctx, { content: { ...message(ctx).content, files: [file] } }))
    const slots = new Slots()
    slots.fill(channels, channel)
    // The disk has trouble that passes.
    const read = () => Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
    slots.provide(blobs, { ...ctx.slots.use(blobs), read })
    slots.provide(reactionPlan, ctx.slots.use(reactionPlan))
    await deliver({ ...ctx, slots }, id)
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', last_error: 'EIO: i/o error, read' })
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'bad_message' })
    const unwritable = message(ctx, { content: { ...message(ctx).content, references: ['a b'] } })
    const other = await queueOutbound(ctx, unwritable)
    await deliver(ctx, other.id)
    expect(await rowOf(other.id)).toMatchObject({ state: 'failed', failure: 'bad_message' })
  })

  test.each([
    [452, '4.2.2 Mailbox full'],
    [552, '5.2.2 Mailbox full'],
  ])('a full mailbox for five days (%i): given up', async (code, text) => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    server.answerMail({ code, text })
    const { id } = await queueOutbound(ctx, message(ctx))
    let tries = 0
    while ((await rowOf(id)).state === 'waiting' && tries < 100) {
      await deliver(ctx, id)
      ctx.clock.set((await rowOf(id)).sends_at)
      tries += 1
    }
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'mailbox_full' })
    expect(tries).toBeGreaterThan(20)
  })

  test('a certificate of another name: held for an administrator, and not lost when the server shows its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-certificates-'))
    const certificate = async (name: string) => {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
      const kind = [
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=mail',
      ]
      await runCommand('/usr/bin/openssl', ['req', ...kind, '-addext', `subjectAltName=${name}`, '-keyout', key, '-out', cert])
      return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
    }
    const [other, own] = [await certificate('DNS:mail.other.example'), await certificate('IP:127.0.0.1')]
    await rm(folder, { recursive: true })
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, other.cert, own.cert])
    try {
      await using wrong = await startReceivingServer({ tls: other })
      await using toWrong = openEmailChannel({ smtpUrl: `smtps://127.0.0.1:${wrong.port}` })
      const ctx = leavingBy(toWrong)
      const { id, messageId } = await queueOutbound(ctx, message(ctx))
      await deliver(ctx, id)
      expect(await rowOf(id)).toMatchObject({ state: 'held', failure: 'certificate' })
      expect(await toldOf(id)).toEqual(['message.held'])
      expect(wrong.received).toEqual([])
      await using right = await startReceivingServer({ tls: own })
      await using toRight = openEmailChannel({ smtpUrl: `smtps://127.0.0.1:${right.port}` })
      expect(await releaseOutbound(ctx, { ids: [id], states: ['held'] })).toBe(1)
      await deliver(leavingBy(toRight), id)
      expect(await rowOf(id)).toMatchObject({ state: 'sent', failure: null })
      expect(right.received.map((one) => one.raw.toString().includes(messageId))).toEqual([true])
    } finally {
      tls.setDefaultCACertificates(before)
    }
  })

  test('no sending server: held and told; it leaves when one is set up', async () => {
    await using none = openEmailChannel({ smtpUrl: null })
    const ctx = leavingBy(none)
    const { id } = await queueOutbound(ctx, message(ctx))
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'held', failure: 'no_server' })
    const [told] = await ctx.db
      .selectFrom('event')
      .select('verb')
      .where('subject_kind', '=', 'message')
      .where('subject_id', '=', id)
      .execute()
    expect(told).toEqual({ verb: 'message.held' })
    await using server = await startReceivingServer({ user: 'support', password: 'right' })
    const input = {
      address: 'support@desk.example',
      department,
      smtp: { host: '127.0.0.1', port: server.port, security: 'none' as const, user: 'support', password: 'wrong' },
    }
    const mailbox = await addMailbox(ctx, input)
    // Adding it gave every held message a job for now.
    expect((await rowOf(id)).state).toBe('waiting')
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'held', failure: 'sign_in_failed' })
    // A server that refused our sign-in is left alone: accounts get locked.
    const connections = server.connections()
    const other = await queueOutbound(ctx, message(ctx))
    await deliver(ctx, other.id)
    expect(await rowOf(other.id)).toMatchObject({ state: 'held', failure: 'sign_in_failed', attempts: 0 })
    expect(server.connections()).toBe(connections)
    await changeMailbox(ctx, mailbox.id, { ...input, smtp: { ...input.smtp, password: 'right' } })
    await deliver(ctx, id)
    await deliver(ctx, other.id)
    expect([(await rowOf(id)).state, (await rowOf(other.id)).state]).toEqual(['sent', 'sent'])
    const stored = await ctx.db
      .selectFrom('mailbox')
      .select(['smtp', 'smtp_secret'])
      .where('id', '=', mailbox.id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(stored)).not.toContain('right')
    // A stored password is not sent to another server.
    await expect(
      changeMailbox(ctx, mailbox.id, { ...input, smtp: { host: 'evil.example', port: 25, security: 'none', user: 'support' } }),
    ).rejects.toMatchObject({
      problems: [{ pointer: '/smtp/password', key: 'required' }],
    })
    await ctx.db.deleteFrom('mailbox').execute()
    ctx.cache.clear()
  })

  test('a server that is down delays its own messages and is asked by one at a time', async () => {
    const port = await freePort()
    await using channel = byServer(port)
    const ctx = leavingBy(channel)
    const ids: number[] = []
    for (let at = 0; at < 5; at++) ids.push((await queueOutbound(ctx, message(ctx))).id)
    await Promise.all(ids.map((id) => deliver(ctx, id)))
    const rows = await Promise.all(ids.map(rowOf))
    // Those beyond the three connections that a server gets at once may still wait for their turn.
    const became = rows.map((row) => `${row.state} ${row.failure}`)
    expect(became.filter((one) => one !== 'waiting cannot_connect' && one !== 'waiting waiting_turn')).toEqual([])
    expect(became.filter((one) => one === 'waiting cannot_connect').length).toBeGreaterThanOrEqual(3)
    const late = (await queueOutbound(ctx, message(ctx))).id
    await deliver(ctx, late)
    expect(await rowOf(late)).toMatchObject({ state: 'waiting', failure: 'cannot_connect', attempts: 0 })
    await using server = await startReceivingServer({ port })
    for (const id of [...ids, late]) {
      while ((await rowOf(id)).state !== 'sent') {
        ctx.clock.set((await rowOf(id)).sends_at)
        await deliver(ctx, id)
      }
    }
    expect(server.received).toHaveLength(6)
  })

  test('withdrawn within its window it never leaves; afterwards it cannot be withdrawn', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const entry = 4711
    const { id } = await queueOutbound(
      ctx,
      message(ctx, { entry, ticket: 5, sendsAt: new Date(ctx.clock.now().getTime() + 10_000) }),
    )
    expect(await transact(ctx, (ctx) => withdrawOutbound(ctx, entry))).toEqual({ withdrawn: 1, gone: 0 })
    expect(await jobOf(id)).toEqual([])
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'withdrawn', attempts: 0 })
    const next = await queueOutbound(ctx, message(ctx, { entry: 4712, ticket: 5 }))
    await deliver(ctx, next.id)
    expect(await withdrawOutbound(ctx, 4712)).toEqual({ withdrawn: 0, gone: 1 })
    expect(server.received).toHaveLength(1)
    await expect(
      transact(ctx, async (ctx) => {
        await queueOutbound(ctx, message(ctx, {}, 'nobody@customer.example'))
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    expect(await recentOutbound(ctx, { recipient: 'nobody@customer.example', kind: 'reply', since: new Date(0) })).toEqual([])
  })

  test('a bounce marks the message it is about, and only ours', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const { id, messageId } = await queueOutbound(ctx, message(ctx))
    await deliver(ctx, id)
    const bounce = {
      recipient: 'kim@customer.example',
      status: '5.2.2',
      class: 'hard' as const,
      originalMessageId: messageId,
      diagnostic: 'mailbox full',
    }
    expect(await noteBounce(ctx, { ...bounce, originalMessageId: 'stranger@elsewhere.example' })).toBeNull()
    await noteBounce(ctx, { ...bounce, class: 'delayed' })
    expect(await rowOf(id)).toMatchObject({ state: 'sent' })
    expect(await noteBounce(ctx, bounce)).toMatchObject({ message: id, recipient: 'kim@customer.example' })
    expect(await rowOf(id)).toMatchObject({
      state: 'failed',
      failure: 'mailbox_full',
      last_error: 'kim@customer.example 5.2.2 mailbox full',
    })
  })

  test('a bounce for one of several leaves it sent to the others, and marks the address', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    await findOrCreateEndUser(ctx, { address: 'gone@customer.example' })
    const to = ['stays@customer.example', 'gone@customer.example'].map((address) => ({ name: '', address }))
    const { id, messageId } = await queueOutbound(ctx, message(ctx, { content: { to } as QueueOutbound['content'] }))
    await deliver(ctx, id)
    const report = {
      class: 'hard' as const,
      originalMessageId: messageId,
      diagnostic: 'smtp; 550 5.1.1 user unknown',
      status: '5.1.1',
    }
    // A report about somebody whom it never went to marks nobody.
    await findOrCreateEndUser(ctx, { address: 'victim@customer.example' })
    await noteBounce(ctx, { ...report, recipient: 'gone@customer.example' })
    expect(await rowOf(id)).toMatchObject({ state: 'sent', failure: 'some_refused' })
    expect((await rowOf(id)).last_error).toContain('gone@customer.example')
    expect(await undeliverableReason(ctx, 'gone@customer.example')).toBe('unknown_address')
    // The same report again tells nothing new; the other one makes it a failure.
    await noteBounce(ctx, { ...report, recipient: 'gone@customer.example' })
    expect(await rowOf(id)).toMatchObject({ state: 'sent' })
    await noteBounce(ctx, { ...report, recipient: 'stays@customer.example' })
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'unknown_address' })
    await noteBounce(ctx, { ...report, recipient: 'victim@customer.example' })
    expect(await undeliverableReason(ctx, 'victim@customer.example')).toBeNull()
    await clearUndeliverable(ctx, 'gone@customer.example')
    expect(await undeliverableReason(ctx, 'gone@customer.example')).toBeNull()
  })

  test('a message during which the process ends each time is given up', async () => {
    await using server = await startReceivingServer()
    await using channel = byServer(server.port)
    const ctx = leavingBy(channel)
    const { id } = await queueOutbound(ctx, message(ctx))
    // As a process does that dies while it sends: claimed, and never heard of again.
    for (let died = 0; died < MAX_INTERRUPTIONS; died++) {
      expect(await claimOutbound(ctx, id, addSeconds(ctx.clock.now(), 30))).toMatchObject({ interruptions: died })
      ctx.clock.advance(31)
    }
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'interrupted' })
    // A person's "Try again" begins to count anew.
    await releaseOutbound(ctx, { ids: [id], states: ['failed'] })
    await deliver(ctx, id)
    expect(await rowOf(id)).toMatchObject({ state: 'sent' })
  })

  test('a message whose job is gone gets one again', async () => {
    await using channel = byServer(1)
    const ctx = leavingBy(channel)
    const { id } = await queueOutbound(ctx, message(ctx))
    await sql`delete from graphile_worker._private_jobs where key = ${`deliver:${id}`}`.execute(ctx.db)
    await wakeMessages(ctx)
    expect(await jobOf(id)).toEqual([])
    ctx.clock.advance(61)
    await wakeMessages(ctx)
    expect(await jobOf(id)).toHaveLength(1)
  })
})
