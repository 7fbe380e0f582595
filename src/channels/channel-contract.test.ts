import { describe, expect, test } from 'vitest'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { egress, openEgress } from '#core/egress.ts'
import { openTestContext, type TestContext } from '../../tests/world/context.ts'
import { freePort } from '../../tests/world/free-port.ts'
import { startGraphServer } from '../../tests/world/graph-server.ts'
import { startReceivingServer } from '../../tests/world/receiving-server.ts'
import { addMailbox } from './change-mailboxes.ts'
import type { Channel } from './channel.ts'
import { openEmailChannel } from './email/smtp-send.ts'
import { writeTokens } from './mailbox-grant-store.ts'
import type { OutboundMessage } from './outbound-message.ts'

/** What `deliver` relies on, of whatever carries messages. `outside` is a service that takes all; `open` makes a channel to it, or to nothing. */
interface Bench {
  name: string
  stored: string
  outside(): Promise<AsyncDisposable & { port: number; received: { raw: Buffer }[] }>
  open(ctx: TestContext, port: number): Promise<Channel & AsyncDisposable>
}

const benches: Bench[] = [
  {
    name: 'email by SMTP',
    stored: 'email',
    outside: () => startReceivingServer(),
    open: async (_ctx, port) => openEmailChannel({ smtpUrl: `smtp://127.0.0.1:${port}` }),
  },
  {
    name: 'email by Microsoft Graph',
    stored: 'email',
    outside: () => startGraphServer({ user: 'support@desk.example', accepts: (token) => token === 'good' }),
    async open(ctx, port) {
      ctx.slots.provide(egress, openEgress({ allow: ['127.0.0.1'] }))
      const department = await ctx.db
        .insertInto('department')
        .values({ name: `Support ${port}`, created_at: ctx.clock.now() })
        .returning('id')
        .executeTakeFirstOrThrow()
      await ctx.db.updateTable('mailbox').set({ is_active: false }).execute()
      const { id } = await addMailbox(ctx, {
        address: `support${port}@desk.example`,
        department: department.id,
        graph: { user: 'support@desk.example', endpoint: `http://127.0.0.1:${port}` },
        oauth: { provider: 'microsoft', grant: 'client_credentials', clientId: 'app', secret: 'secret', tenant: 'desk.example' },
      })
      const tokens = { accessToken: 'good', accessExpiresAt: addSeconds(ctx.clock.now(), 3600), refreshToken: null }
      await writeTokens(ctx, id, tokens, { signedIn: true })
      return openEmailChannel({ smtpUrl: null })
    },
  },
]

const message = (ctx: Context, more: Partial<OutboundMessage['content']> = {}): OutboundMessage => ({
  id: 1,
  channel: 'email',
  mailbox: null,
  kind: 'reply',
  ticket: 1,
  entry: 1,
  messageId: 'one@desk.example',
  state: 'sending',
  sendsAt: ctx.clock.now(),
  attempts: 1,
  createdAt: ctx.clock.now(),
  remaining: null,
  refused: [],
  interruptions: 0,
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

describe.each(benches)('the channel $name', ({ stored, outside, open }) => {
  test('is called as messages are stored', async () => {
    const ctx = await openTestContext()
    await using channel = await open(ctx, 1)
    expect(channel.name).toBe(stored)
  })

  test('sends the same message as the same octets every time', async () => {
    const ctx = await openTestContext()
    await using server = await outside()
    await using channel = await open(ctx, server.port)
    for (let time = 0; time < 2; time++) expect(await channel.send(ctx, message(ctx))).toMatchObject({ ok: true, refused: [] })
    expect(server.received).toHaveLength(2)
    expect(server.received[0]!.raw.equals(server.received[1]!.raw)).toBe(true)
  })

  test('answers, and never rejects, when nobody is there or the message cannot be made', async () => {
    const ctx = await openTestContext()
    await using channel = await open(ctx, await freePort())
    expect(await channel.send(ctx, message(ctx))).toMatchObject({ ok: false, class: 'try_again' })
    await using server = await outside()
    await using other = await open(ctx, server.port)
    const missing = { blob: 'f'.repeat(64), name: 'a.pdf', contentType: 'application/pdf', contentId: null }
    expect(await other.send(ctx, message(ctx, { files: [missing] }))).toMatchObject({
      ok: false,
      class: 'final',
      reason: 'bad_message',
    })
    expect(server.received).toHaveLength(0)
  })
})
