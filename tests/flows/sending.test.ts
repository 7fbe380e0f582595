import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { serverOfUrl, takeTurn } from '#channels/email/smtp-send.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { openWorker } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { until } from '../world/free-port.ts'
import { bringCast, type Cast } from '../world/people.ts'
import { type ReceivingServer, startReceivingServer } from '../world/receiving-server.ts'

describe('whose turn it is at a server', () => {
  const sender = () => ({ busy: 0, usual: 600, freeAt: 0, promised: 0 })

  test('a rate gives each message that waits a time of its own, and keeps it', () => {
    const one = sender()
    const limits = { connections: 5, perMinute: 60 }
    expect(takeTurn(one, limits, 10_000)).toBeNull()
    const times = [1, 2, 3].map(() => takeTurn(one, limits, 10_000)!)
    expect(times).toEqual([11_000, 12_000, 13_000])
    // Each finds the server free when it comes again at its time.
    for (const at of times) expect(takeTurn(one, limits, at)).toBeNull()
  })

  test('a full server sends those that are too many away for about as long as it takes', () => {
    const one = { ...sender(), busy: 3 }
    const limits = { connections: 3, perMinute: null }
    const times = [1, 2, 3].map(() => takeTurn(one, limits, 10_000)!)
    expect(times).toEqual([10_250, 10_450, 10_650])
    one.busy = 2
    expect(takeTurn(one, limits, 10_250)).toBeNull()
  })

  test('SMTP_URL may say both', () => {
    expect(serverOfUrl('smtp://127.0.0.1?connections=7&perMinute=30').limits).toEqual({ connections: 7, perMinute: 30 })
    expect(serverOfUrl('smtp://127.0.0.1?connections=900&perMinute=x').limits).toEqual({ connections: 20, perMinute: null })
  })
})

describe('by real servers', () => {
  let desk: Desk
  let cast: Cast
  let server: ReceivingServer
  const held: Socket[] = []
  let isOver = false
  const hanging = createServer((socket) => {
    if (isOver) socket.destroy()
    // Takes the call and says nothing, as servers behind a broken firewall do.
    held.push(socket)
    socket.on('error', () => {})
  })
  let slow: number
  let quick: number

  beforeAll(async () => {
    desk = await openDesk()
    cast = await bringCast(desk.ctx)
    server = await startReceivingServer()
    await new Promise<void>((done) => hanging.listen(0, '127.0.0.1', done))
    const { port } = hanging.address() as { port: number }
    const smtp = { host: '127.0.0.1', security: 'none' as const }
    slow = (await addMailbox(cast.ada, { address: 'slow@desk.example', department: cast.billing, smtp: { ...smtp, port } })).id
    quick = (
      await addMailbox(cast.ada, {
        address: 'support@desk.example',
        department: cast.support,
        smtp: { ...smtp, port: server.port },
      })
    ).id
  })
  afterAll(async () => {
    for (const socket of held) socket.destroy()
    hanging.close()
    await desk?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const queue = (mailbox: number, to: string) =>
    queueOutbound(desk.ctx, {
      mailbox,
      kind: 'notice',
      sendsAt: desk.ctx.clock.now(),
      content: {
        from: { name: '', address: 'support@desk.example' },
        replyTo: null,
        to: [{ name: '', address: to }],
        cc: [],
        subject: 'Hello',
        inReplyTo: null,
        references: [],
        text: 'Hello',
        html: null,
        files: [],
        automatic: 'auto-generated',
      },
    })

  test('a server that hangs holds neither the mail of another nor other jobs', async () => {
    for (let count = 0; count < 20; count += 1) await queue(slow, `slow-${count}@customer.example`)
    const worker = await openWorker(desk.ctx, { concurrency: 2, databaseUrl: desk.databaseUrl })
    try {
      await until(async () => (held.length >= 3 ? true : null), 'the slow server is called')
      await queue(quick, 'quick@customer.example')
      await until(
        async () => server.received.find((mail) => mail.to.includes('quick@customer.example')) ?? null,
        'the other server gets its mail while the first one hangs',
      )
      // No more than the mailbox's three connections were ever tried at once.
      expect(held.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(3)
      const { count } = await desk.ctx.db
        .selectFrom('outbound_message')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('mailbox_id', '=', slow)
        .where('state', 'in', ['waiting', 'sending'])
        .executeTakeFirstOrThrow()
      expect(Number(count)).toBe(20)
    } finally {
      isOver = true
      for (const socket of held) socket.destroy()
      await desk.ctx.db.updateTable('outbound_message').set({ state: 'withdrawn' }).where('mailbox_id', '=', slow).execute()
      await worker[Symbol.asyncDispose]()
    }
  })

  describe('a report of failure that returns nothing of the mail', () => {
    const sent = async () => {
      const ticket = await openTicket(
        cast.kim,
        { requester: { email: 'kim@customer.example' }, subject: 'Grinder', message: 'It smells burnt.' },
        { channel: 'web' },
      )
      const worker = await openWorker(desk.ctx, { concurrency: 2, databaseUrl: desk.databaseUrl })
      try {
        await replyToTicket(cast.sam, { id: ticket.id }, { body: '<p>Off, please.</p>' }, { undoSeconds: 0 })
        const mail = await until(
          async () =>
            server.received.find((one) => {
              const raw = one.raw.toString()
              // The confirmation carries the number too.
              return raw.includes(`[#${ticket.number}]`) && raw.includes('Off, please.')
            }) ?? null,
          'the reply arrives',
        )
        await until(async () => ((await stateOf(ticket.id)).state === 'sent' ? true : null), 'the reply is marked sent')
        return { ticket, mail }
      } finally {
        await worker[Symbol.asyncDispose]()
      }
    }
    const stateOf = (ticket: number) =>
      desk.ctx.db
        .selectFrom('outbound_message')
        .select(['id', 'state', 'failure'])
        .where('ticket_id', '=', ticket)
        .where('kind', '=', 'reply')
        .executeTakeFirstOrThrow()
    let count = 0
    const report = async (to: string, more = '') => {
      count += 1
      const raw = [
        'From: MAILER-DAEMON@mx.customer.example',
        `To: ${to}`,
        'Subject: Undelivered Mail Returned to Sender',
        `Message-ID: <report-${count}@mx.customer.example>`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'It could not be delivered.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        `Reporting-MTA: dns; mx.customer.example${more}`,
        '',
        'Final-Recipient: rfc822; kim@customer.example',
        'Action: failed',
        'Status: 5.1.1',
        '--b--',
        '',
      ].join('\r\n')
      const { id } = await receiveRaw(desk.ctx, {
        channel: 'email',
        sourceKey: `report:${count}`,
        mailbox: quick,
        raw: Buffer.from(raw),
        envelope: { from: '', to: [to] },
      })
      await receiveMessage(desk.ctx, id)
      return desk.ctx.db.selectFrom('inbound_message').select(['state', 'reason']).where('id', '=', id).executeTakeFirstOrThrow()
    }

    test('is known by the address that only servers were told', async () => {
      const { ticket, mail } = await sent()
      expect(mail.from).toMatch(/^support\+b[0-9a-z]+\.[0-9a-v]{26}@desk\.example$/)
      expect(mail.raw.toString()).not.toContain(mail.from)
      // Another's number under our signature is nothing.
      await report(mail.from.replace(/\+b[0-9a-z]+\./, '+b1.'))
      expect(await stateOf(ticket.id)).toMatchObject({ state: 'sent' })
      expect(await report(mail.from)).toMatchObject({ state: 'skipped', reason: { key: 'delivery_failed' } })
      expect(await stateOf(ticket.id)).toMatchObject({ state: 'failed', failure: 'unknown_address' })
    })

    test('is known by the envelope id', async () => {
      const { ticket, mail } = await sent()
      const id = /\+(b[^@]+)@/.exec(mail.from)![1]
      await report('support@desk.example', `\r\nOriginal-Envelope-Id: ${id}`)
      expect(await stateOf(ticket.id)).toMatchObject({ state: 'failed', failure: 'unknown_address' })
    })
  })
})
