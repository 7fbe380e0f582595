import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openEmailChannel } from '#channels/email/smtp-send.ts'
import { beginSignIn, completeSignIn } from '#channels/mailbox-sign-in.ts'
import { mailboxToken } from '#channels/mailbox-token.ts'
import type { OutboundMessage } from '#channels/outbound-message.ts'
import { showMailbox } from '#channels/show-mailboxes.ts'
import { testMailbox } from '#channels/test-mailbox.ts'
import { egress, openEgress } from '#core/egress.ts'
import { openLeaderLocks } from '#db/leader-locks.ts'
import { watchMailboxes } from '../../src/doors/mail/watch-mailboxes.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { until } from '../world/free-port.ts'
import { type ReceivingServer, startReceivingServer } from '../world/receiving-server.ts'
import { type SignInServer, startSignInServer } from '../world/sign-in-server.ts'

const RETURN = 'http://desk.example/admin/mailboxes/signed-in'
const USER = 'support@desk.example'

describe.skipIf(!hasDovecot)('IMAP and SMTP by token, on real sockets', () => {
  let server: SignInServer
  let dovecot: Dovecot
  let outside: ReceivingServer
  let ctx: TestContext
  let id: number

  beforeAll(async () => {
    server = await startSignInServer({ redirectUri: RETURN })
    dovecot = await startDovecot({ introspectionUrl: server.introspectionUrl })
    outside = await startReceivingServer({ user: USER, accepts: async (token) => (await server.accountOf(token)) === USER })
    ctx = await openTestContext(new Date().toISOString())
    ctx.slots.provide(egress, openEgress({ allow: ['127.0.0.1'] }))
    ctx = { ...ctx, actor: { ...ctx.actor, id: 7 } }
    const department = await ctx.db
      .insertInto('department')
      .values({ name: 'Support', created_at: ctx.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    const given = {
      address: USER,
      department: department.id,
      imap: { host: '127.0.0.1', port: dovecot.imapPort, security: 'none', user: USER, auth: 'oauth' },
      smtp: { host: '127.0.0.1', port: outside.port, security: 'none', user: USER, auth: 'oauth' },
      oauth: {
        provider: 'other',
        grant: 'authorization_code',
        clientId: server.clientId,
        secret: server.secret,
        authority: server.issuer,
        scopes: 'mail offline_access',
      },
    } as const
    id = (await addMailbox(ctx, given)).id
    // Nothing to test before somebody has signed in.
    expect(await testMailbox(ctx, given, id)).toEqual({ imap: null, smtp: null, graph: null })
    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'redirect') throw new Error('no page')
    await completeSignIn(ctx, new URL(await server.visit(begun.url, USER)).search.slice(1))
    expect(await testMailbox(ctx, given, id)).toEqual({ imap: { ok: true }, smtp: { ok: true }, graph: null })
  })
  afterAll(async () => {
    await dovecot?.[Symbol.asyncDispose]()
    await outside?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const inbound = () => ctx.db.selectFrom('inbound_message').selectAll().where('mailbox_id', '=', id).execute()
  const mail = (name: string): string => `From: Kim <kim@customer.example>\nTo: ${USER}\nSubject: ${name}\n\nHello\n`

  test('a watcher fetches, and comes back by itself with a new token when the old one was withdrawn', async () => {
    await using locks = openLeaderLocks(ctx.databaseUrl, () => {})
    const live = { ...ctx, clock: { now: () => new Date() } }
    const whileWatched = async (work: () => Promise<void>): Promise<void> => {
      const stop = new AbortController()
      const watching = watchMailboxes({ ctx: live, locks, lane: null }, stop.signal)
      try {
        await work()
      } finally {
        stop.abort()
        await watching
      }
    }
    await dovecot.append(USER, mail('one'))
    await whileWatched(async () => void (await until(async () => (await inbound()).length === 1, 'the first mail')))
    const before = (await mailboxToken(ctx, id)).accessToken
    await server.withdraw(before)
    await dovecot.append(USER, mail('two'))
    await whileWatched(async () => {
      await until(async () => (await inbound()).length === 2, 'the second mail')
      await until(async () => (await showMailbox(ctx, id)).trouble === null, 'all is well again')
    })
    expect((await mailboxToken(ctx, id)).accessToken).not.toBe(before)

    // When the provider takes everything back, it is said in plain words.
    await server.revoke(USER)
    await whileWatched(async () => {
      const { trouble } = await until(async () => {
        const row = await showMailbox(ctx, id)
        return row.trouble?.key === 'grantRevoked' && row
      }, 'the refusal is told')
      expect(trouble).toMatchObject({ params: { host: new URL(server.issuer).host } })
    })

    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'redirect') throw new Error('no page')
    await completeSignIn(ctx, new URL(await server.visit(begun.url, USER)).search.slice(1))
    expect((await showMailbox(ctx, id)).trouble).toBeNull()
  })

  test('mail is sent by token, renewed once when the server would not take it', async () => {
    await using channel = openEmailChannel({ smtpUrl: null })
    const message: OutboundMessage = {
      id: 1,
      channel: 'email',
      mailbox: id,
      kind: 'reply',
      ticket: 1,
      entry: 1,
      messageId: 'one@desk.example',
      state: 'sending',
      sendsAt: ctx.clock.now(),
      attempts: 1,
      interruptions: 0,
      createdAt: ctx.clock.now(),
      remaining: null,
      refused: [],
      content: {
        from: { name: 'Sam', address: USER },
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
      },
    }
    expect(await channel.send(ctx, message)).toMatchObject({ ok: true })
    const before = (await mailboxToken(ctx, id)).accessToken
    await server.withdraw(before)
    // Connections that stand were let in before.
    await using later = openEmailChannel({ smtpUrl: null })
    expect(await later.send(ctx, message)).toMatchObject({ ok: true })
    expect((await mailboxToken(ctx, id)).accessToken).not.toBe(before)
    expect(outside.received).toHaveLength(2)
    await server.revoke(USER)
    ctx.clock.set((await mailboxToken(ctx, id)).validUntil)
    expect(await later.send(ctx, message)).toMatchObject({ ok: false, class: 'ask_administrator', reason: 'sign_in_failed' })
  })
})
