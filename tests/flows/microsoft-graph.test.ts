import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addMailbox, changeMailbox } from '#channels/change-mailboxes.ts'
import { openEmailChannel } from '#channels/email/smtp-send.ts'
import { fetchGraphMail, type GraphTries, openGraphMailbox, watchedGraphMailbox } from '#channels/fetch-graph.ts'
import type { MailboxInput } from '#channels/mailbox-input.ts'
import { mailboxToken } from '#channels/mailbox-token.ts'
import type { OutboundMessage } from '#channels/outbound-message.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import { troubleOf } from '#channels/trouble.ts'
import { egress, openEgress } from '#core/egress.ts'
import { openLeaderLocks } from '#db/leader-locks.ts'
import { blobs } from '#files/blob-store.ts'
import { watchMailboxes } from '../../src/doors/mail/watch-mailboxes.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { until } from '../world/free-port.ts'
import { type GraphServer, startGraphServer } from '../world/graph-server.ts'
import { type SignInServer, startSignInServer } from '../world/sign-in-server.ts'

const mail = (id: string, text = 'Hello'): string => `From: Kim <kim@customer.example>
To: support@desk.example
Subject: Grinder ${id}
Message-ID: <${id}@customer.example>

${text}
`

describe('a mailbox at Microsoft, by Graph', () => {
  let signIn: SignInServer
  let graph: GraphServer
  let ctx: TestContext
  let department: number
  let count = 0

  beforeAll(async () => {
    signIn = await startSignInServer({ redirectUri: 'http://desk.example/back' })
    ctx = await openTestContext(new Date().toISOString())
    ctx.slots.provide(egress, openEgress({ allow: ['127.0.0.1'] }))
    department = (
      await ctx.db
        .insertInto('department')
        .values({ name: 'Support', created_at: ctx.clock.now() })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id
  })
  afterAll(() => signIn[Symbol.asyncDispose]())
  beforeEach(async () => {
    ctx.clock.set(new Date())
    await ctx.db.updateTable('mailbox').set({ is_active: false }).execute()
    const server = await startGraphServer({
      user: 'support@desk.example',
      accepts: async (token) => (await signIn.accountOf(token)) !== null,
      pageSize: 3,
    })
    graph = server
    return () => server[Symbol.asyncDispose]()
  })

  /** The sign-in server of the test in place of Microsoft's: its addresses are found by the same settings. */
  const input = (settings: object = {}, more: Partial<MailboxInput> = {}): MailboxInput => ({
    address: `support${++count}@desk.example`,
    department,
    graph: { user: 'support@desk.example', endpoint: graph.endpoint, ...settings },
    oauth: {
      provider: 'microsoft',
      grant: 'client_credentials',
      clientId: signIn.clientId,
      secret: signIn.secret,
      tenant: 'desk.example',
      authority: signIn.issuer,
      scopes: 'mail',
    },
    ...more,
  })
  const add = async (settings: object = {}, more: Partial<MailboxInput> = {}): Promise<number> =>
    (await addMailbox(ctx, input(settings, more))).id
  const fetch = async (id: number, tries: GraphTries = new Map()): Promise<number> =>
    fetchGraphMail(ctx, id, await openGraphMailbox(ctx, (await watchedGraphMailbox(ctx, id))!), tries)
  const inbound = (id: number) =>
    ctx.db.selectFrom('inbound_message').selectAll().where('mailbox_id', '=', id).orderBy('id').execute()
  const rawOf = async (hash: string): Promise<Buffer> => ctx.slots.use(blobs).read(hash)

  test('is tested before it is kept, and says what is wrong', async () => {
    expect(await testMailbox(ctx, input())).toEqual({ imap: null, smtp: null, graph: { ok: true } })
    const wrong = input()
    expect((await testMailbox(ctx, { ...wrong, oauth: { ...wrong.oauth!, secret: 'wrong' } })).graph).toMatchObject({
      ok: false,
      trouble: { key: 'grantSecretWrong', params: { host: 'Microsoft' } },
    })
    const troubles = [
      [input({ user: 'nobody@desk.example' }), 'graphMailbox'],
      [input({ folder: 'Nowhere' }), 'folderMissing'],
      [input({ endpoint: 'https://inside.example' }), 'refusedHost'],
    ] as const
    ctx.slots.provide(
      egress,
      openEgress({ allow: ['127.0.0.1'], resolve: async (host) => [host === 'inside.example' ? '10.0.0.1' : '127.0.0.1'] }),
    )
    for (const [given, key] of troubles) expect((await testMailbox(ctx, given)).graph).toMatchObject({ trouble: { key } })
    graph.stumble(/delta/, { status: 403, code: 'ErrorAccessDenied' })
    expect((await testMailbox(ctx, input())).graph).toMatchObject({ trouble: { key: 'graphDenied' } })
  })

  test('takes as many at a time as it was told, and knows rows of earlier versions', async () => {
    const id = await add({ batch: 2, pollSeconds: 600 }, { silentAfterHours: 48 })
    const row = await ctx.db.selectFrom('mailbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ graph: { batch: 2, pollSeconds: 600 }, silent_after_hours: 48 })
    for (let at = 0; at < 5; at++) graph.deliver(mail(`batch-${at}`))
    graph.calls.length = 0
    expect(await fetch(id)).toBe(5)
    expect(graph.calls.filter((call) => call.endsWith('/delta'))).toHaveLength(3)
    await ctx.db
      .updateTable('mailbox')
      .set({ graph: JSON.stringify({ user: 'support@desk.example', folder: 'inbox', endpoint: graph.endpoint }) })
      .where('id', '=', id)
      .execute()
    expect((await watchedGraphMailbox(ctx, id))!.graph).toMatchObject({ batch: 50, pollSeconds: 15, afterFetch: 'keep' })
  })

  test('takes what arrives from the moment of connection, page by page, once, with its octets, and marks it read', async () => {
    graph.deliver(mail('before'), { at: new Date(Date.now() - 3_600_000) })
    const id = await add()
    const raws = Array.from({ length: 8 }, (_, at) => mail(`new-${at}`))
    for (const raw of raws) graph.deliver(raw)
    expect(await fetch(id)).toBe(8)
    expect(await fetch(id)).toBe(0)
    const rows = await inbound(id)
    expect(rows.map((row) => row.source_key.replace(/:[\w-]{10}:/, ':place:'))).toEqual(
      graph.messages.slice(1).map((one) => `graph:${id}:place:${one.id}`),
    )
    expect((await rawOf(rows[0]!.blob)).toString()).toBe(raws[0]!.replace(/\n/g, '\r\n'))
    expect(graph.messages.map((one) => one.isRead)).toEqual([false, ...Array(8).fill(true)])
    // Exchange's word on its own senders counts for mail from here.
    expect(rows[0]!.envelope).toMatchObject({ trustedInternal: true })
    // A look that finds nothing is one call.
    graph.calls.length = 0
    graph.deliver(mail('one-more'))
    expect(await fetch(id)).toBe(1)
    expect(graph.calls).toEqual([
      'GET /mailFolders/inbox',
      'GET /mailFolders/f-inbox/messages/delta',
      'GET /messages/:id/$value',
      'PATCH /messages/:id',
    ])
  })

  test('the last days are taken silently when asked for', async () => {
    graph.deliver(mail('too-old'), { at: new Date(Date.now() - 4 * 86_400_000) })
    graph.deliver(mail('old'), { at: new Date(Date.now() - 86_400_000) })
    const id = await add({}, { takeDays: 3 })
    graph.deliver(mail('new'))
    expect(await fetch(id)).toBe(2)
    expect((await inbound(id)).map((row) => (row.envelope as { silent?: boolean }).silent ?? false)).toEqual([true, false])
  })

  test('moves or deletes what it took, and leaves what it could not take whole', async () => {
    const small = { ...ctx, site: { ...ctx.site, limits: { ...ctx.site.limits, mailBytes: 2_000 } } }
    for (const [settings, folder] of [
      [{ afterFetch: 'move', moveTo: 'Done' }, 'f-done'],
      [{ afterFetch: 'delete' }, 'f-deleted'],
    ] as const) {
      const id = await add(settings)
      const taken = graph.deliver(mail('taken'))
      const large = graph.deliver(mail('large', 'x'.repeat(9_000)))
      const session = await openGraphMailbox(ctx, (await watchedGraphMailbox(ctx, id))!)
      expect(await fetchGraphMail(small, id, session, new Map())).toBe(1)
      expect([taken.folder, large.folder]).toEqual([folder, 'f-inbox'])
      expect((await inbound(id)).map((row) => (row.reason as { key: string } | null)?.key ?? null)).toEqual([
        null,
        'mailTooLarge',
      ])
      large.folder = 'f-elsewhere'
    }
  })

  test('cut off anywhere, the next look takes the rest, and nothing twice', async () => {
    const id = await add({ afterFetch: 'move', moveTo: 'archive' })
    for (let at = 0; at < 7; at++) graph.deliver(mail(`cut-${at}`))
    const cuts: RegExp[] = [/delta/, /\$value/, /PATCH/, /move/]
    for (const match of cuts) graph.stumble(match, { status: 0, breakOff: true })
    let looks = 0
    while (looks++ < 12 && graph.messages.some((one) => one.folder === 'f-inbox')) await fetch(id).catch(() => {})
    const rows = await inbound(id)
    expect(rows).toHaveLength(7)
    expect(new Set(rows.map((row) => row.blob)).size).toBe(7)
    expect(graph.messages.every((one) => one.folder === 'f-archive' && one.isRead)).toBe(true)
  })

  test('a message that the server never hands out is suspended and blocks none behind it', async () => {
    const id = await add()
    const bad = graph.deliver(mail('bad'))
    graph.deliver(mail('behind'))
    graph.stumble(/\$value/, ...Array.from({ length: 4 }, () => ({ status: 500, code: 'ErrorInternalServerError' })))
    const tries: GraphTries = new Map()
    for (let look = 0; look < 4; look++) await expect(fetch(id, tries)).rejects.toMatchObject({ status: 500 })
    expect(await fetch(id, tries)).toBe(1)
    expect((await inbound(id)).map((row) => [row.source_key.split(':').at(-1), row.state])).toEqual([
      [bad.id, 'parked'],
      ['m-2', 'received'],
    ])
  })

  test('what somebody moved away meanwhile is theirs', async () => {
    const id = await add()
    graph.deliver(mail('gone'))
    graph.deliver(mail('here'))
    graph.stumble(/\$value/, { status: 404, code: 'ErrorItemNotFound' })
    expect(await fetch(id)).toBe(1)
  })

  test('begins anew when the server forgot where it was, and takes nothing twice', async () => {
    const id = await add()
    for (const name of ['a', 'b', 'c', 'd']) graph.deliver(mail(name))
    expect(await fetch(id)).toBe(4)
    graph.forget()
    graph.deliver(mail('e'))
    expect(await fetch(id)).toBe(1)
    expect(await inbound(id)).toHaveLength(5)
    expect(await fetch(id)).toBe(0)
  })

  test('a mailbox whose messages got other ids brings nothing twice either', async () => {
    const id = await add()
    graph.deliver(mail('same'))
    expect(await fetch(id)).toBe(1)
    graph.messages[0]!.id = 'm-moved'
    graph.forget()
    expect(await fetch(id)).toBe(0)
    expect(await inbound(id)).toHaveLength(1)
  })

  test('a token that was withdrawn is renewed once; a pause that is asked for is named', async () => {
    const id = await add()
    graph.deliver(mail('one'))
    const before = (await mailboxToken(ctx, id)).accessToken
    graph.stumble(/delta/, { status: 401, code: 'InvalidAuthenticationToken' })
    expect(await fetch(id)).toBe(1)
    expect((await mailboxToken(ctx, id)).accessToken).not.toBe(before)
    graph.stumble(/delta/, { status: 429, code: 'TooManyRequests', retryAfter: 17 })
    const error = await fetch(id).catch((error: unknown) => error)
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: 17 })
    expect(troubleOf(error, { host: 'graph.microsoft.com', port: 443 })).toMatchObject({ key: 'throttled' })
  })

  test('a link that leads elsewhere gets no token', async () => {
    const id = await add()
    await ctx.db
      .updateTable('mailbox')
      .set({ graph_cursor: 'http://127.0.0.2:9/v1.0/delta?$deltatoken=x' })
      .where('id', '=', id)
      .execute()
    await expect(fetch(id)).rejects.toMatchObject({ name: 'EgressError', code: 'bad_address' })
  })

  test('is watched like every mailbox: a mail that arrives is taken, and a change begins anew', async () => {
    const id = await add()
    const stop = new AbortController()
    await using locks = openLeaderLocks(ctx.databaseUrl, () => {})
    const live = { ...ctx, clock: { now: () => new Date() } }
    const watching = watchMailboxes({ ctx: live, locks, lane: null }, stop.signal)
    graph.deliver(mail('watched'))
    await until(async () => (await inbound(id)).length === 1, 'the mail is taken')
    await until(async () => graph.messages[0]!.isRead, 'the mail is marked')
    stop.abort()
    await watching
    await changeMailbox(ctx, id, { ...input({ folder: 'archive' }) })
    expect(await watchedGraphMailbox(ctx, id)).toMatchObject({ cursor: null, lastPolledAt: null })
  })

  describe('sending', () => {
    const message = (mailbox: number, more: Partial<OutboundMessage['content']> = {}, attempts = 1): OutboundMessage => ({
      id: 1,
      channel: 'email',
      mailbox,
      kind: 'reply',
      ticket: 1,
      entry: 1,
      messageId: `out-${mailbox}@desk.example`,
      state: 'sending',
      sendsAt: ctx.clock.now(),
      attempts,
      interruptions: 0,
      createdAt: ctx.clock.now(),
      remaining: null,
      refused: [],
      content: {
        from: { name: 'Sam', address: 'support@desk.example' },
        replyTo: null,
        to: [{ name: 'Kim', address: 'kim@customer.example' }],
        cc: [],
        subject: 'Your grinder',
        inReplyTo: null,
        references: [],
        text: 'Hello',
        html: null,
        files: [],
        automatic: 'no',
        date: ctx.clock.now().toISOString(),
        boundary: '0123456789abcdef01234567',
        ...more,
      },
    })

    test('sends the octets as they are, to hidden recipients too', async () => {
      await using channel = openEmailChannel({ smtpUrl: null })
      const id = await add()
      const hidden = message(id, { bcc: [{ name: '', address: 'hidden@customer.example' }] })
      expect(await channel.send(ctx, hidden)).toMatchObject({ ok: true, refused: [] })
      const [sent] = graph.received
      expect(sent!.raw.toString()).toMatch(/^Bcc: <hidden@customer\.example>\r\n/)
      expect(sent!.raw.toString()).toContain(`Message-ID: <out-${id}@desk.example>`)
    })

    test('what an earlier try may have brought there is looked for, and not sent again', async () => {
      await using channel = openEmailChannel({ smtpUrl: null })
      const id = await add()
      graph.stumble(/sendMail/, { status: 0, breakOff: true })
      expect(await channel.send(ctx, message(id))).toMatchObject({ ok: false, class: 'try_again' })
      expect(await channel.send(ctx, message(id, {}, 2))).toMatchObject({ ok: true })
      expect(await channel.send(ctx, message(id, {}, 3))).toMatchObject({
        ok: true,
        response: expect.stringContaining('earlier'),
      })
      expect(graph.received).toHaveLength(1)
    })

    test('a large mail goes as a draft with its files, the largest in parts, and no half draft stays', async () => {
      await using channel = openEmailChannel({ smtpUrl: null })
      const id = await add()
      const store = ctx.slots.use(blobs)
      const [large, small] = [Buffer.alloc(7 * 1024 * 1024, 'large'), Buffer.from('small')]
      const files = [
        { blob: (await store.put(large)).hash, name: 'large.bin', contentType: 'application/octet-stream', contentId: null },
        { blob: (await store.put(small)).hash, name: 'small.png', contentType: 'image/png', contentId: 'pic@desk' },
      ]
      graph.stumble(/PUT/, { status: 503, code: 'ServiceUnavailable' })
      expect(await channel.send(ctx, message(id, { files }))).toMatchObject({ ok: false, class: 'try_again' })
      graph.attached.length = 0
      expect(await channel.send(ctx, message(id, { files }, 2))).toMatchObject({ ok: true })
      expect(graph.received).toHaveLength(1)
      expect(graph.attached.map((one) => [one.name, one.isInline, one.octets.length])).toEqual([
        ['large.bin', false, large.length],
        ['small.png', true, small.length],
      ])
      expect(graph.attached[0]!.octets.equals(large)).toBe(true)
      expect(graph.calls.filter((call) => call === 'DELETE /messages/:id')).toHaveLength(1)
    })

    test('says what a refusal means, and leaves a server alone that asks for it', async () => {
      await using channel = openEmailChannel({ smtpUrl: null })
      const id = await add()
      const cases = [
        [{ status: 403, code: 'ErrorSendAsDenied' }, 'ask_administrator', 'sender_refused'],
        [{ status: 413, code: 'ErrorMessageSizeExceeded' }, 'final', 'message_too_large'],
        [{ status: 400, code: 'ErrorInvalidRecipients' }, 'final', 'unknown_address'],
        [{ status: 400, code: 'ErrorMimeContentInvalidBase64String' }, 'final', 'bad_message'],
        [{ status: 507, code: 'ErrorQuotaExceeded' }, 'try_again', 'mailbox_full'],
        [{ status: 503, code: 'ServiceNotAvailable' }, 'try_again', 'server_trouble'],
        [{ status: 404, code: 'MailboxNotEnabledForRESTAPI' }, 'ask_administrator', 'sender_refused'],
      ] as const
      for (const [hiccup, failure, reason] of cases) {
        graph.stumble(/sendMail/, hiccup)
        expect(await channel.send(ctx, message(id))).toMatchObject({ ok: false, class: failure, reason })
      }
      graph.stumble(/sendMail/, { status: 429, code: 'TooManyRequests', retryAfter: 30 })
      const paused = await channel.send(ctx, message(id))
      expect(paused).toMatchObject({ ok: false, class: 'try_again', reason: 'rate_limited' })
      const asked = graph.calls.length
      expect(await channel.send(ctx, message(id))).toMatchObject({ retryAt: new Date(ctx.clock.now().getTime() + 30_000) })
      expect(graph.calls).toHaveLength(asked)
      ctx.clock.advance(31)
      expect(await channel.send(ctx, message(id))).toMatchObject({ ok: true })

      signIn.answer({ status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000222: expired' } })
      ctx.clock.set((await mailboxToken(ctx, id)).validUntil)
      expect(await channel.send(ctx, message(id))).toMatchObject({ class: 'ask_administrator', reason: 'sign_in_failed' })
      signIn.answer(null)
    })
  })
})
